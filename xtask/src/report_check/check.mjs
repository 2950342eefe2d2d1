// Opens reports in Chromium as readers do, and fails on whatever would annoy them: node check.mjs CHROMIUM FOLDER PAGE...
// Leaves screenshots and a print in FOLDER.
import assert from "node:assert/strict";
import { mkdtempSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createRequire } from "node:module";

const [, , chromiumPath, folder, ...pages] = process.argv;
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--disable-dev-shm-usage",
];
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Runs `work` on the page in a browser of its own; nothing may be logged as an error, nothing fetched. */
async function browse(file, options, work) {
  const profile = mkdtempSync(join(folder, "profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath, headless: true, args: QUIET, viewport: DESKTOP, ...options,
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
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

/** Text that is hard to read on its background (WCAG 2.1, 1.4.3: 4.5 to 1, large text 3 to 1). */
const faintText = () => {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((value, i) => value * a + below[i] * (1 - a));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(channels(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let seen = 0; walker.nextNode() && seen < 5000; seen++) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    const shown = element.checkVisibility({ checkVisibilityCSS: true }) && !element.closest(":disabled, noscript, script");
    if (!shown || !walker.currentNode.textContent.trim()) continue;
    const below = background(element);
    const colour = element.closest("svg") ? style.fill : style.color;
    const [a, b] = [luminance(over(channels(colour), below)), luminance(below)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < (large ? 3 : 4.5)) faint.add(`${element.className || element.tagName}: ${contrast.toFixed(2)}`);
  }
  return [...faint];
};

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
        await page.waitForTimeout(500);
        await shot("gallery");
        await page.locator("#gallery .tile").first().click();
        assert(await fits(), `${name}: the viewer is wider than the window`);
        await page.waitForTimeout(300);
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

async function elsewhere(file) {
  await browse(file, { javaScriptEnabled: false }, async (page) => {
    assert(await page.locator(".tally").isVisible() && !(await page.locator("#controls").isVisible()));
    const drawn = await page.locator("#gallery img.input").first().evaluate((image) => image.naturalWidth > 0);
    assert(drawn, "pictures need no script");
    await page.screenshot({ path: join(folder, `${basename(dirname(file))}-no-script.png`) });
  });
  await browse(file, {}, async (page) => {
    await page.pdf({ path: join(folder, `${basename(dirname(file))}-print.pdf`), format: "A4" });
    const pictures = await page.locator("#gallery img.input").evaluateAll((all) => all.filter((image) => image.complete).length);
    assert.equal(pictures, await page.locator("#gallery li").count(), "every picture is on paper");
  });
}

for (const page of pages) {
  await looks(page);
  await keyboard(page);
  await threshold(page);
  await controls(page);
  await elsewhere(page);
}
console.log(`report-check: all is well; look at the pictures in ${folder}`);
