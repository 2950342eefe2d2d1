// Parts of the script that only compute, each with examples, inside of a page as they are.
import assert from "node:assert/strict";

/** Does all of it. */
export async function parts(person) {
  await person.go("/new-dataset");
  for (const part of [drops, classes, names, decisions, texts]) {
    await part(person.page);
    person.told(`parts: ${part.name}`);
  }
}

/** What is dropped is taken for what it is, and what nobody needs stays here. */
async function drops(page) {
  const cases = [
    ["images", ["train.zip"], false, "archive 1"],
    ["images", ["train.TAR.GZ"], false, "archive 1"],
    ["images", ["train/0/a.png", "train/0/.DS_Store", "train/Thumbs.db"], true, "folder 1"],
    ["images", ["train/__MACOSX/0/a.png"], true, "null"],
    ["images", ["tiles/train.csv", "tiles/0/a.png", "tiles/0/b.png"], true, "table 3"],
    ["images", ["tiles/deep/er/notes.csv", "tiles/0/a.png"], true, "folder 2"],
    ["images", ["train.csv"], false, "table 1"],
    ["images", ["notes.docx"], false, "null"],
    ["masks", ["masks.zip"], false, "masks 1"],
    ["masks", ["masks/a.png", "masks/notes.docx"], true, "masks 1"],
    ["project", ["a.sdcproj"], false, "project 1"],
    ["project", ["a.zip"], false, "null"],
    ["images", [], true, "null"],
  ];
  const found = await page.evaluate(async (all) => {
    const { understand } = await import("/assets/script/files.js");
    return all.map(([purpose, paths, isFolder]) => {
      const files = paths.map((path) => ({ path, file: new File(["123"], path.split("/").at(-1)) }));
      const what = understand(purpose, { files, isFolder });
      return what === null ? "null" : `${what.kind} ${what.files.length}`;
    });
  }, cases);
  cases.forEach(([purpose, paths, , due], place) => assert.equal(found[place], due, `${paths} for ${purpose}`));
}

/** Folders become labels in the order of their names. */
async function classes(page) {
  const cases = [[["p/0/a.png", "p/1/b.png", "p/0/c.png"], "0,1"], [["p/good/a.png", "p/bad/b.png"], "bad,good"], [["p/a.png"], ""]];
  const found = await page.evaluate(async (all) => {
    const { classesOf } = await import("/assets/script/files.js");
    return all.map(([paths]) => classesOf({ files: paths.map((path) => ({ path })) }).join(","));
  }, cases);
  cases.forEach(([paths, due], place) => assert.equal(found[place], due, String(paths)));
}

async function names(page) {
  const cases = [["train.zip", "train"], ["a.tar.gz", "a"], ["部品.zip", "部品"], ["../x/y~z.zip", "xyz"], [".zip", "dataset"], ["v1.2 good", "v1.2 good"]];
  const found = await page.evaluate(async (all) => {
    const { nameAfter } = await import("/assets/script/files.js");
    return all.map(([file]) => nameAfter(file));
  }, cases);
  cases.forEach(([file, due], place) => assert.equal(found[place], due, file));
}

/** An image is NG from the threshold on. */
async function decisions(page) {
  const found = await page.evaluate(async () => {
    const { decide } = await import("/assets/script/threshold.js");
    const scores = { normal: [1, 2, 2, 3], defective: [2, 4, 4], unlabelled: [5] };
    return [0, 2, 2.5, 4, 9].map((threshold) => {
      const { found: hits, missed, alarms, passed, ng, ok } = decide(scores, threshold);
      return [hits, missed, alarms, passed, ng, ok];
    });
  });
  assert.deepEqual(found, [[3, 0, 4, 0, 8, 0], [3, 0, 3, 1, 7, 1], [2, 1, 1, 3, 4, 4], [2, 1, 0, 4, 3, 5], [0, 3, 0, 4, 0, 8]]);
}

/** What somebody else wrote stays text, and what hides in it is seen. */
async function texts(page) {
  const found = await page.evaluate(async () => {
    const { make, plain } = await import("/assets/script/dom.js");
    const element = make("p", { title: "\"><b>" }, "<img src=x onerror=alert(1)>", null, 0, ["a\u202eb"]);
    return [element.innerHTML, element.childElementCount, plain("a\u0000\u200bé部"), element.title];
  });
  assert.deepEqual(found, ["&lt;img src=x onerror=alert(1)&gt;0a\\u{202e}b", 0, "a\\u{0}\\u{200b}é部", "\"><b>"]);
}
