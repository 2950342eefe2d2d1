// One project: its fields, each of which is written to its file as soon as nothing is wrong with it, and Run.

import { begin } from "../frame.js";
import { at, get, post } from "../api.js";
import { Changes } from "../changes.js";
import { by, make, plain, put } from "../dom.js";
import { watch } from "../events.js";
import { chosen, showError, showRefusal } from "../fields.js";
import { drawParameters, keyOf, offerBackbones, valueOf } from "../parameters.js";
import { problemLinks } from "../problems.js";
import { SETS, showSet, showSettings, tabOf, tablesOf, valueFor } from "../project-fields.js";
import { removeAndLeave } from "../removal.js";
import { startTabs } from "../tabs.js";
import { say } from "../texts.js";
import { toast } from "../toast.js";

const name = document.body.dataset.name;
const config = by("panel-config");
let [plugins, backbones, tables] = [[], [], []];
let hasOwnText = false;
let openTab = () => {};

put(document.querySelector("#title bdi"), name);
document.title = `${plain(name)} – nnc-host studio`;

const changes = new Changes(name, {
  loaded(project, isFromDisk) {
    show(project);
    if (isFromDisk) toast(say("SHOWN_ANEW"));
  },
  checked: showChecked,
  saving: () => { by("saved").textContent = say("SAVING"); },
  saved(project) {
    showText(project);
    showProblems(project.problems);
    by("saved").textContent = say("SAVED_TO", { file: plain(project.file) });
  },
  refused: (refusal) => {
    by("saved").textContent = "";
    toast(refusal.message);
  },
});

/** Shows problems at their fields and beside Run, and marks the tabs that have some. */
function showProblems(problems) {
  const fields = new Set();
  for (const { key, message } of problems) if (key && !fields.has(key) && showError(key, message)) fields.add(key);
  for (const place of document.querySelectorAll("[role=tabpanel] [data-field]")) {
    if (!fields.has(place.dataset.field) && place.dataset.field !== "source") showError(place.dataset.field, null);
  }
  const marked = new Set(problems.map(({ key }) => tabOf(key)));
  for (const mark of document.querySelectorAll("[data-mark]")) mark.hidden = !marked.has(mark.dataset.mark);
  put(by("problems"), problemLinks(problems, ({ key }) => {
    openTab(tabOf(key));
    (by(key) ?? by("source")).focus();
  }));
  by("problems").hidden = problems.length === 0;
}

/** What would be wrong: the changed keys are not in the file yet. */
function showChecked(problems, keys) {
  showProblems(problems);
  const isWrong = keys.some((key) => problems.some((problem) => problem.key === key));
  by("saved").textContent = isWrong ? say("NOT_SAVED") : "";
}

function showText(project) {
  if (hasOwnText) return;
  by("source").value = project.text;
  by("source").readOnly = project.format === "nnc";
}

function ownText(isOwn) {
  hasOwnText = isOwn;
  by("source-save").disabled = by("source-undo").disabled = !isOwn;
}

function showPlugin(values) {
  const id = values["plugin.name"] ?? "";
  const plugin = plugins.find((one) => one.id === id);
  const trainable = plugins.filter((one) => one.trains || one.id === id);
  put(by("plugin.name"), make("option", { value: "" }, say("CHOOSE_PLUGIN")),
    trainable.map((one) => make("option", { value: one.id }, `${one.title} ${one.version}`)),
    id && !plugin && make("option", { value: id }, id));
  by("plugin.name").value = id;
  by("plugin-about").textContent = plain(plugin?.description ?? "");
  put(by("parameters"));
  if (!plugin) return;
  drawParameters(by("parameters"), plugin, values, (parameter, text) => changes.set(keyOf(parameter), valueOf(parameter, text)));
  offerBackbones(by("parameters"), backbones, () => changes.load());
}

function show(project) {
  const { values, format } = project;
  for (const key of SETS) showSet(key, tables, values[key]);
  showSettings(config, values);
  showPlugin(values);
  ownText(false);
  showText(project);
  showProblems(project.problems);
  const isReadOnly = format === "nnc";
  by("read-only").hidden = !isReadOnly;
  for (const control of document.querySelectorAll("[role=tabpanel] :is(input, select)")) control.disabled = isReadOnly;
  if (values["compute.device"] && !by("device").value) by("device").value = values["compute.device"];
  by("saved").textContent = plain(project.file);
}

