// What goes otherwise than the guide: other ways to begin, deleting and undoing, a file that changes on the disk, long logs, keys instead of a
// mouse, and whoever has no token.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Does all of it. */
export async function stumbles(person, samples) {
  for (const part of [undo, changedFile, textByHand, longLog, keyboard, signingIn, table, projectOfNnc, sample]) {
    await part(person, samples);
    person.told(`stumbles: ${part.name}`);
  }
}

/** A dataset is deleted from the list and from its own page, and comes back each time. */
async function undo(person) {
  const { page } = person;
  await person.go("/datasets");
  await person.button("Delete test").click();
  await person.sees("test was deleted.");
  await person.link("test").waitFor({ state: "detached" });
  await person.shot("stumbles-undo");
  await person.button("Undo").click();
  await person.link("test").waitFor();
  await person.follow(person.link("test"), "**/datasets/test");
  await person.follow(person.button("Delete"), "**/datasets");
  await person.button("Undo").click();
  await person.link("test").waitFor();
  assert.equal(await page.locator("#list tbody tr").count(), 2);
}

/** An editor changes the file: it shows up by itself. At the same moment something is typed here: nothing is overwritten unasked. */
async function changedFile(person, { work }) {
  const { page } = person;
  const file = join(work, "projects", "flange.toml");
  await person.go("/projects/flange#config");
  writeFileSync(file, readFileSync(file, "utf8").replace("batch_size = 16", "batch_size = 8"));
  await page.waitForFunction(() => document.getElementById("config.batch_size").value === "8");

  // The page's own look at the file is held back, as if both happened at once.
  await page.route("**/api/v1/projects/flange", (route) => route.request().method() === "GET" ? new Promise(() => {}) : route.continue());
  writeFileSync(file, readFileSync(file, "utf8").replace("batch_size = 8", "batch_size = 4"));
  await person.field("Batch size").fill("32");
  await person.sees("The file has changed meanwhile");
  await person.shot("stumbles-conflict");
  assert(readFileSync(file, "utf8").includes("batch_size = 4"), "nothing is overwritten unasked");
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await person.button("Write mine").click();
  await person.sees("Saved in projects/flange.toml");
  assert(readFileSync(file, "utf8").includes("batch_size = 32"));
}

/** A mistake in the file that was edited by hand is shown with its line. */
async function textByHand(person, { work }) {
  const { page } = person;
  await person.go("/projects/flange#file");
  const source = person.field("Project file");
  const right = await source.inputValue();
  await source.fill(`${right}\nbatch size = 3\n`);
  await person.button("Save").click();
  await page.locator("#source-error:not([hidden])").waitFor();
  assert.match(await person.text("#source-error"), /line \d+/);
  await person.shot("stumbles-file");
  await source.fill(`# by hand\n${right}`);
  await person.button("Save").click();
  await page.locator("#source-save:disabled").waitFor();
  assert(readFileSync(join(work, "projects", "flange.toml"), "utf8").startsWith("# by hand"));
}

/** A hundred thousand lines are drawn as fast as ten. */
async function longLog(person) {
  const { page } = person;
  await person.go("/jobs");
  await person.follow(page.locator("#list a.name").last(), "**/jobs/*");
  const slowest = await page.evaluate(async () => {
    const { LogView } = await import("/assets/script/log-view.js");
    const box = document.getElementById("log");
    box.replaceChildren();
    const view = new LogView(box, () => {});
    for (let part = 0; part < 200; part++) {
      view.add(Array.from({ length: 500 }, (_, line) => `2026-11-25 18:30:34,117 [nnabla]: data ${part * 500 + line} / 100000`));
    }
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await frame();
    if (!box.textContent.includes("data 99999 /")) throw new Error("the end is not shown");
    let most = 0;
    for (let place = 0; place < 20; place++) {
      const start = performance.now();
      box.scrollTop = box.scrollHeight * place / 20;
      await frame();
      most = Math.max(most, performance.now() - start);
    }
    if (box.querySelectorAll(".line").length > 200) throw new Error("lines are drawn that nobody sees");
    return most;
  });
  person.told(`100,000 lines: the slowest of 20 jumps took ${slowest.toFixed(0)} ms`);
  assert(slowest < 250, `a jump took ${slowest} ms`);
}

