// NNC's dialog "Create Dataset": a file is dropped, its upload begins, and Create waits for it.

import { begin } from "../frame.js";
import { at, post } from "../api.js";
import { by, plain } from "../dom.js";
import { DropZone } from "../drop-zone.js";
import { chosen, clearErrors, isFilled, showError, showRefusal } from "../fields.js";
import { classesOf, nameAfter } from "../files.js";
import { followIn } from "../job-lines.js";
import { say } from "../texts.js";

const form = by("create");
/** Class folders that are named. */
const MOST_CLASSES = 12;
/** Fields that the reader has filled in are left alone. */
const touched = new Set();
const isAsIs = () => zone.what?.kind === "table";

const zone = new DropZone((what) => {
  by("shaping").hidden = isAsIs();
  by("as-is-note").hidden = !isAsIs();
  const classes = what?.kind === "folder" ? classesOf(what) : [];
  by("classes-note").hidden = classes.length === 0;
  by("classes-note").textContent = say("CLASSES_NOTE", { classes: classes.map((name, label) => `${label} = ${plain(name)}`).slice(0, MOST_CLASSES).join(", ") });
  if (!what) return;
  const name = nameAfter(what.name);
  if (!touched.has("name")) by("name").value = name;
  if (!touched.has("file1")) by("file1").value = `${name}.csv`;
});

form.addEventListener("input", ({ target }) => {
  touched.add(target.id);
  // The two ratios are one: what the first table does not get is in the second.
  const other = { ratio1: "ratio2", ratio2: "ratio1" }[target.id];
  if (other && target.checkValidity()) by(other).value = 100 - Number(target.value);
  if (target.id) showError(target.id, null);
});

/** What the dialog says, as the server wants it. */
function values(upload) {
  const number = (id) => Number(by(id).value);
  const all = {
    name: by("name").value.trim(), upload,
    mode: chosen(form, "mode"), channels: Number(chosen(form, "channels")), width: number("width"), height: number("height"),
    shuffle: by("shuffle").checked, seed: number("seed"), file1: by("file1").value.trim(), ratio1: number("ratio1"),
    alpha: chosen(form, "alpha"), scale_16bit: by("scale_16bit").checked, keep_upload: false,
  };
  // NNC shows a name for the second table even when there is none.
  if (number("ratio2") > 0) Object.assign(all, { file2: by("file2").value.trim(), ratio2: number("ratio2") });
  else delete all.ratio1;
  return all;
}

async function create() {
  by("waiting").textContent = say("WAITING_FOR_UPLOAD");
  const upload = await zone.id();
  by("waiting").textContent = "";
  if (isAsIs()) {
    const { name } = await post(at`/datasets/import`, { name: by("name").value.trim(), upload });
    zone.forget();
    location.assign(`/datasets/${encodeURIComponent(name)}`);
    return;
  }
  const begun = await post(at`/datasets`, values(upload));
  const job = await followIn(by("work"), begun);
  zone.forget();
  location.assign(`/datasets/${encodeURIComponent(job.dataset ?? by("name").value.trim())}`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearErrors(form);
  if (!zone.what) {
    showError("upload", say("NO_SOURCE"));
    by("choose-file").focus();
    return;
  }
  for (const id of isAsIs() ? ["name"] : ["name", "file1"]) {
    if (by(id).value.trim() === "") {
      showError(id, say("NAME_MISSING"));
      by(id).focus();
      return;
    }
  }
  if (!isAsIs() && !isFilled(form)) return;
  by("submit").disabled = true;
  try {
    await create();
  } catch (refusal) {
    by("waiting").textContent = "";
    // Why a job failed stands in its box already.
    if (refusal.name !== "AbortError" && refusal.status !== undefined) showRefusal(refusal, "create-error");
  } finally {
    by("submit").disabled = false;
  }
});
await begin(() => {});
