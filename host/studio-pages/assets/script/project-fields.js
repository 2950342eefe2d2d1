// The fields of a project: how a value of the file stands in its field, and the field's value in the file.

import { at, query } from "./api.js";
import { by, make, plain, put } from "./dom.js";
import { choose } from "./fields.js";
import { pictured } from "./pictures.js";
import { say } from "./texts.js";

/** The datasets of a project, by their keys. */
export const SETS = ["dataset.training.uri", "dataset.validation.uri", "dataset.calibration.uri"];
/** Those without which nothing can be trained or evaluated. */
const NEEDED = SETS.slice(0, 2);
const RULES = ["max", "top 10", "top 1%", "smooth 1.5", "contrast 1"];
/** Pictures of a dataset beside its name. */
const STRIP = 6;

/** The tab that a key is on. */
export function tabOf(key = "") {
  if (key.startsWith("dataset")) return "datasets";
  if (key.startsWith("plugin")) return "plugin";
  return /^(config|score|threshold|compute)\b/.test(key) ? "config" : "file";
}

/** The value for the file of what a field says; null removes the key, so that the default counts. */
export function valueFor(key, text) {
  if (text === "") return null;
  if (key === "compute.engine" && text === "auto") return null;
  if (!["config.batch_size", "threshold.false_alarm_rate"].includes(key)) return text;
  const number = Number(text.replace(",", "."));
  return Number.isFinite(number) ? number : text;
}

function showStrip(key, tables, uri) {
  const table = tables.find((one) => one.uri === uri);
  const rows = Math.min(STRIP, table?.rows ?? STRIP);
  put(document.querySelector(`[data-strip="${key}"]`), table && Array.from({ length: rows }, (_, row) =>
    pictured(at`/datasets/${table.dataset}/thumbnail` + query({ table: table.file, row, size: 112 }), { class: "thumb" })));
}

/** The tables of all datasets, as a project names them. */
export const tablesOf = (datasets) => datasets.flatMap(({ name, tables }) => tables.map((one) => ({ dataset: name, ...one })));

/** Offers all tables at a field; one that lies elsewhere is offered as the file names it. */
export function showSet(key, tables, uri = "") {
  const select = by(key);
  const isKnown = uri === "" || tables.some((one) => one.uri === uri);
  const words = ({ dataset, file, rows }) =>
    `${plain(dataset)} / ${plain(file)}${Number.isInteger(rows) ? ` (${say("ROW_COUNT", { count: rows })})` : ""}`;
  put(select, make("option", { value: "" }, NEEDED.includes(key) ? say("CHOOSE_DATASET") : say("NO_DATASET")),
    tables.map((one) => make("option", { value: one.uri }, words(one))),
    !isKnown && make("option", { value: uri }, uri));
  select.value = uri;
  showStrip(key, tables, uri);
}

/** Shows the settings of the file. */
export function showSettings(form, values) {
  by("config.batch_size").value = values["config.batch_size"] ?? 64;
  by("threshold.false_alarm_rate").value = values["threshold.false_alarm_rate"] ?? "";
  const rule = values["score.rule"] ?? "max";
  put(by("score.rule"), [...new Set([...RULES, rule])].map((one) => make("option", { value: one }, one)));
  by("score.rule").value = rule;
  choose(form, "compute.engine", values["compute.engine"] ?? "auto");
}
