// One result: figures, threshold, report, files.

import { begin } from "../frame.js";
import { at, get, post, query } from "../api.js";
import { by, figure, make, name, plain, put } from "../dom.js";
import { saver, saves } from "../downloads.js";
import { DropZone } from "../drop-zone.js";
import { watch } from "../events.js";
import { showError } from "../fields.js";
import { bytes, score, span, when } from "../format.js";
import { showGallery } from "../gallery.js";
import { followIn } from "../job-lines.js";
import { removeAndLeave } from "../removal.js";
import { showReportIn } from "../report.js";
import { figuresOf, nameOf, phasesOf } from "../result-figures.js";
import { startTabs } from "../tabs.js";
import { say } from "../texts.js";
import { Threshold } from "../threshold.js";
import { toast } from "../toast.js";

const id = document.body.dataset.name;
/** Images shown at each side of the threshold. */
const NEAR = 6;
/** What files are, by the server's names for it. */
const FILES = {
  "evaluated-model": "FILE_EVALUATED_MODEL", "packed-table": "FILE_PACKED_TABLE", table: "FILE_TABLE", scores: "FILE_SCORES",
  report: "FILE_REPORT", evaluation: "FILE_EVALUATION", model: "FILE_MODEL", network: "FILE_NETWORK", heatmaps: "FILE_HEATMAPS",
  log: "FILE_LOG", matrix: "FILE_MATRIX",
};
const MAIN_FILE = "result_evaluate.nnp";
let result = null;
let isReportSeen = false;

const fileAddress = (file) => at`/results/${id}/files/${file}`;
const picture = (row, kind, size) => at`/results/${id}/picture` + query({ row, kind, size });

/** The images whose scores are nearest to the threshold: there it is decided. */
async function showNear(value, place) {
  const offset = Math.max(0, place - NEAR);
  const { images } = await get(at`/results/${id}/images` + query({ order: "score", offset, limit: 2 * NEAR }));
  by("near-part").hidden = images.length === 0;
  showGallery(by("near"), images.map(({ row, name: title, score: of, label }) => {
    const isNg = of !== null && Math.fround(of) >= Math.fround(value);
    const isNormal = Number(label) === 0;
    return {
      small: picture(row, "heatmap", 160), large: picture(row, "heatmap", 640), title,
      left: make("span", { class: isNg ? "verdict ng" : "verdict" }, `${isNg ? "NG" : "OK"} ${score(of)}`),
      right: label === null ? "" : make("span", { class: isNormal ? "kind normal" : "kind defective" }, say(isNormal ? "NORMAL" : "DEFECTIVE")),
      class: isNg ? "is-ng" : null,
    };
  }));
}

saves(by("download-model"), () => fileAddress(MAIN_FILE));

const threshold = new Threshold((value, place) => showNear(value, place).catch((refusal) => toast(refusal.message)));

function showReport() {
  const has = result?.has?.report;
  by("report").hidden = by("open-report").hidden = !has;
  by("no-report").hidden = Boolean(has);
  by("open-report").href = `/reports/${encodeURIComponent(id)}`;
  // Only when it is looked at: it may have 40 MB of pictures.
  if (has && isReportSeen) showReportIn(by("report"), id);
}

async function showFiles() {
  const { files } = await get(at`/results/${id}/files`);
  put(by("files"), files.map((file) => make("li", {},
    saver(name(file.name), fileAddress(file.name), { class: "plain" }), " ", make("span", { class: "soft" }, bytes(file.bytes)),
    make("p", {}, FILES[file.what] ? say(FILES[file.what]) : ""))));
  const hasMain = files.some((file) => file.name === MAIN_FILE);
  by("download-model").hidden = !hasMain;
}

function showFacts() {
  const facts = [
    ["FOLDER", make("code", {}, result.folder)], ["PROJECT", result.project && make("a", { href: `/projects/${encodeURIComponent(result.project)}` }, name(result.project))],
    ["TRAINING_PLUGIN", result.plugin], ["STATE", phasesOf(result)],
    ["STARTED", when(result.phases[0]?.start)], ["DURATION", span(result.phases.reduce((all, { seconds }) => all + seconds, 0))],
    ...Object.entries(result.parameters ?? {}).map(([key, value]) => [null, value, key]),
  ];
  put(by("facts"), facts.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([key, value, own]) => [make("dt", {}, key ? say(key) : name(own)), make("dd", {}, value instanceof Node || Array.isArray(value) ? value : name(value))]));
}

