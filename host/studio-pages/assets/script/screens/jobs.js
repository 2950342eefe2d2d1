// What runs, what waits, and what was run.

import { begin } from "../frame.js";
import { at, get, remove } from "../api.js";
import { button, by, make, name, put } from "../dom.js";
import { watch } from "../events.js";
import { bytes, span, when } from "../format.js";
import { bar, isActive, kindText, outcomeOf, pace, stateOf, stop } from "../job-lines.js";
import { empty, table } from "../table.js";
import { say } from "../texts.js";
import { toast } from "../toast.js";

/** How often progress is asked for while something runs. */
const EVERY = 2000;
const COLUMNS = [
  { title: say("JOB"), class: "name" }, { title: say("KIND") }, { title: say("STATE") }, { title: say("STARTED"), class: "moment" },
  { title: say("DURATION"), class: "numbers" }, { title: say("ACTIONS"), hidden: true },
];
let timer;

const link = (job) => make("a", { class: "name", href: `/jobs/${encodeURIComponent(job.id)}` }, name(job.title));
const origin = (job) => job.origin === "command line" && make("span", { class: "soft small" }, ` ${say("FROM_COMMAND_LINE")}`);

function card(job) {
  const place = job.position ? say("PLACE_IN_QUEUE", { place: job.position }) : "";
  return make("div", { class: "sheet work", "data-job": job.id },
    make("div", { class: "top" }, make("div", {}, link(job), " ", make("span", { class: "soft" }, kindText(job)), origin(job)),
      make("div", { class: "buttons" }, stateOf(job),
        button(say("STOP"), () => stop(job.id), { class: "risky", disabled: job.state === "stopping", "aria-label": say("STOP_NAME", { name: job.title }) }))),
    job.state !== "queued" && bar(job),
    make("p", { class: "small soft" }, [place, job.progress?.stage, pace(job), job.memory_bytes && say("MEMORY_OF", { memory: bytes(job.memory_bytes) })].filter(Boolean).join(" · ")));
}

async function forget(job) {
  try {
    await remove(at`/jobs/${job.id}`);
    await show();
  } catch (refusal) {
    toast(refusal.message);
  }
}

function row(job) {
  const outcome = outcomeOf(job);
  return [
    [link(job), origin(job)], kindText(job),
    [stateOf(job), job.message && make("div", { class: "small" }, job.message)], when(job.started ?? job.created),
    job.ended && job.started ? span(job.ended - job.started) : "–",
    make("div", { class: "buttons" }, outcome && make("a", { class: "button plain", href: outcome.address }, outcome.text),
      job.origin === "studio" && button(say("TAKE_OFF"), () => forget(job), { class: "plain", "aria-label": say("TAKE_OFF_NAME", { name: job.title }) })),
  ];
}

async function show() {
  clearTimeout(timer);
  const { jobs } = await get(at`/jobs`);
  const active = jobs.filter(isActive);
  const ended = jobs.filter((job) => !isActive(job));
  by("active").hidden = active.length === 0;
  // Those that wait come in the order in which they will run.
  active.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  put(by("active-list"), active.map(card));
  put(by("list"), ended.length > 0 ? table(say("ENDED_JOBS"), COLUMNS, ended.map(row)) : empty(say("NO_JOBS")));
  if (active.length > 0 && !document.hidden) timer = setTimeout(() => show().catch(() => {}), EVERY);
}

watch(["jobs"], show);
await begin(show);
