// Problems with the line that they concern.

import { make, plain } from "./dom.js";
import { say } from "./texts.js";

/** Where a problem is. */
function place({ line, key, column }) {
  if (Number.isInteger(line) && line > 0) return say("LINE", { line });
  return plain(key ?? column ?? "");
}

/** A list of problems, each of which leads to where it can be mended. */
export const problemLinks = (problems, lead) => problems.map((problem) => make("li", {},
  make("button", { type: "button", class: "plain", on: { click: () => lead(problem) } }, problem.message)));

/** A list of problems. */
export const problemItems = (problems) => problems.map((problem) => make("li", {},
  make("span", { class: "line" }, place(problem)), make("span", {}, problem.message)));