/** Everything can be reached by keys, and the place is seen. */
async function keyboard(person) {
  const { page } = person;
  await person.go("/projects/flange");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.getElementById("main").contains(document.activeElement)), true);
  await person.tab("Dataset").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await person.tab("Config").getAttribute("aria-selected"), "true");
  assert(await person.field("Batch size").isVisible());
  await page.keyboard.press("End");
  assert(await person.field("Project file").isVisible());
  const outline = await person.tab("File").evaluate((tab) => getComputedStyle(tab).outlineStyle);
  assert.notEqual(outline, "none", "where the focus is can be seen");
}

/** A folder with a table becomes a dataset as it is. */
async function table(person, { photographs }) {
  await person.go("/new-dataset");
  await person.drop([join(photographs, "..", "sample")]);
  await person.uploaded();
  await person.sees("There is a table (CSV) with the images");
  assert(!await person.field("Width").isVisible(), "nothing is shaped");
  await person.field("Name").fill("as it is");
  await person.follow(person.button("Create"), "**/datasets/as%20it%20is");
  await person.page.locator("#rows img").first().waitFor();
  assert.equal(await person.field("Table").locator("option").count(), 2);
}

/** A project of NNC that is dropped becomes one to change; one that lies in the folder is shown, and changed in a copy. */
async function projectOfNnc(person, { work }) {
  const { page } = person;
  const text = "[Engine]\r\nSDeepEngineType=NNabla\r\n[Global]\r\nNumNetwork=1\r\nNetwork_0=Main\r\n[Main_Network_Global]\r\nNumLayer=0\r\n" +
    "NumLink=0\r\n[Dataset]\r\nNum=1\r\nMainIndex=0\r\n[Dataset_0]\r\nName=Training\r\nURI=train.csv\r\nShuffle=0\r\n[Config]\r\nMaxEpoch=100\r\nBatchSize=48\r\n";
  writeFileSync(join(work, "..", "gears.sdcproj"), text);
  writeFileSync(join(work, "projects", "wheels.sdcproj"), text);
  const hasBatchSize = async () => {
    await person.tab("Config").click();
    assert.equal(await person.field("Batch size").inputValue(), "48");
    assert(await person.field("Batch size").isEnabled());
  };
  await person.go("/projects");
  await page.locator("#new").click();
  await person.choose("Begin with", "A file");
  await person.pick("Choose a file", join(work, "..", "gears.sdcproj"));
  await person.uploaded();
  assert.equal(await person.field("Project name").inputValue(), "gears");
  await person.follow(person.button("Create"), "**/projects/gears");
  await hasBatchSize();
  await person.go("/projects/wheels");
  await person.sees("This is a project of NNC.");
  assert(await person.field("Training").isDisabled());
  await person.shot("stumbles-nnc-project");
  await person.follow(person.button("Make a copy to change"), "**/projects/wheels-copy");
  await hasBatchSize();
}

/** Without photographs: the sample is drawn, and its project is ready to run. */
async function sample(person) {
  const { page } = person;
  await person.go("/");
  await person.follow(person.button("Begin with the sample"), "**/projects/flanges");
  assert.equal(await page.locator("#problems li").count(), 0, "the project can be run as it is");
  assert.notEqual(await person.field("Training").inputValue(), "");
}

/** Whoever has not signed in sees only the page that asks for the token, and then what was asked for. */
async function signingIn(person) {
  const browser = person.context.browser();
  const stranger = await person.constructor.meet(browser, person.studio, { shots: person.shots, told: person.told, signsIn: false });
  // The page leads on before it is drawn.
  await stranger.page.goto(`${person.studio.base}/results`).catch(() => {});
  await stranger.page.waitForURL("**/sign-in");
  await stranger.ready();
  await stranger.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await stranger.field("Token").fill("0000");
  await stranger.button("Sign in").click();
  await stranger.page.locator("#token-error:not([hidden])").waitFor();
  await stranger.shot("stumbles-sign-in");
  await stranger.field("Token").fill(person.studio.token);
  await stranger.button("Sign in").click();
  await stranger.page.getByRole("heading", { name: "Results" }).waitFor();
  await stranger.leave();
}
