// One dataset: figures, what the creation said, problems with their lines, and the rows page by page.

import { begin } from "../frame.js";
import { at, get, post, query } from "../api.js";
import { by, figure, make, name, plain, put } from "../dom.js";
import { choose, chosen } from "../fields.js";
import { count } from "../format.js";
import { followIn } from "../job-lines.js";
import { showPager } from "../pager.js";
import { problemItems } from "../problems.js";
import { removeAndLeave } from "../removal.js";
import { rowsGallery, rowsTable } from "../rows.js";
import { empty } from "../table.js";
import { say } from "../texts.js";

const dataset = document.body.dataset.name;
const LIMITS = { table: 50, thumbs: 96 };
const NOTES = 8;
const MOST_PROBLEMS = 200;
const asked = new URLSearchParams(location.search);
const view = { table: asked.get("table"), label: asked.get("label") ?? "", as: asked.get("as") === "thumbs" ? "thumbs" : "table", offset: Number(asked.get("offset")) || 0 };

let classes = [];

/** What the creation of the dataset said: classes, notes, and what was left out. */
function showNotes(creation) {
  if (!creation) return;
  const lists = [
    [creation.notes ?? [], (note) => note],
    [creation.left_out ?? [], ({ path, reason }) => [name(path), ": ", plain(reason)]],
  ];
  const items = lists.flatMap(([list, line]) => list.map((one) => make("li", {}, line(one))));
  if (items.length === 0) return;
  put(by("notes"), make("details", { open: items.length <= NOTES }, make("summary", {}, say("NOTES", { count: items.length })),
    make("ul", { class: "problems" }, items.slice(0, NOTES * 25))));
}

/** The folder that a label comes from, where it is called otherwise. */
function folderOf(label) {
  const folder = classes.find((one) => String(one.label) === label)?.name;
  return folder && folder !== label ? [" (", name(folder), ")"] : [];
}

function showFigures(data) {
  const [labels] = Object.values(data.labels);
  const kinds = Object.entries(labels ?? {});
  const all = kinds.reduce((sum, [, number]) => sum + number, 0);
  put(by("figures"), figure(say("ROWS"), count(all || data.rows)), figure(say("COLUMNS"), data.columns.join(", ")),
    kinds.map(([label, number]) => figure([label === "0" ? say("LABEL_NORMAL") : say("LABEL_OF", { label }), folderOf(label)], count(number))));
  put(by("label"), make("option", { value: "" }, say("ALL_LABELS")),
    kinds.map(([label, number]) => make("option", { value: label }, `${label} (${count(number)})`)));
  by("label").value = view.label;
  by("label").disabled = kinds.length === 0;
}

async function showRows() {
  const limit = LIMITS[view.as];
  const address = at`/datasets/${dataset}/rows` + query({ table: view.table, offset: view.offset, limit, label: view.label });
  try {
    const data = await get(address);
    view.table = data.table;
    showFigures(data);
    const shown = view.as === "table" ? rowsTable(dataset, data) : rowsGallery(dataset, data);
    put(by("rows"), data.page.length > 0 ? shown : empty(say("NO_ROWS")));
    for (const place of ["above", "below"]) {
      showPager(by(`pages-${place}`), {
        offset: data.offset, limit, total: data.rows,
        go: async (offset) => {
          view.offset = offset;
          await showRows();
          by("preview").scrollIntoView();
        },
      });
    }
    history.replaceState(null, "", query({ table: view.table, label: view.label, as: view.as, offset: view.offset || null }) || location.pathname);
  } catch (refusal) {
    put(by("rows"), make("p", { class: "summary-error", role: "alert" }, refusal.message));
  }
}

async function showProblems() {
  const found = await get(at`/datasets/${dataset}/problems` + query({ table: view.table, limit: MOST_PROBLEMS }));
  if (found.checked === null) return;
  const more = found.total - found.problems.length;
  put(by("problems"), found.stale && make("p", { class: "hint" }, say("CHECK_STALE")),
    found.total === 0 ? make("p", { class: "state finished" }, say("NO_PROBLEMS"))
      : [make("p", { class: "state failed" }, say("PROBLEM_COUNT", { count: found.total })),
        make("ul", { class: "problems", tabindex: "0", role: "list", "aria-label": say("PROBLEMS") }, problemItems(found.problems)),
        more > 0 && make("p", { class: "hint" }, say("AND_MORE", { count: more }))]);
}

async function start() {
  put(document.querySelector("#title bdi"), dataset);
  document.title = `${plain(dataset)} – nnc-host studio`;
  const [one, { datasets }] = await Promise.all([get(at`/datasets/${dataset}`), get(at`/datasets`)]);
  view.table ??= one.tables[0]?.file ?? null;
  put(by("table"), one.tables.map(({ file }) => make("option", { value: file }, file)));
  by("table").value = view.table;
  by("table").closest(".field").hidden = one.tables.length < 2;
  choose(by("view"), "as", view.as);
  classes = one.creation?.classes ?? [];
  showNotes(one.creation);
  for (const other of datasets) {
    for (const { file } of other.tables) {
      if (other.name === dataset && file === view.table) continue;
      by("against").append(make("option", { value: JSON.stringify({ dataset: other.name, table: file }) }, `${other.name} / ${file}`));
    }
  }
  await Promise.all([showRows(), showProblems()]);
}

by("view").addEventListener("change", async () => {
  const [table, label, as] = [by("table").value, by("label").value, chosen(by("view"), "as")];
  // Another way to show the same rows begins where the reader was.
  const isOther = table !== view.table || label !== view.label;
  const offset = isOther ? 0 : Math.floor(view.offset / LIMITS[as]) * LIMITS[as];
  if (table !== view.table) view.label = "";
  Object.assign(view, { table, label: table === view.table ? label : "", as, offset });
  await showRows();
  if (isOther) await showProblems();
});

by("check").addEventListener("submit", async (event) => {
  event.preventDefault();
  const against = by("against").value ? JSON.parse(by("against").value) : undefined;
  try {
    await followIn(by("problems"), await post(at`/datasets/${dataset}/check`, { table: view.table, against }));
    await showProblems();
  } catch (refusal) {
    if (refusal.status !== undefined) put(by("problems"), make("p", { class: "summary-error", role: "alert" }, refusal.message));
  }
});

by("delete").addEventListener("click", () => removeAndLeave(at`/datasets/${dataset}`, dataset, "/datasets"));
await begin(start);
