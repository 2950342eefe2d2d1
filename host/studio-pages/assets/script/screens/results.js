// The history of results.

import { begin } from "../frame.js";
import { at, get, query } from "../api.js";
import { button, by, make, name, put } from "../dom.js";
import { watch } from "../events.js";
import { score, share, span, when } from "../format.js";
import { removeWithUndo, tellRemoved } from "../removal.js";
import { nameOf, parametersOf, phasesOf } from "../result-figures.js";
import { empty, table } from "../table.js";
import { say } from "../texts.js";

const MOST = 10;
const chosen = new Set();
const COLUMNS = [
  { title: say("CHOOSE"), class: "pick", hidden: true }, { title: say("NAME"), class: "name" }, { title: say("STATE") },
  { title: say("IMAGE_AUROC"), class: "numbers" }, { title: say("PIXEL_AUROC"), class: "numbers" },
  { title: say("F1_MAX"), class: "numbers" }, { title: say("THRESHOLD"), class: "numbers" },
  { title: say("PARAMETERS") }, { title: say("STARTED"), class: "moment" }, { title: say("ACTIONS"), hidden: true },
];

function showChosen() {
  by("compare").disabled = chosen.size < 2 || chosen.size > MOST;
  by("chosen").textContent = chosen.size === 1 ? say("CHOOSE_ANOTHER") : chosen.size > MOST ? say("TOO_MANY_CHOSEN", { count: MOST })
    : chosen.size > 0 ? say("CHOSEN", { count: chosen.size }) : say("CHOOSE_TWO");
}

function row(result) {
  const title = nameOf(result);
  const { metrics } = result;
  const last = result.phases.at(-1);
  const seconds = result.phases.reduce((all, phase) => all + phase.seconds, 0);
  const box = make("input", {
    type: "checkbox", checked: chosen.has(result.id), "aria-label": say("CHOOSE_NAME", { name: title }), autocomplete: "off",
    on: {
      change: ({ target }) => {
        if (target.checked) chosen.add(result.id);
        else chosen.delete(result.id);
        showChosen();
      },
    },
  });
  return [
    metrics && box,
    [make("a", { href: `/results/${encodeURIComponent(result.id)}` }, name(title)), make("div", { class: "small soft" }, result.plugin ?? "")],
    [phasesOf(result), result.busy && make("span", { class: "state running" }, say("STATE_RUNNING"))],
    share(metrics?.image?.auroc), share(metrics?.pixel?.auroc), share(metrics?.image?.f1_max),
    Number.isFinite(result.threshold) ? score(result.threshold) : "–", parametersOf(result),
    [when(last?.start), make("div", { class: "small soft" }, span(seconds))],
    make("div", { class: "buttons" }, button(say("DELETE"), () => removeWithUndo(at`/results/${result.id}`, title, show),
      { class: "plain risky", disabled: result.busy, "aria-label": say("DELETE_NAME", { name: title }) })),
  ];
}

async function show() {
  const { results } = await get(at`/results`);
  const there = new Set(results.map((result) => result.id));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  put(by("list"), results.length > 0 ? table(say("RESULTS"), COLUMNS, results.map(row)) : empty(say("NO_RESULTS")));
  by("compare").hidden = results.length < 2;
  by("chosen").hidden = results.length < 2;
  showChosen();
}

by("compare").addEventListener("click", () => location.assign(`/compare${query({ ids: [...chosen].join(",") })}`));
watch(["results"], show);
tellRemoved(show);
await begin(show);
