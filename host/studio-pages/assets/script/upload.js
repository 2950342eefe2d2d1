// Sends files to the server, four at a time, and tells how far it is. Big files are streamed by the browser.

import { Refusal, at, post, query, remove, understood } from "./api.js";
import { own } from "./session.js";
import { say } from "./texts.js";

const AT_ONCE = 4;

/** Sends one file; `moved` is told how many bytes of it are on their way. */
function send(address, file, moved, signal) {
  return new Promise((done, failed) => {
    // fetch() does not tell how far an upload is.
    const request = new XMLHttpRequest();
    const cancel = () => request.abort();
    request.open("PUT", address);
    for (const [header, value] of Object.entries(own())) request.setRequestHeader(header, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded }) => moved(loaded));
    request.addEventListener("load", () => {
      moved(file.size);
      try {
        done(understood(request.status, request.responseText));
      } catch (refusal) {
        failed(refusal);
      }
    });
    request.addEventListener("error", () => failed(new Refusal(0, { code: "offline", message: say("NO_ANSWER") })));
    request.addEventListener("abort", () => failed(new DOMException("cancelled", "AbortError")));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", cancel));
    signal.addEventListener("abort", cancel);
    if (signal.aborted) failed(new DOMException("cancelled", "AbortError"));
    else request.send(file);
  });
}

/**
 * Uploads what was dropped and gives the upload's id. `progress(bytes, files)` is told what has been sent. When it is
 * cancelled by `signal`, or refused, nothing is left on the server.
 */
export async function upload({ kind, name, files }, progress, signal) {
  const { id } = await post(at`/uploads`, { kind, name: name.slice(0, 80) });
  const inner = new AbortController();
  const both = AbortSignal.any([signal, inner.signal]);
  const moving = new Map();
  let [sent, finished, next] = [0, 0, 0];
  const tell = () => progress(sent + [...moving.values()].reduce((all, part) => all + part, 0), finished);
  const lane = async () => {
    while (next < files.length) {
      const { path, file } = files[next];
      next += 1;
      await send(at`/uploads/${id}/file` + query({ path }), file, (loaded) => {
        moving.set(path, Math.min(loaded, file.size));
        tell();
      }, both);
      moving.delete(path);
      sent += file.size;
      finished += 1;
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, lane));
  } catch (error) {
    inner.abort();
    await remove(at`/uploads/${id}`).catch(() => {});
    throw error;
  }
  return id;
}
