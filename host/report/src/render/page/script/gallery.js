// The gallery: pictures that come when they are needed, filters, order and search.

const gallery = by("gallery");
const controls = by("controls");
const tiles = [...gallery.children].map((item, index) => ({
  item,
  row: data.tiles[index],
  name: item.querySelector(".name").textContent,
  search: item.querySelector(".name").textContent.normalize("NFKC").toLowerCase(),
  state: item.dataset.state,
}));
const tileOf = new Map(tiles.map((tile) => [tile.item, tile]));
/** The tiles that fit the filters, in their order. */
let shown = tiles;

function fits(tile, { show, kind, search }) {
  const { state, item, search: name } = tile;
  if (show === "ng" || show === "ok" ? VERDICTS[state] !== show : show !== "all" && state !== show) return false;
  if (kind !== "" && item.dataset.class !== kind && item.dataset.kind !== kind) return false;
  return name.includes(search);
}

const collator = new Intl.Collator(["en", "ja"], { numeric: true });
/** NaN comes last either way. */
const last = (value) => (Number.isNaN(value) ? Infinity : value);
const ORDERS = {
  high: () => 0,
  low: (a, b) => last(scores[a.row]) - last(scores[b.row]) || 0,
  near: (a, b) => last(Math.abs(scores[a.row] - threshold)) - last(Math.abs(scores[b.row] - threshold)) || 0,
  row: (a, b) => a.row - b.row,
  name: (a, b) => collator.compare(a.name, b.name),
};

const wanted = () => ({
  show: controls.elements.show.value,
  kind: by("kind")?.value ?? "",
  search: by("search").value.trim().normalize("NFKC").toLowerCase(),
});

/** Shows what fits the filters, and counts what the other choices would show. */
function filter() {
  const filters = wanted();
  shown = ordered.filter((tile) => {
    const fit = fits(tile, filters);
    tile.item.hidden = !fit;
    return fit;
  });
  for (const count of document.querySelectorAll("[data-shown]")) {
    const others = { ...filters, show: count.dataset.shown };
    count.textContent = tiles.filter((tile) => fits(tile, others)).length;
  }
  say(by("shown-count"), "ShownCount", { shown: shown.length, all: tiles.length });
  by("nothing").hidden = shown.length > 0 || tiles.length === 0;
}

let ordered = tiles;

function sort() {
  // The markup's order, highest score first, breaks ties.
  ordered = [...tiles].sort(ORDERS[by("sort").value]);
  gallery.append(...ordered.map(({ item }) => item));
  filter();
}

/** Judges the tiles by the threshold of the moment. */
function showStates() {
  for (const tile of tiles) {
    const state = stateOf(tile.row);
    if (state === tile.state) continue;
    tile.state = tile.item.dataset.state = state;
    say(tile.item.querySelector(".tag"), STATE_TEXTS[state]);
  }
  if (by("sort").value === "near") sort();
  else filter();
}

function startGallery() {
  for (const { item } of tiles) watcher.observe(item);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("change", ({ target }) => {
    if (target.id === "sort") sort();
    else if (target.id === "heat") gallery.classList.toggle("plain", !target.checked);
    else filter();
  });
  by("search").addEventListener("input", filter);
  gallery.addEventListener("click", ({ target }) => {
    const item = target.closest("li");
    if (item && target.closest(".tile")) view(tileOf.get(item));
  });
  // Paper shows every picture at once.
  addEventListener("beforeprint", () => {
    by("details").open = true;
    for (const { item } of shown) develop(item);
  });
  // Browsers keep choices over a reload, the page does not.
  controls.reset();
  filter();
}

