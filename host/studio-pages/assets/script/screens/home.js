// The dashboard: how far the four steps are, the sample, and what was run last.

import { begin } from "../frame.js";
import { at, get, post } from "../api.js";
import { by, make, name, put } from "../dom.js";
import { watch } from "../events.js";
import { when } from "../format.js";
import { followIn, isActive, kindText, pace, stateOf } from "../job-lines.js";
import { empty, table } from "../table.js";
import { say } from "../texts.js";

const RECENT = 6;
const SAMPLE = "flanges";

async function show() {
  const [{ datasets }, { projects }, { jobs }, { results }] =
    await Promise.all([get(at`/datasets`), get(at`/projects`), get(at`/jobs`), get(at`/results`)]);
  const judged = results.filter((result) => Number.isFinite(result.threshold)).length;
  const active = jobs.filter((job) => isActive(job) && ["run", "train", "evaluate"].includes(job.kind)).length;
  // Two tables: one to learn from, one to test with.
  const tables = datasets.reduce((all, dataset) => all + dataset.tables.length, 0);
  const steps = {
    datasets: [tables > 1, say("DATASET_COUNT", { count: datasets.length })],
    projects: [projects.length > 0, say("PROJECT_COUNT", { count: projects.length })],
    jobs: [results.length > 0, active > 0 ? say("ACTIVE_COUNT", { count: active }) : say("RUN_COUNT", { count: results.length })],
    results: [judged > 0, say("JUDGED_COUNT", { count: judged })],
  };
  let isNextFound = false;
  for (const item of by("steps").children) {
    const [isDone, told] = steps[item.dataset.step];
    item.classList.toggle("done", isDone);
    item.classList.toggle("next", !isDone && !isNextFound);
    isNextFound ||= !isDone;
    item.querySelector("[data-told]").textContent = told;
  }
  by("sample").hidden = projects.some((project) => project.name === SAMPLE) && by("sample-work").hidden;
  const columns = [{ title: say("JOB"), class: "name" }, { title: say("KIND") }, { title: say("STATE") }, { title: say("STARTED"), class: "moment" }];
  const rows = jobs.slice(0, RECENT).map((job) => [
    make("a", { href: `/jobs/${encodeURIComponent(job.id)}` }, name(job.title)), kindText(job),
    [stateOf(job), isActive(job) && make("div", { class: "small soft" }, pace(job))], when(job.started ?? job.created),
  ]);
  put(by("recent"), rows.length > 0 ? table(say("RECENT_JOBS"), columns, rows) : empty(say("NO_JOBS")));
}

by("begin-sample").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  by("sample-error").hidden = true;
  try {
    await followIn(by("sample-work"), await post(at`/projects`, { from: "sample", name: SAMPLE }));
    location.assign(`/projects/${SAMPLE}`);
  } catch (refusal) {
    by("sample-error").textContent = refusal.message;
    by("sample-error").hidden = false;
    target.disabled = false;
  }
});

watch(["jobs", "datasets", "projects", "results"], show);
await begin(show);
