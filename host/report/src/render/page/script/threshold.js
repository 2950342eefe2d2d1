// The threshold: what it makes of every image, and everything that shows it.

/** JSON has no infinity, and NaN is written as null. */
const number = (value) => (value === null || value === undefined ? NaN : Number(value));
const scores = data.scores.map(number);
const original = number(data.threshold);
let threshold = original;

const STATES = { d: ["found", "missed"], n: ["alarm", "passed"], u: ["ng", "ok"] };
const STATE_TEXTS = {
  found: "StateFound", ng: "StateFound", missed: "StateMissed", alarm: "StateAlarm", passed: "StatePassed",
  ok: "StatePassed", none: "StateNone",
};
const VERDICTS = { found: "ng", alarm: "ng", ng: "ng", missed: "ok", passed: "ok", ok: "ok", none: "none" };

function stateOf(row) {
  if (Number.isNaN(threshold) || Number.isNaN(scores[row])) return "none";
  return STATES[data.classes[row]][scores[row] >= threshold ? 0 : 1];
}

function put(element, value) {
  if (element) element.textContent = value;
}

/** Counts every image of the dataset, whether it has a tile or not. */
function showCounts() {
  const counts = { found: 0, missed: 0, alarm: 0, passed: 0, ng: 0, ok: 0, none: 0 };
  for (let row = 0; row < scores.length; row++) counts[stateOf(row)]++;
  const judged = !Number.isNaN(threshold);
  for (const element of document.querySelectorAll("[data-judged]")) element.dataset.judged = judged;
  by("unjudged").hidden = judged;
  const figures = {
    ng: counts.found + counts.alarm + counts.ng,
    ok: counts.missed + counts.passed + counts.ok,
    missed: counts.missed,
    alarm: counts.alarm,
  };
  for (const [name, count] of Object.entries(figures)) {
    const figure = document.querySelector(`[data-count="${name}"]`);
    put(figure, count);
    figure?.parentElement.classList.toggle("some", count > 0);
  }
  const cells = { normal: ["alarm", "passed"], defective: ["found", "missed"], unlabelled: ["ng", "ok"] };
  for (const [name, [ng, ok]] of Object.entries(cells)) {
    put(document.querySelector(`[data-tally="${name}"] .ng`), counts[ng]);
    put(document.querySelector(`[data-tally="${name}"] .ok`), counts[ok]);
  }
  data.kinds.forEach((rows, kind) => {
    const found = judged ? rows.filter((row) => stateOf(row) === "found").length : "–";
    put(document.querySelector(`[data-found="${kind}"]`), found);
  });
  showMarks(counts);
}

/** Moves the line of the histogram and the marks of the curves. */
function showMarks(counts) {
  const judged = !Number.isNaN(threshold);
  const line = by("threshold-line");
  if (line && data.axis) {
    const [low, high] = data.axis;
    const { left, right } = by("histogram").dataset;
    const place = Math.min(1, Math.max(0, (threshold - low) / (high - low)));
    const x = Number(left) + place * (right - left);
    line.setAttribute("visibility", judged ? "visible" : "hidden");
    if (judged) for (const end of ["x1", "x2"]) line.setAttribute(end, x);
  }
  const recall = counts.found / (data.classes.split("d").length - 1);
  const alarms = counts.alarm / (data.classes.split("n").length - 1);
  const precision = counts.found / (counts.found + counts.alarm);
  for (const [id, x, y] of [["roc", alarms, recall], ["pr", recall, precision]]) {
    const chart = by(id);
    if (!chart) continue;
    const mark = chart.querySelector(".mark");
    const { left, top, side } = chart.dataset;
    const known = judged && Number.isFinite(x) && Number.isFinite(y);
    mark.setAttribute("visibility", known ? "visible" : "hidden");
    if (known) {
      mark.setAttribute("cx", Number(left) + x * side);
      mark.setAttribute("cy", Number(top) + (1 - y) * side);
    }
  }
}

/** Shows the threshold in the controls; the one that is being moved keeps its own. */
function showControls(moved) {
  const slider = by("slider");
  if (!slider) return;
  const judged = !Number.isNaN(threshold);
  const value = judged ? threshold : number(data.start);
  if (moved !== slider) slider.value = Number.isNaN(value) ? slider.max : value;
  if (moved !== by("exact")) by("exact").value = judged ? String(threshold) : "";
  slider.setAttribute("aria-valuetext", judged ? scoreText(threshold) : words("StateNone"));
  by("exact").removeAttribute("aria-invalid");
  by("reset").disabled = Object.is(threshold, original);
  // The boxes of the job belong to its own threshold.
  by("gallery").classList.toggle("moved", !Object.is(threshold, original));
  // For paper, which has no slider.
  put(by("threshold-shown"), judged ? scoreText(threshold) : "–");
  put(by("command-value"), judged ? String(threshold) : "…");
}

let pending = 0;

/** Judges all images by another threshold. */
function setThreshold(value, moved) {
  threshold = value;
  showControls(moved);
  // One round of counting for each picture on the screen is enough while the slider moves.
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(() => {
    showCounts();
    showStates();
  });
}

function startThreshold() {
  const slider = by("slider");
  if (!slider) return;
  // Five digits, so that the number shown is the number that counts.
  slider.addEventListener("input", () => setThreshold(Number(Number(slider.value).toPrecision(5)), slider));
  by("exact").addEventListener("input", ({ target }) => {
    const text = target.value.trim().replace(",", ".").replace("−", "-");
    const value = Number(text);
    if (text !== "" && Number.isFinite(value)) setThreshold(value, target);
    else target.setAttribute("aria-invalid", "true");
  });
  by("reset").addEventListener("click", () => setThreshold(original));
  showControls();
}

