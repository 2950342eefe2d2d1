// Short words at the bottom of the window, with something that can be undone.

import { button, by, make } from "./dom.js";
import { say } from "./texts.js";

/** Milliseconds, with and without something to do. */
const STAYS = { asking: 15000, telling: 6000 };

/** Shows a sentence for a while, with `action: { text, run }` as its button. It stays as long as somebody is at it. */
export function toast(sentence, action = null) {
  const actions = make("div", { class: "actions" });
  const box = make("div", { class: "toast" }, make("span", {}, sentence), actions);
  let timer;
  const leave = () => box.remove();
  const start = () => { timer = setTimeout(leave, action ? STAYS.asking : STAYS.telling); };
  const hold = () => clearTimeout(timer);
  if (action) {
    actions.append(button(action.text, async () => {
      leave();
      await action.run();
    }));
  }
  actions.append(button("×", leave, { "aria-label": say("CLOSE") }));
  for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, hold);
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, start);
  by("toasts").append(box);
  start();
}
