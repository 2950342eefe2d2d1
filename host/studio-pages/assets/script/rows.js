// The rows of a dataset, as NNC's preview shows them: index, thumbnail with its size, label. Or as pictures alone.

import { at, query } from "./api.js";
import { make, name } from "./dom.js";
import { showGallery } from "./gallery.js";
import { showPicture } from "./picture.js";
import { pictured } from "./pictures.js";
import { table } from "./table.js";
import { say } from "./texts.js";

const SMALL = 112;
const LARGE = 512;

/** The address of a picture of a row. */
export const picture = (dataset, values, size) => at`/datasets/${dataset}/thumbnail` + query({ ...values, size });

/** The rows of `data`, as a table. */
export function rowsTable(dataset, data) {
  const src = (row, column, size) => picture(dataset, { table: data.table, row, column }, size);
  const enlarge = (column, place) => showPicture(place, data.page.length, (to) => {
    const { row, cells } = data.page[to];
    return { src: src(row, column, LARGE), title: cells[column]?.text ?? "", line: say("ROW", { row: row + 1 }) };
  });
  const cellOf = (row, cell, column, place) => {
    const problem = cell.problem && make("p", { class: "error" }, cell.problem);
    if (!cell.file) return [cell.text, problem];
    const button = make("button", { type: "button", class: "plain", "aria-label": say("ENLARGE", { name: cell.text }), on: { click: () => enlarge(column, place) } },
      pictured(src(row, column, SMALL), { class: "thumb" }));
    return make("div", { class: "pictured" }, button,
      make("div", {}, cell.shape && make("div", { class: "soft small" }, cell.shape), make("div", {}, name(cell.text)), problem));
  };
  const columns = [{ title: say("INDEX"), class: "numbers" }, ...data.columns.map((title) => ({ title }))];
  const rows = data.page.map(({ row, line, cells }, place) => ({
    attributes: { "data-line": line },
    cells: [String(row + 1), ...cells.map((cell, column) => cellOf(row, cell, column, place))],
  }));
  return table(say("PREVIEW"), columns, rows);
}

/** The rows of `data`, as pictures. */
export function rowsGallery(dataset, data) {
  const list = make("ul", { class: "thumbs" });
  const column = data.page[0]?.cells.findIndex((cell) => cell.file) ?? -1;
  const src = (row, size) => picture(dataset, { table: data.table, row, column: column < 0 ? null : column }, size);
  showGallery(list, data.page.map(({ row, cells }) => {
    const label = cells.filter((cell) => !cell.file).map((cell) => cell.text).join(" ");
    return { small: src(row, SMALL), large: src(row, LARGE), title: cells[column]?.text ?? "", left: `#${row + 1}`, right: label };
  }));
  return list;
}
