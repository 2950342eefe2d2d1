// All datasets, and those that are being created. Deleting one can be undone.

import { begin } from "../frame.js";
import { at, get } from "../api.js";
import { button, by, make, name, put } from "../dom.js";
import { watch } from "../events.js";
import { count, when } from "../format.js";
import { bar, isActive, pace, stateOf } from "../job-lines.js";
import { pictured } from "../pictures.js";
import { removeWithUndo, tellRemoved } from "../removal.js";
import { picture } from "../rows.js";
import { empty, table } from "../table.js";
import { say } from "../texts.js";

const COLUMNS = [
  { title: say("PREVIEW"), hidden: true }, { title: say("NAME"), class: "name" }, { title: say("TABLES") },
  { title: say("CREATED"), class: "moment" }, { title: say("ACTIONS"), hidden: true },
];

function row(dataset) {
  const address = `/datasets/${encodeURIComponent(dataset.name)}`;
  const thumb = dataset.tables.length > 0 &&
    pictured(picture(dataset.name, { table: dataset.tables[0].file, row: 0 }, 112), { class: "thumb" });
  const tables = dataset.tables.map(({ file, rows }) => make("div", {}, name(file), " ",
    Number.isInteger(rows) && make("span", { class: "soft" }, say("ROW_COUNT", { count: rows }))));
  return [
    thumb, make("a", { href: address }, name(dataset.name)), tables, when(dataset.created),
    make("div", { class: "buttons" }, button(say("DELETE"), () => removeWithUndo(at`/datasets/${dataset.name}`, dataset.name, show),
      { class: "plain risky", "aria-label": say("DELETE_NAME", { name: dataset.name }) })),
  ];
}

async function show() {
  const [{ datasets }, { jobs }] = await Promise.all([get(at`/datasets`), get(at`/jobs`)]);
  const creating = jobs.filter((job) => isActive(job) && ["create", "sample"].includes(job.kind));
  put(by("creating"), creating.map((job) => make("div", { class: "sheet work" },
    make("div", { class: "top" }, make("a", { href: `/jobs/${encodeURIComponent(job.id)}` }, name(job.title)), stateOf(job)),
    bar(job), make("span", { class: "small soft" }, pace(job)))));
  put(by("list"), datasets.length > 0 ? table(say("DATASETS"), COLUMNS, datasets.map(row))
    : empty(say("NO_DATASETS"), make("a", { class: "button main", href: "/new-dataset" }, say("CREATE_DATASET"))));
  by("list").dataset.count = count(datasets.length);
}

watch(["datasets", "jobs"], show);
tellRemoved(show);
await begin(show);
