// What the server tells by itself: that lists have changed, and how a job goes on.
//
// A browser opens six connections to one server at most, those of all its windows together. So nothing is listened to while
// a window is hidden, and everything is asked for anew when it is seen again.

import { at } from "./api.js";
import { readEvents } from "./stream.js";

const AGAIN = 2000;

/** Listens to `address()` while the window is seen; `told` gets each event. Ends with `stop()`. */
function listen(address, told, connected = () => {}) {
  let source = null;
  let timer;
  let ended = false;
  const close = () => {
    clearTimeout(timer);
    source?.abort();
    source = null;
  };
  const open = async () => {
    if (ended || document.hidden || source) return;
    const control = new AbortController();
    source = control;
    try {
      await readEvents(address(), control.signal, () => connected(true), ({ event, data, id }) => told(event, JSON.parse(data), id));
    } catch {
      // Closed here, cut off, or refused.
    }
    if (source !== control) return;
    source = null;
    connected(false);
    timer = setTimeout(open, AGAIN);
  };
  const seen = () => document.hidden ? close() : open();
  document.addEventListener("visibilitychange", seen);
  open();
  return {
    stop() {
      ended = true;
      document.removeEventListener("visibilitychange", seen);
      close();
    },
  };
}

const watchers = [];
let lists = null;

/** Runs `work` when one of these lists has changed: `jobs`, `datasets`, `projects`, `results`. */
export function watch(what, work) {
  let waiting = false;
  let again = false;
  // One at a time: an answer that took long is not overtaken by the next.
  const run = async () => {
    if (waiting) {
      again = true;
      return;
    }
    waiting = true;
    try {
      await work();
    } catch {
      // The next change, or the next connection, asks again.
    } finally {
      waiting = false;
      if (again) {
        again = false;
        run();
      }
    }
  };
  watchers.push({ what, run });
  lists ??= listen(() => at`/events`, (_, data) => {
    for (const watcher of watchers) if (watcher.what.includes(data.what)) watcher.run();
  }, (connected) => {
    document.dispatchEvent(new CustomEvent("connected", { detail: connected }));
    // What was missed meanwhile, also between the first answer and this connection.
    if (connected) for (const watcher of watchers) watcher.run();
  });
}

/** Follows a job to its end: `log(lines)`, `job(job)`, `end(job)`. */
export function follow(id, { log = () => {}, job = () => {}, end = () => {} }) {
  let after = 0;
  const source = listen(() => `${at`/jobs/${id}/events`}?after=${after}`, (name, data, offset) => {
    if (name === "log") {
      after = Number(offset) || after;
      log(data.lines);
    } else if (name === "job") {
      job(data);
    } else {
      source.stop();
      job(data);
      end(data);
    }
  });
  return source;
}
