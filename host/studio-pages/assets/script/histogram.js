// How often each score occurs, for normal and defective images, as a drawing with the line of the threshold.

import { draw } from "./dom.js";
import { score } from "./format.js";
import { say } from "./texts.js";

const [HEIGHT, SIDE, FOOT, BARS] = [220, 16, 24, 48];
const KINDS = ["unlabelled", "normal", "defective"];

/** Smallest and largest finite score, with a little room above, where nothing is NG. */
export function endsOf(scores) {
  // Ascending lists: the ends are at their ends.
  const known = KINDS.map((kind) => scores[kind].filter(Number.isFinite)).filter((list) => list.length > 0);
  if (known.length === 0) return null;
  const low = Math.min(...known.map((list) => list[0]));
  const high = Math.max(...known.map((list) => list.at(-1)));
  // One score alone still has a place left and right of it.
  return low === high ? [low - 1, high + 1] : [low, high + (high - low) * 0.02];
}

/** The drawing in a width of pixels, and the function that moves its line. */
export function drawHistogram(scores, [low, high], width) {
  const counts = KINDS.map((kind) => {
    const bars = new Array(BARS).fill(0);
    for (const value of scores[kind]) {
      if (Number.isFinite(value)) bars[Math.min(BARS - 1, Math.floor((value - low) / (high - low) * BARS))] += 1;
    }
    return bars;
  });
  const tallest = Math.max(1, ...counts.flat());
  const x = (value) => SIDE + Math.min(1, Math.max(0, (value - low) / (high - low))) * (width - 2 * SIDE);
  const y = (count) => HEIGHT - FOOT - count / tallest * (HEIGHT - FOOT - 8);
  const bar = (width - 2 * SIDE) / BARS;
  const shapes = counts.map((bars, kind) => {
    // Two kinds stand side by side in each bar, so that neither hides the other.
    const share = kind === 0 ? 1 : 0.5;
    const path = bars.map((count, place) => count === 0 ? "" :
      `M${(SIDE + (place + (kind === 2 ? 0.5 : 0)) * bar + 0.4).toFixed(2)} ${HEIGHT - FOOT}V${y(count).toFixed(2)}h${(bar * share - 0.8).toFixed(2)}V${HEIGHT - FOOT}z`);
    return draw("path", { class: KINDS[kind], d: path.join("") });
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = low + part * (high - low);
    const anchor = part === 0 ? "start" : part === 1 ? "end" : "middle";
    return draw("text", { "text-anchor": anchor, x: x(value), y: HEIGHT - 6 }, score(value));
  });
  const cut = draw("line", { class: "cut", y1: 2, y2: HEIGHT - FOOT });
  const svg = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": say("HISTOGRAM") },
    shapes, draw("line", { class: "axis", x1: SIDE, x2: width - SIDE, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT }), marks, cut);
  const move = (threshold) => {
    const isKnown = Number.isFinite(threshold);
    cut.setAttribute("visibility", isKnown ? "visible" : "hidden");
    if (isKnown) for (const end of ["x1", "x2"]) cut.setAttribute(end, x(threshold));
  };
  return { svg, move };
}
