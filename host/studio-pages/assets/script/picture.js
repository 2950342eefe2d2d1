// One picture in front of the page, with arrow keys to the next.

import { button, make, name, put } from "./dom.js";
import { showIn } from "./pictures.js";
import { say } from "./texts.js";

/** Shows picture `place` of `count`; `of(place)` gives `{ src, title, line }`. Gives focus back to what had it. */
export function showPicture(place, count, of) {
  const title = make("h2", { id: "picture-title" });
  const image = make("img", { alt: "" });
  const line = make("p", { class: "soft" });
  const dialog = make("dialog", { class: "picture", "aria-labelledby": "picture-title" }, title, image, line);
  const show = (to) => {
    place = Math.min(count - 1, Math.max(0, to));
    const { src, title: words, line: more } = of(place);
    showIn(image, src);
    put(title, name(words));
    put(line, more);
    before.disabled = place === 0;
    after.disabled = place === count - 1;
  };
  const before = button("‹", () => show(place - 1), { "aria-label": say("PREVIOUS") });
  const after = button("›", () => show(place + 1), { "aria-label": say("NEXT") });
  dialog.append(make("div", { class: "act" }, before, after, button(say("CLOSE"), () => dialog.close(), { autofocus: true })));
  const keys = ({ key }) => {
    if (key === "ArrowLeft") show(place - 1);
    if (key === "ArrowRight") show(place + 1);
  };
  // At the document: a button that has just been disabled hears no keys.
  document.addEventListener("keydown", keys);
  dialog.addEventListener("close", () => {
    document.removeEventListener("keydown", keys);
    dialog.remove();
  });
  document.body.append(dialog);
  show(place);
  dialog.showModal();
}
