// How a job is shown in one or two lines, and how a small one is followed where it was started.

import { at, post } from "./api.js";
import { button, make, name, plain, put } from "./dom.js";
import { follow } from "./events.js";
import { rate, span } from "./format.js";
import { say } from "./texts.js";
import { toast } from "./toast.js";

const KINDS = {
  run: "KIND_RUN", train: "KIND_TRAIN", evaluate: "KIND_EVALUATE", create: "KIND_CREATE", check: "KIND_CHECK",
  report: "KIND_REPORT", export: "KIND_EXPORT", sample: "KIND_SAMPLE", fetch: "KIND_FETCH",
};
const STATES = {
  queued: "STATE_QUEUED", running: "STATE_RUNNING", stopping: "STATE_STOPPING", finished: "STATE_FINISHED",
  failed: "STATE_FAILED", stopped: "STATE_STOPPED", interrupted: "STATE_INTERRUPTED",
};
const LOOKS = { running: "running", stopping: "running", finished: "finished", failed: "failed", interrupted: "failed" };

export const isActive = (job) => ["queued", "running", "stopping"].includes(job.state);
export const kindText = (job) => KINDS[job.kind] ? say(KINDS[job.kind]) : plain(job.kind);
export const stateText = (job) => STATES[job.state] ? say(STATES[job.state]) : plain(job.state);
export const stateLook = (job) => `state ${LOOKS[job.state] ?? ""}`;
export const stateOf = (job) => make("span", { class: stateLook(job) }, stateText(job));

/** Where what a job made is shown. */
export function outcomeOf(job) {
  if (job.state !== "finished") return null;
  if (job.result) return { address: `/results/${encodeURIComponent(job.result)}`, text: say("SEE_RESULT") };
  if (job.dataset) return { address: `/datasets/${encodeURIComponent(job.dataset)}`, text: say("SEE_DATASET") };
  if (job.project) return { address: `/projects/${encodeURIComponent(job.project)}`, text: say("SEE_PROJECT") };
  return null;
}

/** How far a job is, from 0 to 1; null when that is not known. */
export const portion = ({ progress }) => progress?.total > 0 ? Math.min(1, progress.done / progress.total) : null;

/** Rate and remaining time. */
export function pace({ progress }) {
  if (!progress) return "";
  const parts = [say("DONE_OF", { done: progress.done, total: progress.total })];
  if (progress.rate) parts.push(rate(progress.rate));
  if (Number.isFinite(progress.remaining_seconds)) parts.push(say("REMAINING", { time: span(progress.remaining_seconds) }));
  return parts.join(" · ");
}

/** A bar for what is known about the progress. */
export function bar(job) {
  const value = portion(job);
  return make("progress", { max: 1, value, "aria-label": say("PROGRESS") });
}

/** Asks a job to stop. */
export async function stop(id) {
  try {
    await post(at`/jobs/${id}/stop`);
  } catch (refusal) {
    toast(refusal.message);
  }
}

/**
 * Follows a small job in `box`, from its answer to its end. Gives the job when it has finished, and throws the reason when it
 * has not.
 */
export function followIn(box, begun) {
  return new Promise((done, failed) => {
    const lines = [];
    const show = (job) => {
      box.hidden = false;
      put(box,
        make("div", { class: "top" }, make("span", {}, stateOf(job), " ", kindText(job), " ", name(job.title)),
          isActive(job) && button(say("STOP"), () => stop(job.id), { class: "plain" })),
        isActive(job) && bar(job),
        make("p", { class: "small soft" }, job.progress ? `${plain(job.progress.stage)} ${pace(job)}` : lines.at(-1) ?? ""));
    };
    show(begun);
    follow(begun.id, {
      log: (more) => lines.splice(0, lines.length, more.at(-1) ?? ""),
      job: show,
      end(job) {
        if (job.state === "finished") {
          done(job);
          return;
        }
        const address = `/jobs/${encodeURIComponent(job.id)}`;
        const reason = job.message ?? stateText(job);
        put(box, make("p", { class: "summary-error", role: "alert" }, reason, " ", make("a", { href: address }, say("SEE_LOG"))));
        failed(new Error(reason));
      },
    });
  });
}
