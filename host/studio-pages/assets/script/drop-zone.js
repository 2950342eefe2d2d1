// A place to drop files at, with buttons that do the same, the state of the upload, and a way to cancel it.

import { at, remove } from "./api.js";
import { button, by, make, name, put } from "./dom.js";
import { showError } from "./fields.js";
import { filesOfDrop, filesOfInput, understand } from "./files.js";
import { bytes, span } from "./format.js";
import { own } from "./session.js";
import { say } from "./texts.js";
import { upload } from "./upload.js";

/** What is said when nothing of use was dropped. */
const NOTHING = { images: "NO_IMAGES_DROPPED", masks: "NO_MASKS_DROPPED", project: "NO_PROJECT_DROPPED" };

/** The upload of a page: `chosen(what)` is told of a choice and of null when it is taken back. */
export class DropZone {
  #what = null;
  #id = null;
  #running = null;
  #control = null;
  #chosen;

  constructor(chosen = () => {}) {
    this.#chosen = chosen;
    const zone = by("drop");
    this.purpose = zone.dataset.kinds;
    for (const [event, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false]]) {
      zone.addEventListener(event, (dragged) => {
        dragged.preventDefault();
        zone.classList.toggle("over", isOver);
      });
    }
    zone.addEventListener("drop", async (dropped) => {
      dropped.preventDefault();
      zone.classList.remove("over");
      // Before the first await: the files are gone after the event.
      await this.#take(filesOfDrop(dropped.dataTransfer));
    });
    for (const [id, isFolder] of [["choose-file", false], ["choose-folder", true]]) {
      by(id)?.addEventListener("click", () => this.#open(isFolder));
    }
    addEventListener("beforeunload", (event) => {
      if (this.#running && !this.#id) event.preventDefault();
    });
    // What was uploaded and not used is of no use to anybody; a job that reads it keeps it.
    addEventListener("pagehide", () => {
      if (this.#id) fetch(at`/uploads/${this.#id}`, { method: "DELETE", headers: own(), keepalive: true }).catch(() => {});
    });
  }

  /** What was dropped, or null. */
  get what() {
    return this.#what;
  }

  /** The id of the finished upload; waits for it. */
  async id() {
    return this.#id ?? await this.#running;
  }

  /** The upload was used, or refused: the server has it no more. */
  forget() {
    this.#what = this.#id = this.#running = this.#control = null;
    put(by("upload-state"));
    by("drop").hidden = false;
    this.#chosen(null);
  }

  /** Cancels what is under way and removes what has arrived. */
  async clear() {
    const id = this.#id;
    this.#control?.abort();
    this.forget();
    if (id) await remove(at`/uploads/${id}`).catch(() => {});
  }

  #open(isFolder) {
    const input = make("input", { type: "file", webkitdirectory: isFolder, multiple: this.purpose !== "project", class: "unseen" });
    input.addEventListener("change", () => {
      this.#take(filesOfInput(input));
      input.remove();
    });
    input.addEventListener("cancel", () => input.remove());
    // A test, and some browsers, find it only in the document.
    document.body.append(input);
    input.click();
  }

  async #take(gathering) {
    showError("upload", null);
    const what = understand(this.purpose, await gathering);
    if (!what) {
      showError("upload", say(NOTHING[this.purpose]));
      return;
    }
    this.#control?.abort();
    this.#what = what;
    this.#id = null;
    const control = new AbortController();
    this.#control = control;
    by("drop").hidden = true;
    const show = this.#state(what);
    this.#running = upload(what, show, control.signal);
    // Whoever asks for the id hears of it; the page shows it below.
    this.#running.catch(() => {});
    this.#chosen(what);
    try {
      this.#id = await this.#running;
      show(what.bytes, what.files.length);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.forget();
      showError("upload", error.message);
    }
  }

  /** The box of an upload; gives what draws its progress. */
  #state(what) {
    const begun = performance.now();
    const bar = make("progress", { max: 1, value: 0, "aria-label": say("UPLOADING") });
    const line = make("span", { class: "soft small" });
    const remove = button(say("CANCEL"), () => this.clear(), { id: "upload-cancel" });
    put(by("upload-state"), make("div", { class: "upload" },
      make("div", { class: "top" }, make("span", { class: "file" }, name(what.name)), remove), bar, line,
      what.skipped > 0 && make("span", { class: "soft small" }, say("SKIPPED", { count: what.skipped }))));
    return (sent, files) => {
      const isDone = files === what.files.length;
      bar.value = isDone ? 1 : sent / Math.max(1, what.bytes);
      bar.hidden = isDone;
      const seconds = (performance.now() - begun) / 1000;
      const left = sent > 0 && seconds > 1 ? span(seconds * (what.bytes / sent - 1)) : "…";
      const values = { sent: bytes(sent), bytes: bytes(what.bytes), left, files, count: what.files.length };
      line.textContent = say(isDone ? "UPLOADED" : "UPLOADING_OF", values);
      line.dataset.uploaded = isDone;
      if (isDone) remove.textContent = say("CHOOSE_OTHER");
    };
  }
}
