// What a threshold makes of the images, counted while it moves, and saving it.

import { by, figure, later, make, put } from "./dom.js";
import { showError } from "./fields.js";
import { percent, score } from "./format.js";
import { drawHistogram, endsOf } from "./histogram.js";
import { say } from "./texts.js";

/** The shortest number that is the same score: scores have 32 bits, JSON writes 64. */
function shortest(value) {
  if (!Number.isFinite(value)) return value;
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

/** How many of an ascending list are below a value. */
function below(list, value) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a threshold decides: an image is NG from it on. It is compared as the 32 bits that it is kept in. */
export function decide(scores, value) {
  const threshold = Math.fround(value);
  const [normal, defective, unlabelled] = [scores.normal, scores.defective, scores.unlabelled];
  const passed = below(normal, threshold);
  const missed = below(defective, threshold);
  const ok = below(unlabelled, threshold);
  const [alarms, found] = [normal.length - passed, defective.length - missed];
  return { passed, alarms, missed, found, ok: passed + missed + ok, ng: alarms + found + unlabelled.length - ok };
}

/** The slider of a page. `moved(threshold, place)` is told of the threshold and how many scores are below it. */
export class Threshold {
  constructor(moved) {
    this.moved = later(200, moved);
    this.slider = by("slider");
    this.field = by("threshold");
    this.move = () => {};
    new ResizeObserver(() => this.#draw()).observe(by("histogram"));
    this.slider.addEventListener("input", () => {
      const value = Number(this.slider.value);
      // Five digits, so that the number that is shown is the number that counts; but at the lowest score all are NG.
      this.set(value <= this.ends[0] ? this.ends[0] : Number(value.toPrecision(5)), this.slider);
    });
    this.field.addEventListener("input", () => {
      const text = this.field.value.trim().replace(",", ".").replace("−", "-");
      const isNumber = text !== "" && Number.isFinite(Number(text));
      showError("threshold", isNumber ? null : say("NOT_A_NUMBER"));
      if (isNumber) this.set(Number(text), this.field);
    });
    by("threshold-form").addEventListener("submit", (event) => event.preventDefault());
    by("reset-threshold").addEventListener("click", () => this.set(this.saved, null));
    by("suggest-threshold").addEventListener("click", () => this.set(this.suggested, null));
  }

  /** Shows the scores of a result; false when there are none. */
  show(scores) {
    // Scores have 32 bits; what JSON made of them may be a hair off.
    this.scores = Object.fromEntries(["normal", "defective", "unlabelled"].map((kind) => [kind, scores[kind].map(Math.fround)]));
    this.saved = shortest(scores.threshold);
    this.suggested = shortest(scores.suggested);
    const ends = endsOf(this.scores);
    by("judge").hidden = ends === null;
    by("no-scores").hidden = ends !== null;
    if (!ends) return false;
    this.ends = ends;
    this.#draw();
    const kinds = [["normal", "NORMAL"], ["defective", "DEFECTIVE"], ["unlabelled", "UNLABELLED"]];
    put(by("legend"), kinds.filter(([kind]) => scores[kind].length > 0)
      .map(([kind, key]) => make("li", { class: kind }, say(key), " ", String(scores[kind].length))));
    [this.slider.min, this.slider.max] = ends;
    by("suggest-threshold").hidden = !Number.isFinite(this.suggested);
    this.set(this.saved ?? this.suggested ?? (ends[0] + ends[1]) / 2, null);
    return true;
  }

  /** Judges all images by a threshold; the control that is being moved keeps its own. */
  set(value, control) {
    if (!Number.isFinite(value)) return;
    this.value = value;
    this.move(value);
    if (control !== this.slider) this.slider.value = value;
    if (control !== this.field) {
      this.field.value = String(value);
      showError("threshold", null);
    }
    const isSaved = Object.is(value, this.saved);
    by("save-threshold").disabled = isSaved;
    by("reset-threshold").disabled = isSaved || !Number.isFinite(this.saved);
    by("threshold-state").textContent = isSaved ? say("THRESHOLD_SAVED")
      : Number.isFinite(this.saved) ? say("THRESHOLD_OTHER", { threshold: score(this.saved) }) : say("THRESHOLD_NEW");
    this.#count(value);
    const place = ["normal", "defective", "unlabelled"].reduce((all, kind) => all + below(this.scores[kind], Math.fround(value)), 0);
    this.moved(value, place);
  }

  /** Draws the histogram as wide as its place is. */
  #draw() {
    const width = Math.round(by("histogram").clientWidth);
    if (!this.ends || width < 100) return;
    const { svg, move } = drawHistogram(this.scores, this.ends, width);
    this.move = move;
    put(by("histogram"), svg);
    move(this.value);
  }

  #count(value) {
    const counts = decide(this.scores, value);
    const { missed, alarms } = counts;
    this.slider.setAttribute("aria-valuetext", say("THRESHOLD_SPOKEN", { threshold: score(value), missed, alarms }));
    const { normal, defective } = this.scores;
    const of = (part, all) => [String(part), make("small", {}, ` / ${all} (${percent(part / all)})`)];
    put(by("verdicts"),
      defective.length > 0 && figure(say("FOUND"), of(counts.found, defective.length), { "data-count": "found" }),
      defective.length > 0 && figure(say("MISSED"), of(counts.missed, defective.length), { class: counts.missed ? "some" : null, "data-count": "missed" }),
      normal.length > 0 && figure(say("FALSE_ALARMS"), of(counts.alarms, normal.length), { class: counts.alarms ? "some" : null, "data-count": "alarms" }),
      figure("NG", String(counts.ng), { "data-count": "ng" }), figure("OK", String(counts.ok), { "data-count": "ok" }));
  }
}
