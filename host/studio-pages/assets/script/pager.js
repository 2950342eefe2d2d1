// Leads through the pages of a long list.

import { button, make, put } from "./dom.js";
import { count } from "./format.js";
import { say } from "./texts.js";

/** Fills `element` with buttons; `go(offset)` shows another page. */
export function showPager(element, { offset, limit, total, go }) {
  const pages = Math.max(1, Math.ceil(total / limit));
  const page = Math.floor(offset / limit) + 1;
  element.hidden = total === 0;
  const to = (number) => go((number - 1) * limit);
  const lead = (key, sign, number, isOff) =>
    button(sign, () => to(number), { "aria-label": say(key), title: say(key), disabled: isOff });
  const input = make("input", {
    class: "number", type: "number", min: 1, max: pages, value: page, "aria-label": say("PAGE_NUMBER"),
    on: { change: ({ target }) => to(Math.min(pages, Math.max(1, Math.round(Number(target.value)) || 1))) },
  });
  put(element,
    make("span", { class: "soft" }, say("ROWS_SHOWN", { first: offset + 1, last: Math.min(total, offset + limit), count: total })),
    pages > 1 && make("div", { class: "buttons" },
      lead("FIRST_PAGE", "«", 1, page === 1), lead("PREVIOUS_PAGE", "‹", page - 1, page === 1),
      make("span", {}, input, ` / ${count(pages)}`),
      lead("NEXT_PAGE", "›", page + 1, page === pages), lead("LAST_PAGE", "»", pages, page === pages)));
}
