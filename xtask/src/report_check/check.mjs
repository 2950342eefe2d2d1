// Opens reports in Chromium as readers do, and fails on whatever would annoy them: node check.mjs CHROMIUM FOLDER PAGE...
// Leaves screenshots and a print in FOLDER.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DESKTOP, PHONE, drawn, faintText, launch } from "./browse.mjs";

const [, , chromiumPath, folder, ...pages] = process.argv;

const browser = await launch(chromiumPath);

/** Runs `work` on the page in a window that knows of no other; nothing may be logged as an error, nothing fetched. */
async function browse(file, options, work) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  try {
    const page = await context.newPage();
    const trouble = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("request", (request) => {
      if (!/^(data:|file:)/.test(request.url())) trouble.push(`fetches ${request.url()}`);
    });
    await page.goto(`file://${file}`);
    await work(page);
    assert.deepEqual(trouble, [], `${file}: complaints of the browser`);
  } finally {
    await context.close();
  }
}

const text = (page, selector) => page.locator(selector).first().textContent();

async function looks(file) {
  for (const [device, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    for (const colorScheme of ["light", "dark"]) {
      await browse(file, { viewport, colorScheme }, async (page) => {
        const loaded = await page.evaluate(() => performance.timing.loadEventEnd - performance.timing.navigationStart);
        const name = `${basename(dirname(file))}-${device}-${colorScheme}`;
        console.log(`${name}: loaded in ${loaded} ms, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
        const shot = (part) => page.screenshot({ path: join(folder, `${name}-${part}.png`) });
        const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
        assert(await fits(), `${name}: wider than the window`);
        assert.deepEqual(await page.evaluate(faintText), [], `${name}: text without contrast`);
        await shot("top");
        await page.locator("#images").evaluate((images) => images.scrollIntoView());
        await drawn(page);
        await shot("gallery");
        await page.locator("#gallery .tile").first().click();
        assert(await fits(), `${name}: the viewer is wider than the window`);
        await drawn(page);
        await shot("viewer");
      });
    }
  }
}

async function keyboard(file) {
  await browse(file, {}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips to the images");
    await page.keyboard.press("Enter");
    await page.locator("#gallery .tile").first().focus();
    await page.keyboard.press("Enter");
    const first = await text(page, "#view-name");
    assert.equal(first, await text(page, "#gallery .name"));
    assert.equal(await page.locator(".contour path").count(), 2, "the contour is drawn");
    await page.keyboard.press("ArrowRight");
    const second = await text(page, "#view-name");
    assert.notEqual(second, first);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await text(page, "#view-name"), first);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#viewer").getAttribute("open"), null);
    assert((await page.evaluate(() => document.activeElement.textContent)).includes(second), "focus is where the reader came to");
  });
}

async function threshold(file) {
  await browse(file, {}, async (page) => {
    const files = await page.evaluate(() => JSON.parse(document.getElementById("data").textContent));
    const due = (value) => {
      const above = (kind) => files.scores.filter((score, row) => files.classes[row] === kind && score >= value).length;
      const all = (kind) => files.classes.split(kind).length - 1;
      return [above("n") + above("d"), all("d") - above("d"), above("n")];
    };
    const shown = async () => {
      // A frame later, when the page has counted.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      return Promise.all(["ng", "missed", "alarm"].map(async (name) => Number(await text(page, `[data-count="${name}"]`))));
    };
    assert.deepEqual(await shown(), due(files.threshold));
    const middle = [...files.scores].sort((a, b) => a - b)[Math.floor(files.scores.length / 2)];
    await page.locator("#exact").fill(String(middle));
    assert.deepEqual(await shown(), due(middle));
    assert.equal(await text(page, "#command-value"), String(middle));
    await page.locator("input[value=missed]").check({ force: true });
    assert.equal(await page.locator("#gallery li:not([hidden])").count(), await page.locator("#gallery li[data-state=missed]").count());
    await page.locator("#slider").focus();
    await page.keyboard.press("End");
    assert.deepEqual(await shown(), due(Number(await page.locator("#exact").inputValue())));
    await page.locator("#reset").click();
    assert.deepEqual(await shown(), due(files.threshold));
  });
}

/** Defects are boxes with numbers and lines of a table, in both languages, as long as the threshold is the job's. */
async function found(file) {
  await browse(file, {}, async (page) => {
    const item = page.locator("#gallery li[data-found]").first();
    if (!(await item.count())) return;
    const [defects] = JSON.parse(await item.getAttribute("data-found"));
    assert.equal(await item.locator(".boxes rect").count(), defects.length);
    await item.scrollIntoViewIfNeeded();
    await drawn(page);
    assert(await item.locator(".boxes").isVisible(), "boxes lie on the picture");
    const open = () => item.locator(".tile").click();
    await open();
    assert.equal(await page.locator("#view-found tbody tr").count(), defects.length);
    assert.equal(await page.locator("#pane-contour .box-number").count(), defects.length);
    const [box, stack] = await page.evaluate(() =>
      ["#pane-contour .boxes rect", "#pane-contour .stack"].map((part) => document.querySelector(part).getBoundingClientRect().toJSON()));
    const [left, , width] = defects[0];
    const size = await item.locator(".boxes").evaluate((boxes) => boxes.viewBox.baseVal.width);
    assert(Math.abs(box.x - stack.x - (left / size) * stack.width) < 3 && Math.abs(box.width - (width / size) * stack.width) < 4, "the box is where the defect is");
    await page.keyboard.press("Escape");
    await page.locator("#language").selectOption("ja");
    await open();
    assert.equal(await text(page, "#view-found caption"), "検出した欠陥（単位: 画像のピクセル）");
    await page.locator("#view-found").scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(folder, `${basename(dirname(file))}-defects-japanese.png`) });
    await page.keyboard.press("Escape");
    await page.locator("#exact").fill("1e9");
    assert(!(await item.locator(".boxes").isVisible()), "boxes belong to the job's threshold");
  });
}

async function controls(file) {
  await browse(file, {}, async (page) => {
    const visible = () => page.locator("#gallery li:not([hidden])");
    const name = await text(page, "#gallery li:nth-child(3) .name .file");
    await page.locator("#search").fill(name.toUpperCase());
    assert.equal(await visible().count(), 1);
    await page.locator("#search").fill("no such file");
    assert.equal(await visible().count(), 0);
    assert(await page.locator("#nothing").isVisible());
    await page.locator("#search").fill("");
    await page.locator("#sort").selectOption("row");
    const rows = await page.locator("#gallery li").evaluateAll((items) => items.map((item) => Number(item.dataset.row)));
    assert.deepEqual(rows, [...rows].sort((a, b) => a - b));
    await page.locator("#kind").selectOption("normal");
    assert.equal(await page.locator("#gallery li:not([hidden]):not([data-class=normal])").count(), 0);
    await page.locator("#language").selectOption("ja");
    assert.equal(await text(page, "#result"), "判定結果");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ja");
    await page.locator("#images").evaluate((images) => images.scrollIntoView());
    await page.screenshot({ path: join(folder, `${basename(dirname(file))}-japanese.png`) });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.locator("#theme").selectOption("dark");
    assert.notEqual(await background(), light);
  });
}

/** Prints a page; of many images, which take a browser half a minute, the smaller ones stand for the largest. */
async function print(file) {
  await browse(file, {}, async (page) => {
    if (await page.locator("#gallery li").count() > 500) return;
    await page.pdf({ path: join(folder, `${basename(dirname(file))}-print.pdf`), format: "A4" });
    const pictures = await page.locator("#gallery img.input").evaluateAll((all) => all.filter((image) => image.complete).length);
    assert.equal(pictures, await page.locator("#gallery li").count(), "every picture is on paper");
  });
}

async function elsewhere(file) {
  await browse(file, { javaScriptEnabled: false }, async (page) => {
    assert(await page.locator(".tally").isVisible() && !(await page.locator("#controls").isVisible()));
    const isDrawn = await page.locator("#gallery img.input").first().evaluate((image) => image.naturalWidth > 0);
    assert(isDrawn, "pictures need no script");
    await page.screenshot({ path: join(folder, `${basename(dirname(file))}-no-script.png`) });
  });
  await print(file);
}

/** What a reader does with the report of a model that is no detector. */
async function outcomes(file) {
  await browse(file, {}, async (page) => {
    const visible = () => page.locator("#gallery li:not([hidden])");
    const all = await visible().count();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#gallery .tile").first().focus();
    await page.keyboard.press("Enter");
    const first = await text(page, "#view-name");
    assert.equal(first, await text(page, "#gallery .name"));
    const panes = await page.locator("#viewer figure").count();
    assert.equal(await page.locator("#viewer figure:not([hidden])").count(), panes, "every pane has its picture");
    assert(await page.locator("#viewer figure img").count() >= panes, "the viewer shows pictures");
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await text(page, "#view-name"), first);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#viewer").getAttribute("open"), null);

    await page.locator("#search").fill("no such name");
    assert.equal(await visible().count(), 0);
    assert(await page.locator("#nothing").isVisible());
    await page.locator("#search").fill("");
    await page.locator("#sort").selectOption("row");
    const rows = await page.locator("#gallery li").evaluateAll((items) => items.map((item) => Number(item.dataset.row)));
    assert.deepEqual(rows, [...rows].sort((a, b) => a - b));

    // A number of the confusion matrix leads to its rows, by mouse and by keyboard.
    for (const cell of await page.locator(".confusion button").all()) {
      const { label, prediction } = await cell.evaluate((button) => ({ ...button.dataset }));
      const due = Number(await cell.evaluate((button) => button.firstChild.textContent));
      await cell.focus();
      await page.keyboard.press("Enter");
      assert.equal(await visible().count(), due, `cell ${label}, ${prediction}`);
      assert.equal(await page.evaluate(() => document.activeElement.id), "images");
    }
    if (await page.locator("#label").count()) {
      await page.locator("#label").selectOption("");
      await page.locator("#prediction").selectOption("");
      await page.locator("input[value=wrong]").check({ force: true });
      assert.equal(await visible().count(), await page.locator("#gallery li[data-state=wrong]").count());
      await page.locator("input[value=all]").check({ force: true });
    }
    assert.equal(await visible().count(), all);

    await page.locator("#language").selectOption("ja");
    assert.equal(await text(page, "#result"), "判定結果");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ja");
    const english = await page.evaluate(() => {
      const { texts } = JSON.parse(document.getElementById("data").textContent);
      return [...document.querySelectorAll("[data-t]")].map((element) => element.dataset.t)
        .filter((key) => texts.ja[key] === undefined);
    });
    assert.deepEqual(english, [], "texts without Japanese");
    await page.screenshot({ path: join(folder, `${basename(dirname(file))}-japanese.png`) });
    await page.locator("#images").evaluate((images) => images.scrollIntoView());
    await drawn(page);
    await page.screenshot({ path: join(folder, `${basename(dirname(file))}-japanese-gallery.png`) });
  });
  await browse(file, { javaScriptEnabled: false }, async (page) => {
    assert(!(await page.locator("#controls").isVisible()));
    const isDrawn = await page.locator("#gallery img.input").first().evaluate((image) => image.naturalWidth > 0);
    assert(isDrawn, "pictures need no script");
  });
  await print(file);
}

async function check(page) {
  await looks(page);
  const isOfDetector = ["images-", "task-reconstruction"].some((name) => basename(dirname(page)).startsWith(name));
  const visits = isOfDetector ? [keyboard, threshold, found, controls, elsewhere] : [outcomes];
  for (const visit of visits) await visit(page);
}

// Two at a time: a page waits for its pictures, a browser for the processor.
const waiting = [...pages];
const checkAll = async () => {
  for (let page = waiting.shift(); page; page = waiting.shift()) await check(page);
};
try {
  await Promise.all([checkAll(), checkAll()]);
} finally {
  await browser.close();
}
console.log(`report-check: all is well; look at the pictures in ${folder}`);
