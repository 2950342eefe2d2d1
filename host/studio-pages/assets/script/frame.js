// What every screen does: its beginning, the choice of language and colours, the number of running jobs, and a word when the server is gone.

import { at, get } from "./api.js";
import { by, make, plain } from "./dom.js";
import { watch } from "./events.js";
import { say } from "./texts.js";

/** Fills the screen for the first time; where that is refused, it says why. */
export async function begin(fill) {
  try {
    await fill();
  } catch (refusal) {
    by("main").prepend(make("p", { class: "summary-error", role: "alert" }, refusal.message));
  }
  document.body.dataset.ready = "";
}

const YEAR = 365 * 24 * 3600;
const isInside = document.body.dataset.screen !== "sign-in";

by("language").addEventListener("change", ({ target }) => {
  document.cookie = `nnc_studio_lang=${target.value}; SameSite=Strict; Path=/; Max-Age=${YEAR}`;
  location.reload();
});

by("theme").value = document.documentElement.dataset.theme ?? "auto";
by("theme").addEventListener("change", ({ target }) => {
  if (target.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = target.value;
  try {
    localStorage.setItem("nnc-host-theme", target.value);
  } catch {
    // Then the choice lasts as long as the page.
  }
});
by("settings").addEventListener("submit", (event) => event.preventDefault());

async function countRunning() {
  const { jobs } = await get(at`/jobs`);
  const active = jobs.filter((job) => ["queued", "running", "stopping"].includes(job.state)).length;
  by("running").hidden = active === 0;
  by("running").textContent = active;
  by("running").setAttribute("aria-label", say("ACTIVE_COUNT", { count: active }));
}

if (isInside) {
  // A blink is no reason to frighten anybody.
  let gone;
  document.addEventListener("connected", ({ detail: connected }) => {
    if (connected) {
      clearTimeout(gone);
      gone = undefined;
      by("offline").hidden = true;
    } else {
      gone ??= setTimeout(() => { by("offline").hidden = false; }, 3000);
    }
  });
  get(at`/system`).then(({ folder }) => { by("folder").textContent = plain(folder); }, () => {});
  const quietly = () => countRunning().catch(() => {});
  watch(["jobs"], quietly);
  quietly();
}

// A file that misses its place must not take the page away.
for (const event of ["dragover", "drop"]) {
  document.addEventListener(event, (dragged) => {
    if (!dragged.defaultPrevented && dragged.dataTransfer?.types.includes("Files")) dragged.preventDefault();
  });
}
