// All projects, and a new one: empty, from the sample, or from a file of NNC or of nnc-host.

import { begin } from "../frame.js";
import { at, get, post } from "../api.js";
import { button, by, make, name, put } from "../dom.js";
import { DropZone } from "../drop-zone.js";
import { watch } from "../events.js";
import { chosen, clearErrors, showError, showRefusal } from "../fields.js";
import { nameAfter } from "../files.js";
import { when } from "../format.js";
import { followIn } from "../job-lines.js";
import { removeWithUndo, tellRemoved } from "../removal.js";
import { empty, table } from "../table.js";
import { say } from "../texts.js";

const form = by("new-form");
const FORMATS = { toml: "FORMAT_TOML", nnc: "FORMAT_NNC" };
const COLUMNS = [
  { title: say("NAME"), class: "name" }, { title: say("TRAINING_PLUGIN") }, { title: say("FORMAT") }, { title: say("PROBLEMS") },
  { title: say("MODIFIED"), class: "moment" }, { title: say("ACTIONS"), hidden: true },
];

function row(project) {
  return [
    make("a", { href: `/projects/${encodeURIComponent(project.name)}` }, name(project.name)), project.plugin ?? "–",
    say(FORMATS[project.format] ?? "FORMAT_TOML"),
    project.problems > 0 ? make("span", { class: "state failed" }, say("PROBLEM_COUNT", { count: project.problems })) : "–",
    when(project.modified),
    make("div", { class: "buttons" }, button(say("DELETE"), () => removeWithUndo(at`/projects/${project.name}`, project.name, show),
      { class: "plain risky", "aria-label": say("DELETE_NAME", { name: project.name }) })),
  ];
}

async function show() {
  const { projects } = await get(at`/projects`);
  put(by("list"), projects.length > 0 ? table(say("PROJECTS"), COLUMNS, projects.map(row))
    : empty(say("NO_PROJECTS"), button(say("NEW_PROJECT"), open, { class: "main" })));
}

const zone = new DropZone((what) => {
  if (what && !by("name").value) by("name").value = nameAfter(what.name);
});

/** Plugins are opened to be listed, which takes a moment. */
const asked = get(at`/plugins`);
// Whoever opens the dialog hears of it.
asked.catch(() => {});

function showKind() {
  const from = chosen(form, "from");
  for (const kind of ["empty", "sample", "upload"]) by(`from-${kind}`).hidden = kind !== from;
  if (from === "sample" && !by("name").value) by("name").value = "flanges";
}

async function open() {
  clearErrors(form);
  by("new-dialog").showModal();
  showKind();
  try {
    const { plugins } = await asked;
    put(by("plugin"), plugins.filter((plugin) => plugin.trains).map((plugin) => make("option", { value: plugin.id }, plugin.title)));
    if (plugins.some((plugin) => plugin.id === "padim")) by("plugin").value = "padim";
  } catch (refusal) {
    showRefusal(refusal, "new-error");
  }
}

async function create() {
  const [from, project] = [chosen(form, "from"), by("name").value.trim()];
  const body = { name: project, from };
  if (from === "empty") body.plugin = by("plugin").value || undefined;
  if (from === "upload") body.upload = await zone.id();
  const answer = await post(at`/projects`, body);
  // A sample has to be drawn first.
  if (answer.state) await followIn(by("work"), answer);
  zone.forget();
  location.assign(`/projects/${encodeURIComponent(answer.state ? project : answer.name)}`);
}

form.addEventListener("change", showKind);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearErrors(form);
  if (by("name").value.trim() === "") {
    showError("name", say("NAME_MISSING"));
    by("name").focus();
    return;
  }
  if (chosen(form, "from") === "upload" && !zone.what) {
    showError("upload", say("NO_SOURCE"));
    return;
  }
  by("new-create").disabled = true;
  try {
    await create();
  } catch (refusal) {
    if (refusal.name !== "AbortError" && refusal.status !== undefined) showRefusal(refusal, "new-error");
  } finally {
    by("new-create").disabled = false;
  }
});
by("new").addEventListener("click", open);
by("new-cancel").addEventListener("click", async () => {
  by("new-dialog").close();
  await zone.clear();
});

watch(["projects"], show);
tellRemoved(show);
await begin(show);
