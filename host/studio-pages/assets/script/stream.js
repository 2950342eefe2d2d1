// Server-sent events, read by hand: `EventSource` cannot send the header that lets in.

import { leave, own } from "./session.js";

/** The fields of one event, without comments: `{ event, data, id }`. */
function fields(text) {
  const found = { event: "message", data: "", id: "" };
  for (const line of text.split("\n")) {
    const end = line.indexOf(":");
    if (end > 0) found[line.slice(0, end)] = line.slice(end + 1).replace(/^ /, "");
  }
  return found;
}

/** Reads events until the stream ends, or `signal` ends it: `opened()` once there is a connection, then `told(event)` for each. */
export async function readEvents(address, signal, opened, told) {
  const response = await fetch(address, { headers: { ...own(), Accept: "text/event-stream" }, signal });
  if (response.status === 401) leave();
  if (!response.ok) throw new Error(`status ${response.status}`);
  opened();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = events.pop();
    for (const text of events) {
      const event = fields(text);
      if (event.data) told(event);
    }
  }
}