/** An evaluation that was cut off can go on. */
function showUnfinished() {
  const phase = result.phases.at(-1);
  const isCut = !result.busy && phase?.phase === "evaluate" && ["interrupted", "suspended"].includes(phase.status) && result.project;
  const failed = !result.busy && phase?.error;
  by("unfinished").hidden = !isCut && !failed;
  const goOn = async () => {
    try {
      const job = await post(at`/jobs`, { kind: "evaluate", project: result.project, result: nameOf(result) });
      location.assign(`/jobs/${encodeURIComponent(job.id)}`);
    } catch (refusal) {
      toast(refusal.message);
    }
  };
  put(by("unfinished"), failed ? make("p", {}, phase.error) : isCut && [make("p", {}, say("UNFINISHED", { count: phase.kept ?? 0 })),
    make("button", { type: "button", on: { click: goOn } }, say("GO_ON"))]);
}

async function show() {
  result = await get(at`/results/${id}`);
  put(document.querySelector("#title bdi"), nameOf(result));
  document.title = `${plain(nameOf(result))} – nnc-host studio`;
  put(by("figures"), figuresOf(result));
  if (by("figures").children.length === 0) put(by("figures"), figure(say("STATE"), phasesOf(result)));
  by("odd").hidden = !(result.metrics?.image?.auroc < 0.5);
  showUnfinished();
  showFacts();
  showReport();
  for (const button of ["make-heatmaps", "make-onnx", "delete"]) by(button).disabled = result.busy;
  await showFiles();
  try {
    threshold.show(await get(at`/results/${id}/scores`));
  } catch (refusal) {
    by("judge").hidden = true;
    by("no-scores").hidden = false;
    if (refusal.status !== 404 && refusal.status !== 409) by("no-scores").textContent = plain(refusal.message);
  }
}

/** Runs one of the jobs that change the files of the result, and shows them anew. */
async function rebuild(body, box, done) {
  await followIn(box, await post(at`/results/${id}/report`, body));
  put(box);
  box.hidden = true;
  await show();
  toast(done);
}

by("save-threshold").addEventListener("click", async ({ target }) => {
  const value = threshold.value;
  by("save-error").hidden = true;
  target.disabled = true;
  by("threshold-state").textContent = say("SAVING");
  try {
    await rebuild({ threshold: value }, make("div"), say("THRESHOLD_KEPT", { threshold: score(value) }));
  } catch (error) {
    by("save-error").textContent = plain(error.message);
    by("save-error").hidden = false;
    by("threshold-state").textContent = "";
    target.disabled = false;
  }
});

const zone = new DropZone(async (what) => {
  if (!what) return;
  try {
    const masks = await zone.id();
    await rebuild({ masks }, by("files-work"), say("MASKS_USED"));
    zone.forget();
  } catch (error) {
    if (error.name !== "AbortError") showError("upload", error.message);
  }
});

const working = (button, work) => by(button).addEventListener("click", async ({ target }) => {
  target.disabled = true;
  try {
    await work();
  } catch (error) {
    if (error.status !== undefined) toast(error.message);
  } finally {
    target.disabled = false;
  }
});
working("make-heatmaps", () => rebuild({ heatmaps: true }, by("files-work"), say("HEATMAPS_MADE")));
working("make-onnx", async () => {
  const job = await followIn(by("files-work"), await post(at`/results/${id}/export`, { format: "onnx" }));
  put(by("files-work"), make("p", {}, saver(say("DOWNLOAD_ONNX"), at`/jobs/${job.id}/output`, { id: "download-onnx" })));
});
by("delete").addEventListener("click", () => removeAndLeave(at`/results/${id}`, result ? nameOf(result) : id, "/results"));

startTabs((tab) => {
  isReportSeen ||= tab === "report";
  if (result && tab === "report" && !by("report").src) showReport();
});
await begin(async () => {
  await show();
  // The figures of a slider that is being moved are not taken away.
  watch(["results"], async () => {
    const now = await get(at`/results/${id}`);
    if (now.busy !== result.busy || now.threshold !== result.threshold) await show();
  });
});
