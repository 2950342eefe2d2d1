// The figures of a result, as its page and the history show them.

import { figure, make, name, plain } from "./dom.js";
import { score, share } from "./format.js";
import { say } from "./texts.js";

const STATES = {
  finished: ["finished", "STATE_FINISHED"], failed: ["failed", "STATE_FAILED"], interrupted: ["failed", "STATE_INTERRUPTED"],
  suspended: ["", "STATE_STOPPED"], processing: ["running", "STATE_RUNNING"], preprocessing: ["running", "STATE_RUNNING"],
};
const PHASES = { train: "PHASE_TRAIN", evaluate: "PHASE_EVALUATE" };

/** The name of a result: its folder, without the folder of all results. */
export const nameOf = (result) => result.folder.replace(/^results\//, "");

/** How its training and its evaluation ended. */
export const phasesOf = (result) => result.phases.map(({ phase, status }) => {
  const [look, key] = STATES[status] ?? ["", null];
  return make("div", { class: `state ${look}` }, say(PHASES[phase] ?? "PHASE_EVALUATE"), " ", key ? say(key) : plain(status));
});

/** An interval of confidence, as small text. */
const interval = (range) => range && make("small", {}, ` ${share(range.low)} – ${share(range.high)}`);

/** The main figure of a model that is no detector. */
function judgedFigures(result) {
  const judged = result.judged;
  if (!judged || typeof judged !== "object") return [];
  const [values] = Object.values(judged).filter((value) => value && typeof value === "object");
  const flat = Object.entries({ ...judged, ...values }).filter(([, value]) => typeof value === "number");
  return flat.slice(0, 6).map(([word, value]) => figure(plain(word.replaceAll("_", " ")), score(value)));
}

/** The figures for a `dl`. */
export function figuresOf(result) {
  const { metrics, threshold } = result;
  const counts = metrics?.counts;
  const decisions = metrics?.decisions;
  return [
    metrics?.image && figure(say("IMAGE_AUROC"), [share(metrics.image.auroc), interval(metrics.image.auroc_interval)], { "data-figure": "auroc" }),
    metrics?.image && figure(say("AVERAGE_PRECISION"), share(metrics.image.average_precision)),
    metrics?.image && figure(say("F1_MAX"), share(metrics.image.f1_max)),
    metrics?.pixel && figure(say("PIXEL_AUROC"), share(metrics.pixel.auroc), { "data-figure": "pixel" }),
    metrics?.pixel && figure(say("AUPRO"), share(metrics.pixel.aupro)),
    ...(metrics?.image ? [] : judgedFigures(result)),
    counts && figure(say("IMAGES"), String(counts.images ?? "")),
    figure(say("THRESHOLD"), Number.isFinite(threshold) ? score(threshold) : say("NO_THRESHOLD"), { "data-figure": "threshold" }),
    decisions && figure(say("MISSED"), String(decisions.missed), { class: decisions.missed ? "some" : null, "data-figure": "missed" }),
    decisions && figure(say("FALSE_ALARMS"), String(decisions.false_alarms), { class: decisions.false_alarms ? "some" : null, "data-figure": "alarms" }),
  ];
}

/** Parameters as one line each. */
export const parametersOf = (result) => Object.entries(result.parameters ?? {})
  .map(([key, value]) => make("div", { class: "small moment" }, name(`${key} = ${value}`)));
