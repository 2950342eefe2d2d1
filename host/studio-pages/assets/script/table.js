// Tables of a few hundred rows, which become cards in narrow windows.

import { make } from "./dom.js";

/**
 * A table. `columns` are `{ title, class, hidden }`; `rows` are lists of cells or `{ cells, attributes }`. A cell is a text, an
 * element or a list of them.
 */
export function table(caption, columns, rows) {
  const heads = columns.map(({ title, class: kind, hidden }) =>
    make("th", { scope: "col", class: kind }, hidden ? make("span", { class: "unseen" }, title) : title));
  const line = (row) => {
    const { cells, attributes } = Array.isArray(row) ? { cells: row, attributes: {} } : row;
    return make("tr", attributes, cells.map((cell, place) => {
      const { title, class: kind, hidden } = columns[place];
      const isLabelled = !hidden && place > 0 && kind !== "name";
      return make("td", { class: kind, "data-label": isLabelled ? title : null }, cell);
    }));
  };
  return make("div", { class: "scroll" }, make("table", { class: "cards" },
    make("caption", { class: "unseen" }, caption), make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows.map(line))));
}

/** What stands in the place of a table without rows. */
export const empty = (sentence, ...more) => make("div", { class: "sheet empty" }, make("p", {}, sentence), more);
