// The studio's JSON interface: requests, and refusals as errors with the sentence to show.

import { leave, own } from "./session.js";
import { say } from "./texts.js";

const BASE = "/api/v1";

/** Why a request was refused, in words for people. */
export class Refusal extends Error {
  constructor(status, { code = "", message = "", field, line, changed, etag }) {
    super(message);
    Object.assign(this, { status, code, field, line, changed, etag });
  }
}

/** The address of a request, whose values are escaped: `` at`/datasets/${name}` ``. */
export const at = (parts, ...values) => BASE + String.raw({ raw: parts }, ...values.map(encodeURIComponent));

/** The words after `?`; what is null or undefined is left out. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** What an answer says; a refusal is thrown. */
export function understood(status, text) {
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    // Not one of ours; the status has to do.
  }
  if (status >= 200 && status < 300) return answer;
  if (status === 401) leave();
  const error = answer?.error;
  throw new Refusal(status, error?.message ? error : { message: say("REFUSED", { status: String(status) }) });
}

async function call(method, address, { body, text, etag, signal } = {}) {
  const headers = own();
  if (etag) headers["If-Match"] = etag;
  if (text !== undefined) headers["Content-Type"] = "text/plain; charset=utf-8";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    response = await fetch(address, { method, headers, body: content, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, { code: "offline", message: say("NO_ANSWER") });
  }
  return understood(response.status, await response.text());
}

export const get = (address, options) => call("GET", address, options);
export const post = (address, body = {}) => call("POST", address, { body });
export const patch = (address, body, etag) => call("PATCH", address, { body, etag });
export const write = (address, text, etag) => call("PUT", address, { text, etag });
export const remove = (address) => call("DELETE", address);
