// A log of any length: only the lines that are seen are drawn, so that a hundred thousand of them scroll as ten do.

import { make } from "./dom.js";

const HEIGHT = 20;
/** Lines drawn above and below what is seen. */
const AROUND = 30;
/** Higher than this a browser draws nothing: the rest is in the file. */
const MOST = 800_000;

const KINDS = [
  [/\[(WARNING)\]/, "warning"],
  [/\[(ERROR|CRITICAL)\]|^error/i, "failure"],
  [/\bworker done\b|Training Completed\.|Forward Completed\.|successfully created/, "success"],
];
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3} /;

export class LogView {
  #lines = [];
  #box;
  #inner;
  #pending = 0;
  #isFollowing = true;

  /** `followed` is told when the reader leaves the end of the log or comes back to it. */
  constructor(box, followed) {
    this.#box = box;
    this.#inner = make("div", { class: "lines" });
    this.#box.append(this.#inner);
    box.addEventListener("scroll", () => {
      const isAtEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - HEIGHT;
      if (isAtEnd !== this.#isFollowing) {
        this.#isFollowing = isAtEnd;
        followed(isAtEnd);
      }
      this.#drawSoon();
    });
    new ResizeObserver(() => this.#drawSoon()).observe(box);
  }

  get length() {
    return this.#lines.length;
  }

  /** Adds lines at the end. */
  add(lines) {
    for (const line of lines) if (this.#lines.length < MOST) this.#lines.push(line);
    this.#drawSoon();
  }

  /** Whether the end is shown as it grows. */
  follow(isFollowing) {
    this.#isFollowing = isFollowing;
    this.#drawSoon();
  }

  #drawSoon() {
    this.#pending ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#pending = 0;
    this.#inner.style.height = `${this.#lines.length * HEIGHT + 16}px`;
    if (this.#isFollowing) this.#box.scrollTop = this.#box.scrollHeight;
    const first = Math.max(0, Math.floor(this.#box.scrollTop / HEIGHT) - AROUND);
    const last = Math.min(this.#lines.length, Math.ceil((this.#box.scrollTop + this.#box.clientHeight) / HEIGHT) + AROUND);
    this.#inner.style.paddingTop = `${first * HEIGHT + 8}px`;
    this.#inner.replaceChildren(...this.#lines.slice(first, last).map(drawLine));
  }
}

function drawLine(line) {
  const kind = KINDS.find(([pattern]) => pattern.test(line))?.[1];
  const time = TIME.exec(line)?.[0] ?? "";
  return make("div", { class: kind ? `line ${kind}` : "line" },
    time && make("span", { class: "time" }, time), line.slice(time.length));
}
