// Results beside each other: parameters, figures, and the images that are judged differently.

import { begin } from "../frame.js";
import { at, get, query } from "../api.js";
import { by, make, name, plain, put } from "../dom.js";
import { score, share, when } from "../format.js";
import { nameOf } from "../result-figures.js";
import { table } from "../table.js";
import { say } from "../texts.js";

const ids = (new URLSearchParams(location.search).get("ids") ?? "").split(",").filter(Boolean);
const MOST = 100;
put(document.querySelector("#title bdi"), say("COMPARISON"));

/** Figures whose largest, or smallest, is the best. */
const FIGURES = [
  ["IMAGE_AUROC", (result) => result.metrics?.image?.auroc, share, Math.max],
  ["AVERAGE_PRECISION", (result) => result.metrics?.image?.average_precision, share, Math.max],
  ["F1_MAX", (result) => result.metrics?.image?.f1_max, share, Math.max],
  ["PIXEL_AUROC", (result) => result.metrics?.pixel?.auroc, share, Math.max],
  ["AUPRO", (result) => result.metrics?.pixel?.aupro, share, Math.max],
  ["THRESHOLD", (result) => result.threshold, score, null],
  ["MISSED", (result) => result.metrics?.decisions?.missed, String, Math.min],
  ["FALSE_ALARMS", (result) => result.metrics?.decisions?.false_alarms, String, Math.min],
];

const heading = (word, width) => make("tr", { class: "group" }, make("th", { scope: "colgroup", colspan: width }, word));

function figureRow([key, of, text, best], results) {
  const values = results.map(of);
  if (!values.some(Number.isFinite)) return null;
  const known = values.filter(Number.isFinite);
  const winner = best && new Set(known).size > 1 ? best(...known) : NaN;
  return make("tr", {}, make("th", { scope: "row" }, say(key)), values.map((value) =>
    make("td", { class: value === winner ? "best" : null }, Number.isFinite(value) ? text(value) : "–",
      value === winner && make("span", { class: "small soft" }, ` ${say("BEST")}`))));
}

function textRow(word, values) {
  const isSame = new Set(values).size === 1;
  return make("tr", { class: isSame ? null : "differs" }, make("th", { scope: "row" }, word),
    values.map((value) => make("td", {}, value === undefined || value === null ? "–" : name(value))));
}

function showTable(results) {
  const keys = [...new Set(results.flatMap((result) => Object.keys(result.parameters ?? {})))];
  const width = results.length + 1;
  const heads = results.map((result) => make("th", { scope: "col" },
    make("a", { href: `/results/${encodeURIComponent(result.id)}` }, name(nameOf(result)))));
  put(by("table"), make("div", { class: "scroll" }, make("table", { class: "compare" },
    make("caption", { class: "unseen" }, say("COMPARISON")),
    make("thead", {}, make("tr", {}, make("td", {}), heads)),
    make("tbody", {}, heading(say("FIGURES"), width), FIGURES.map((figure) => figureRow(figure, results)),
      heading(say("PARAMETERS"), width), textRow(say("TRAINING_PLUGIN"), results.map((result) => result.plugin)),
      keys.map((key) => textRow(plain(key), results.map((result) => result.parameters?.[key]))),
      textRow(say("STARTED"), results.map((result) => when(result.phases.at(-1)?.start)))))));
}

/** Images that the first and another result judge differently, image by image. */
function showVerdicts(results, pairs) {
  const rows = new Map();
  pairs.forEach(({ comparison }, place) => {
    for (const { what, first, second } of comparison.verdicts ?? []) {
      const cells = rows.get(what) ?? new Array(results.length).fill("");
      cells[0] = first;
      cells[place + 1] = second;
      rows.set(what, cells);
    }
  });
  by("verdicts-part").hidden = rows.size === 0;
  const verdict = (text) => make("span", { class: String(text).startsWith("NG") ? "verdict ng" : "verdict" }, text);
  const columns = [{ title: say("IMAGE"), class: "name" }, ...results.map((result) => ({ title: nameOf(result) }))];
  const lines = [...rows].slice(0, MOST).map(([image, cells]) => [name(image), ...cells.map(verdict)]);
  put(by("verdicts"), make("p", { class: "soft" }, say("VERDICT_COUNT", { count: rows.size })), table(say("OTHER_VERDICTS"), columns, lines),
    rows.size > MOST && make("p", { class: "hint" }, say("AND_MORE", { count: rows.size - MOST })));
}

await begin(async () => {
  const [results, { pairs }] = await Promise.all([
    Promise.all(ids.map((id) => get(at`/results/${id}`))), get(at`/results/compare` + query({ ids: ids.join(",") })),
  ]);
  showTable(results);
  showVerdicts(results, pairs);
});
