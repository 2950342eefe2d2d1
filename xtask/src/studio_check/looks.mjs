// Every screen in both languages, in light and dark, on a desk and on a phone: nothing is wider than the window, no text is faint,
// nothing that can be used is without a name. Screenshots are left.
import assert from "node:assert/strict";
import { DESKTOP, PHONE, faintText } from "./browse.mjs";
import { Person } from "./person.mjs";

const ON_DESK = { viewport: DESKTOP };
const ON_PHONE = { viewport: PHONE, isMobile: true, hasTouch: true };
/** In the first two each screen is seen in each language, in each theme and on each device; in all five each two of these meet. */
const WAYS = [
  { language: "en", colorScheme: "light", device: "desktop", options: ON_DESK },
  { language: "ja", colorScheme: "dark", device: "phone", options: ON_PHONE },
  { language: "en", colorScheme: "dark", device: "desktop", options: ON_DESK },
  { language: "ja", colorScheme: "light", device: "desktop", options: ON_DESK },
  { language: "en", colorScheme: "light", device: "phone", options: ON_PHONE },
];

/** Controls that screen readers could not tell. */
const nameless = () => [...document.querySelectorAll("a, button, input, select, textarea, iframe, [role=tab]")].filter((element) => {
  if (!element.checkVisibility()) return false;
  const labels = [...element.labels ?? []].map((label) => label.textContent).join("");
  const own = element.getAttribute("aria-label") ?? element.title ?? "";
  return !(element.textContent + labels + own).trim();
}).map((element) => element.outerHTML.slice(0, 120));

/** Screens by name, with what there is to see on each. */
async function screens(person) {
  await person.go("/");
  const { result, other, job, dataset } = await person.page.evaluate(async () => {
    const { get } = await import("/assets/script/api.js");
    const list = async (what) => (await get(`/api/v1/${what}`))[what];
    const results = (await list("results")).filter((one) => one.metrics);
    const jobs = await list("jobs");
    const { name, tables } = (await list("datasets")).find((one) => one.name === "test");
    return { result: results.at(-1).id, other: results[0].id, job: jobs.find((one) => one.kind === "run" && one.state === "finished").id, dataset: { name, table: tables[0].file } };
  });
  const at = encodeURIComponent;
  return {
    dashboard: "/", datasets: "/datasets", "new-dataset": "/new-dataset", dataset: `/datasets/${at(dataset.name)}`,
    thumbnails: `/datasets/${at(dataset.name)}?as=thumbs`, projects: "/projects", project: "/projects/flange",
    config: "/projects/flange#config", plugin: "/projects/flange#plugin", file: "/projects/flange#file", jobs: "/jobs",
    job: `/jobs/${at(job)}`, results: "/results", result: `/results/${at(result)}`, report: `/results/${at(result)}#report`, "report-alone": `/reports/${at(result)}`,
    files: `/results/${at(result)}#files`, details: `/results/${at(result)}#facts`, compare: `/compare?ids=${at(result)},${at(other)}`, nowhere: "/nowhere",
  };
}

async function lookAt(person, name, path) {
  const { page } = person;
  await person.go(path);
  if (name.startsWith("report")) await page.frameLocator("#report").locator("h1").waitFor();
  await person.shot(name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert(wide <= 0, `${name}: ${wide} pixels wider than the window`);
  assert.deepEqual(await page.evaluate(faintText), [], `${name}: text without contrast`);
  assert.deepEqual(await page.evaluate(nameless), [], `${name}: controls without a name`);
}

/** Looks at all screens in the first `count` ways, two windows at a time. */
export async function looks(browser, studio, { shots, told, count }) {
  const ways = WAYS.slice(0, count);
  const next = async () => {
    for (let way = ways.shift(); way; way = ways.shift()) {
      const { language, colorScheme, device, options } = way;
      const person = await Person.meet(browser, studio, { shots, told, options: { ...options, colorScheme, locale: language } });
      await person.context.addCookies([{ name: "nnc_studio_lang", value: language, url: studio.base, sameSite: "Strict" }]);
      for (const [name, path] of Object.entries(await screens(person))) {
        await lookAt(person, `${name}-${device}-${colorScheme}-${language}`, path);
        assert.equal(await person.page.evaluate(() => document.documentElement.lang), language);
      }
      await person.leave();
      told(`looks: ${device}, ${colorScheme}, ${language}`);
    }
  };
  await Promise.all([next(), next()]);
}
