// Does NNC's starter guide in the studio as a person would, and looks at every screen:
// node check.mjs CHROMIUM HOST PLUGINS FOLDER PHOTOGRAPHS DETECTOR WAYS
// FOLDER is emptied; screenshots are left in FOLDER/shots. WAYS is how many of the ways to look at a screen are gone. What goes otherwise
// than the guide is done in a copy of its folder by another person, while the screens are looked at.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browse.mjs";
import { guide } from "./guide.mjs";
import { looks } from "./looks.mjs";
import { parts } from "./parts.mjs";
import { Person } from "./person.mjs";
import { Studio } from "./studio.mjs";
import { strangers } from "./strangers.mjs";
import { stumbles } from "./stumbles.mjs";

const [, , chromium, host, plugins, folder, photographs, detector, ways] = process.argv;
const [work, copy, shots] = ["work", "copy", "shots"].map((name) => join(folder, name));
for (const place of [work, copy, shots]) {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
}

const begun = Date.now();
const told = (what) => console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s  ${what}`);
const [studios, persons] = [[], []];
let browser = null;

/** A person at a studio of a folder. */
async function meet(place) {
  const studio = await Studio.start(host, plugins, place);
  studios.push(studio);
  const person = await Person.meet(browser, studio, { shots, told });
  persons.push(person);
  return person;
}

async function elsewhere() {
  const person = await meet(copy);
  await stumbles(person, { photographs, work: copy });
  await strangers(person, { work: copy });
  await person.leave();
}

try {
  browser = await launch(chromium);
  const person = await meet(work);
  await parts(person);
  await guide(person, { photographs, detector, work });
  await person.leave();
  cpSync(work, copy, { recursive: true });
  await Promise.all([elsewhere(), looks(browser, studios[0], { shots, told, count: Number(ways) })]);
  told(`studio-check: all is well; look at the pictures in ${shots}`);
} catch (error) {
  console.error(`studio-check: failed; what was seen last is in ${shots}/failed-*.png`);
  for (const [place, { page, trouble }] of persons.entries()) {
    if (page.isClosed()) continue;
    await page.screenshot({ path: join(shots, `failed-${place}.png`) }).catch(() => {});
    for (const complaint of trouble) console.error(complaint);
  }
  throw error;
} finally {
  await browser?.close();
  for (const studio of studios) await studio.stop();
}
