// One job: how far it is, and its log while it grows.

import { begin } from "../frame.js";
import { at, get } from "../api.js";
import { by, figure, make, plain, put } from "../dom.js";
import { saves } from "../downloads.js";
import { follow } from "../events.js";
import { bytes, rate, span, when } from "../format.js";
import { isActive, kindText, outcomeOf, portion, stateLook, stateText, stop } from "../job-lines.js";
import { LogView } from "../log-view.js";
import { say } from "../texts.js";

const id = document.body.dataset.name;
let shown = null;

const log = new LogView(by("log"), (isFollowing) => { by("follow").checked = isFollowing; });
by("follow").checked = true;
by("follow").addEventListener("change", ({ target }) => log.follow(target.checked));
saves(by("download-log"), () => at`/jobs/${id}/log`);
by("stop").addEventListener("click", async () => {
  by("stop").disabled = true;
  await stop(id);
});

const elapsed = (job) => job.started ? (job.ended ?? Date.now() / 1000) - job.started : null;

/** The time goes on where nothing else does. */
function tick() {
  const time = document.querySelector("[data-figure=elapsed] dd");
  if (time && shown && isActive(shown)) time.textContent = span(elapsed(shown));
}

function show(job) {
  shown = job;
  const active = isActive(job);
  const part = portion(job);
  const title = plain(job.title);
  put(document.querySelector("#title bdi"), job.title);
  document.title = `${active && part !== null ? `${Math.round(part * 100)} % – ` : ""}${title} – nnc-host studio`;
  by("state").className = stateLook(job);
  // Read out when it changes, and not twice a second.
  const state = `${kindText(job)}: ${stateText(job)}`;
  if (by("state").textContent !== state) by("state").textContent = state;
  by("stage").textContent = active ? plain(job.progress?.stage ?? (job.position ? say("PLACE_IN_QUEUE", { place: job.position }) : "")) : "";
  by("bar").hidden = !active || job.state === "queued";
  if (part === null) by("bar").removeAttribute("value");
  else by("bar").value = part;
  by("stop").hidden = !active;
  by("stop").disabled = job.state === "stopping";
  const { progress } = job;
  put(by("figures"),
    active && progress && figure(say("DONE"), say("DONE_OF", { done: progress.done, total: progress.total })),
    active && progress?.rate && figure(say("SPEED"), rate(progress.rate)),
    active && Number.isFinite(progress?.remaining_seconds) && figure(say("REMAINS"), span(progress.remaining_seconds)),
    job.memory_bytes && figure(say("MEMORY"), bytes(job.memory_bytes)),
    job.started && figure(say("DURATION"), span(elapsed(job)), { "data-figure": "elapsed" }),
    figure(say("STARTED"), make("small", {}, when(job.started ?? job.created))));
  by("job-error").hidden = active || !job.message;
  by("job-error").textContent = plain(job.message ?? "");
  const outcome = outcomeOf(job);
  put(by("next"), outcome && make("a", { class: "button main", href: outcome.address }, outcome.text));
  document.body.dataset.state = job.state;
}

await begin(async () => {
  show(await get(at`/jobs/${id}`));
  follow(id, { log: (lines) => log.add(lines), job: show });
  setInterval(tick, 1000);
});
