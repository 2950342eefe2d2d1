// What the browser fetches by itself, without the header that lets in: files to be saved, and the frame of the report. The server
// gives a ticket for the address, which is good once and soon.

import { at, post } from "./api.js";
import { button, make } from "./dom.js";
import { toast } from "./toast.js";

/** The address with a ticket. */
export async function ticketed(path) {
  const { address } = await post(at`/tickets`, { path });
  return address;
}

async function save(path) {
  try {
    const link = make("a", { href: await ticketed(path), download: "" });
    document.body.append(link);
    link.click();
    link.remove();
  } catch (refusal) {
    toast(refusal.message);
  }
}

/** Makes a button save the file at a path. */
export const saves = (control, path) => { control.onclick = () => save(path()); };

/** A button that saves the file at a path. */
export const saver = (text, path, attributes = {}) => button(text, () => save(path), attributes);
