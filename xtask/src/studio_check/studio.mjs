// The studio as a user starts it, and its end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Studio {
  #child;

  /** Starts `nnc-host studio FOLDER` and waits for the address that it prints. */
  static async start(host, plugins, folder) {
    const child = spawn(host, ["--lang", "en", "studio", folder, "--no-open", "--port", "0", "--plugin-dir", plugins],
      { stdio: ["ignore", "pipe", "pipe"] });
    const told = [];
    const address = await new Promise((found, failed) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          told.push(line);
          const url = /http:\/\/\S+token=\w+/.exec(line);
          if (url) found(new URL(url[0]));
        });
      }
      child.on("error", failed);
      child.on("exit", (code) => failed(new Error(`the studio ended with ${code}: ${told.join("\n")}`)));
    });
    const studio = new Studio();
    studio.#child = child;
    studio.told = told;
    studio.address = address;
    studio.base = address.origin;
    studio.token = new URLSearchParams(address.hash.slice(1)).get("token");
    return studio;
  }

  /** Asks it to end as Ctrl-C does. */
  async stop() {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((done) => this.#child.on("exit", done));
    this.#child.kill("SIGINT");
    const code = await Promise.race([ended, new Promise((done) => setTimeout(() => done("late"), 10_000).unref())]);
    if (code === "late") this.#child.kill("SIGKILL");
    assert.notEqual(code, "late", "the studio does not end");
  }
}
