// Pictures beside each other, each a button that enlarges it.

import { make, name, put } from "./dom.js";
import { showPicture } from "./picture.js";
import { pictured } from "./pictures.js";

/** Fills a list; `pictures` are `{ small, large, title, left, right, class }`. */
export function showGallery(list, pictures) {
  const enlarge = (place) => showPicture(place, pictures.length, (to) => {
    const { large, title, left, right } = pictures[to];
    return { src: large, title, line: [left, " ", right] };
  });
  put(list, pictures.map(({ small, title, left, right, class: kind }, place) => make("li", { class: kind },
    make("button", { type: "button", on: { click: () => enlarge(place) } },
      pictured(small, { class: "thumb" }),
      make("span", { class: "line" }, make("span", {}, left), make("span", {}, right)),
      make("span", { class: "file", title }, name(title.split("/").at(-1)))))));
}
