// A headless Chromium, and what every check of a page looks at. The folder of this module has playwright-core.
import { createRequire } from "node:module";

const { chromium } = createRequire(import.meta.url)("playwright-core");

const QUIET = [
  "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--disable-dev-shm-usage",
];
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Starts the browser. */
export const launch = (executablePath) => chromium.launch({ executablePath, headless: true, args: QUIET });

/** Waits until every picture in the window is drawn. */
export const drawn = (page) => page.evaluate(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const isInWindow = (image) => {
    const box = image.getBoundingClientRect();
    return image.checkVisibility() && box.bottom > 0 && box.top < innerHeight && image.src;
  };
  await frame();
  // Those that a script fetches.
  const waits = (image) => image.dataset.waits !== undefined && image.getBoundingClientRect().width > 0 && image.getBoundingClientRect().top < innerHeight;
  for (let turn = 0; turn < 300 && [...document.images].some(waits); turn++) await new Promise((done) => setTimeout(done, 20));
  await Promise.all([...document.images].filter(isInWindow).map((image) => image.decode()));
  await frame();
});

/** Text that is hard to read on its background (WCAG 2.1, 1.4.3: 4.5 to 1, large text 3 to 1). */
export const faintText = () => {
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