for (const key of SETS) {
  by(key).addEventListener("change", ({ target }) => {
    changes.set(key, target.value || null);
    showSet(key, tables, target.value);
  });
}
for (const key of ["config.batch_size", "threshold.false_alarm_rate", "score.rule"]) {
  by(key).addEventListener("input", ({ target }) => changes.set(key, valueFor(key, target.value)));
}
config.addEventListener("change", ({ target }) => {
  if (target.type === "radio") changes.set(target.name, valueFor(target.name, target.value));
});
by("plugin.name").addEventListener("change", ({ target }) => {
  // Parameters that the other plugin does not have would be errors.
  const kept = new Set(plugins.find((one) => one.id === target.value)?.parameters.map(keyOf));
  for (const key of Object.keys(changes.project.values)) {
    if (key.startsWith("plugin.params.") && !kept.has(key)) changes.set(key, null);
  }
  changes.set("plugin.name", target.value || null);
  const values = { ...changes.project.values, "plugin.name": target.value };
  showPlugin(values);
});

by("source").addEventListener("input", () => ownText(by("source").value !== changes.project.text));
by("source-undo").addEventListener("click", () => {
  ownText(false);
  showError("source", null);
  showText(changes.project);
});
by("file-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  showError("source", null);
  try {
    await changes.replace(by("source").value);
    by("saved").textContent = say("SAVED_TO", { file: plain(changes.project.file) });
  } catch (refusal) {
    const line = Number.isInteger(refusal.line) ? `${say("LINE", { line: refusal.line })}: ` : "";
    showError("source", line + refusal.message);
  }
});

by("run").addEventListener("submit", async (event) => {
  event.preventDefault();
  by("run-error").hidden = true;
  if (!(await changes.settle()) || hasOwnText) {
    by("run-error").textContent = say("SAVE_FIRST");
    by("run-error").hidden = false;
    return;
  }
  by("run-button").disabled = true;
  try {
    const body = { kind: chosen(by("run"), "kind"), project: name, device: by("device").value || undefined };
    if (by("result").value.trim()) body.result = by("result").value.trim();
    const job = await post(at`/jobs`, body);
    location.assign(`/jobs/${encodeURIComponent(job.id)}`);
  } catch (refusal) {
    showRefusal(refusal, "run-error");
    by("run-button").disabled = false;
  }
});

by("copy").addEventListener("click", async () => {
  try {
    const copy = await post(at`/projects`, { from: "copy", project: name, name: `${name}-copy` });
    location.assign(`/projects/${encodeURIComponent(copy.name)}`);
  } catch (refusal) {
    toast(refusal.message);
  }
});
by("delete").addEventListener("click", () => removeAndLeave(at`/projects/${name}`, name, "/projects"));
addEventListener("beforeunload", (event) => {
  if (hasOwnText) event.preventDefault();
});

async function loadTables() {
  tables = tablesOf((await get(at`/datasets`)).datasets);
  if (changes.project) for (const key of SETS) showSet(key, tables, by(key).value);
}

await begin(async () => {
  const [system, known, offered] = await Promise.all([get(at`/system`), get(at`/plugins`), get(at`/backbones`), loadTables()]);
  plugins = known.plugins;
  const { refused } = known;
  put(by("refused"), refused.length > 0 && make("details", {}, make("summary", {}, say("PLUGINS_REFUSED", { count: refused.length })),
    make("ul", { class: "problems" }, refused.map(({ message }) => make("li", {}, make("span", {}, message))))));
  backbones = offered.backbones;
  const devices = system.devices.filter((device) => device.id !== "auto");
  put(by("device"), make("option", { value: "auto" }, say("DEVICE_AUTO")),
    devices.map((device) => make("option", { value: device.id }, device.name)));
  await changes.load();
  openTab = startTabs();
  watch(["projects"], () => changes.refresh());
  watch(["datasets"], loadTables);
});
