// The report of a result alone. The page around its frame is the studio's, so that the report cannot lead to another page.

import { begin } from "../frame.js";
import { by, name, put } from "../dom.js";
import { showReportIn } from "../report.js";
import { say } from "../texts.js";

const id = document.body.dataset.name;
const title = id.split("~").at(-1);

put(by("back"), name(title));
by("back").href = `/results/${encodeURIComponent(id)}`;
document.title = `${say("REPORT")} ${title} – nnc-host studio`;
await begin(() => showReportIn(by("report"), id));
