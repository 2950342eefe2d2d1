// Does NNC's starter guide in the studio as a person would, and looks at every screen:
// node check.mjs CHROMIUM HOST PLUGINS FOLDER PHOTOGRAPHS DETECTOR
// FOLDER is emptied; screenshots are left in FOLDER/shots.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browse.mjs";
import { guide } from "./guide.mjs";
import { looks } from "./looks.mjs";
import { parts } from "./parts.mjs";
import { Person } from "./person.mjs";
import { Studio } from "./studio.mjs";
import { stumbles } from "./stumbles.mjs";

const [, , chromium, host, plugins, folder, photographs, detector] = process.argv;
const [work, shots] = [join(folder, "work"), join(folder, "shots")];
for (const place of [work, shots]) {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
}

const begun = Date.now();
const told = (what) => console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s  ${what}`);
const studio = await Studio.start(host, plugins, work);
let [browser, person] = [null, null];
try {
  browser = await launch(chromium);
  person = await Person.meet(browser, studio, { shots, told });
  await parts(person);
  await guide(person, { photographs, detector, work });
  await stumbles(person, { photographs, work });
  await person.leave();
  await looks(browser, studio, { shots, told });
  told(`studio-check: all is well; look at the pictures in ${shots}`);
} catch (error) {
  console.error(`studio-check: failed; what was seen last is in ${join(shots, "failed.png")}`);
  await person?.page.screenshot({ path: join(shots, "failed.png") }).catch(() => {});
  for (const complaint of person?.trouble ?? []) console.error(complaint);
  throw error;
} finally {
  await browser?.close();
  await studio.stop();
}
