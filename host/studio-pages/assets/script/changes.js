// Changes to a project's file, which is the truth: each is checked as it is typed and written when nothing is wrong with it.
// When the file has changed on the disk meanwhile, nothing of it is overwritten unasked.

import { at, get, patch, post, write } from "./api.js";
import { ask } from "./dialog.js";
import { later, make, plain } from "./dom.js";
import { table } from "./table.js";
import { say } from "./texts.js";

const STILL = 250;

export class Changes {
  #pending = new Map();
  #saving = null;

  /**
   * `told` has `loaded(project)`: the file is another one, `checked(problems, keys)`: what would be wrong with these changes,
   * `saving()`, `saved(project)` and `refused(refusal)`.
   */
  constructor(name, told) {
    this.name = name;
    this.told = told;
    this.project = null;
    this.soon = later(STILL, () => this.#save());
  }

  get isBusy() {
    return this.#pending.size > 0 || this.#saving !== null;
  }

  async load() {
    this.project = await get(at`/projects/${this.name}`);
    this.told.loaded(this.project);
  }

  /** The file may have changed: shows it anew, unless the reader is at it. */
  async refresh() {
    if (this.isBusy) return;
    const now = await get(at`/projects/${this.name}`);
    if (this.isBusy || now.etag === this.project?.etag) return;
    this.project = now;
    this.told.loaded(now, true);
  }

  /** Sets a key; null removes it. Saved once nothing has been typed for a moment. */
  set(key, value) {
    this.#pending.set(key, value);
    this.told.saving();
    this.soon();
  }

  /** Saves what is pending at once; waits for it. Says whether all of it could be saved. */
  async settle() {
    this.soon.cancel();
    await this.#saving;
    if (this.#pending.size > 0) await this.#save();
    return this.#pending.size === 0;
  }

  async #save() {
    await this.#saving;
    this.#saving = this.#saveNow();
    try {
      await this.#saving;
    } finally {
      this.#saving = null;
    }
  }

  async #saveNow() {
    if (this.#pending.size === 0) return;
    const sent = new Map(this.#pending);
    const changes = Object.fromEntries(sent);
    try {
      const { problems } = await post(at`/projects/${this.name}/check`, { changes });
      const wrong = new Set(problems.map((problem) => problem.key));
      this.told.checked(problems, [...sent.keys()]);
      // What is wrong stays on the page and out of the file.
      for (const key of sent.keys()) if (wrong.has(key)) delete changes[key];
      if (Object.keys(changes).length === 0) return;
      await this.#write(changes, this.project.etag);
      for (const key of Object.keys(changes)) if (this.#pending.get(key) === sent.get(key)) this.#pending.delete(key);
      this.told.saved(this.project);
    } catch (refusal) {
      this.told.refused(refusal);
    }
  }

  async #write(changes, etag) {
    try {
      this.project = await patch(at`/projects/${this.name}`, { changes }, etag);
    } catch (refusal) {
      if (refusal.code !== "changed") throw refusal;
      if (await this.#isKept(refusal, changes)) {
        await this.#write(changes, refusal.etag ?? (await get(at`/projects/${this.name}`)).etag);
      } else {
        this.#pending.clear();
        await this.load();
      }
    }
  }

  /** The file was changed by somebody else: whose values count? */
  async #isKept(refusal, changes) {
    const shown = (value) => value === null || value === undefined ? "–" : plain(value);
    const rows = (refusal.changed ?? []).map(({ key, before, now }) =>
      [make("code", {}, key), shown(before), shown(now), key in changes ? shown(changes[key]) : ""]);
    const columns = ["KEY", "BEFORE", "NOW_IN_FILE", "YOURS"].map((key) => ({ title: say(key) }));
    const content = [make("p", {}, say("FILE_CHANGED_ABOUT")), rows.length > 0 && table(say("FILE_CHANGED"), columns, rows)];
    return await ask(say("FILE_CHANGED"), content, [
      { text: say("TAKE_FILE"), value: false }, { text: say("KEEP_MINE"), value: true, main: true },
    ]) === true;
  }

  /** Replaces the whole text. A change on the disk is asked about, as above. */
  async replace(text) {
    const send = async (etag) => {
      try {
        this.project = await write(at`/projects/${this.name}`, text, etag);
      } catch (refusal) {
        if (refusal.code !== "changed") throw refusal;
        if (!(await this.#isKept(refusal, {}))) return this.load();
        return send(refusal.etag ?? (await get(at`/projects/${this.name}`)).etag);
      }
      this.told.loaded(this.project);
      return null;
    };
    this.#pending.clear();
    await send(this.project.etag);
  }
}
