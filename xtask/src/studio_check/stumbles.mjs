// What goes otherwise than the guide: deleting and undoing, a file that changes on the disk, long logs, keys instead of a
// mouse, and whoever has no token.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Does all of it. */
export async function stumbles(person, samples) {
  for (const part of [undo, changedFile, textByHand, longLog, keyboard, signingIn]) {
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

/** Without the cookie there is only the page that asks for the token. */
async function signingIn(person) {
  const browser = person.context.browser();
  const stranger = await person.constructor.meet(browser, person.studio, { shots: person.shots, told: person.told, signsIn: false });
  await stranger.go("/results");
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
