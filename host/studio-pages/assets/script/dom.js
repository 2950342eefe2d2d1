// Elements without markup: whatever somebody else wrote goes in as text, never as HTML.

/** The element with an id. */
export const by = (id) => document.getElementById(id);

/** What nobody sees, or what turns its neighbours round: shown by its number. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/** A text of somebody else as it may stand where people read. */
export const plain = (text) => String(text).replace(UNSEEN, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, work] of Object.entries(value)) element.addEventListener(event, work);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => child instanceof Node ? child : plain(child)));
  return element;
}

/** An element: `make("a", { href, on: { click } }, "text", child)`. */
export const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** An element of a drawing. */
export const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** Puts something else into an element. */
export function put(element, ...children) {
  element.replaceChildren();
  return fill(element, {}, children);
}

/** A name of somebody else, which may run from right to left. */
export const name = (text) => make("bdi", {}, text);

/** A button. */
export const button = (text, click, attributes = {}) => make("button", { type: "button", on: { click }, ...attributes }, text);

/** A figure with its word, for a `dl`. */
export const figure = (word, value, attributes = {}) => make("div", attributes, make("dt", {}, word), make("dd", {}, value));

/** A function that runs `work` once nobody has called it for `ms`; `cancel()` calls it off. */
export function later(ms, work) {
  let timer;
  const soon = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
  soon.cancel = () => clearTimeout(timer);
  return soon;
}
