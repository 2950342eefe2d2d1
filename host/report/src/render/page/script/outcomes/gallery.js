// The gallery: pictures that come when they are needed, filters, order and search.

const gallery = by("gallery");
const controls = by("controls");
const number = (text) => (text === undefined ? NaN : Number(text));
const tiles = [...gallery.children].map((item, place) => {
  const name = item.querySelector(".name").textContent;
  return {
    item, place, name,
    search: name.normalize("NFKC").toLowerCase(),
    row: Number(item.dataset.row),
    confidence: number(item.dataset.confidence),
    error: number(item.dataset.error),
  };
});
const tileOf = new Map(tiles.map((tile) => [tile.item, tile]));
/** The tiles that fit the filters, in their order. */
let shown = tiles;
let ordered = tiles;

const wanted = () => ({
  show: controls.elements.show?.value ?? "all",
  label: by("label")?.value ?? "",
  prediction: by("prediction")?.value ?? "",
  search: by("search").value.trim().normalize("NFKC").toLowerCase(),
});

function fits({ item, search: name }, { show, label, prediction, search }) {
  const { dataset } = item;
  if (show !== "all" && dataset.state !== show) return false;
  if (label !== "" && dataset.label !== label) return false;
  if (prediction !== "" && dataset.prediction !== prediction) return false;
  return name.includes(search);
}

/** Shows what fits the filters, and counts what the other choices would show. */
function filter() {
  const filters = wanted();
  shown = ordered.filter((tile) => {
    const fit = fits(tile, filters);
    tile.item.hidden = !fit;
    return fit;
  });
  for (const count of document.querySelectorAll("[data-shown]")) {
    count.textContent = tiles.filter((tile) => fits(tile, { ...filters, show: count.dataset.shown })).length;
  }
  say(by("shown-count"), "RowsShown", { shown: shown.length, all: tiles.length });
  by("nothing").hidden = shown.length > 0 || tiles.length === 0;
}

const collator = new Intl.Collator(["en", "ja"], { numeric: true });
/** What is unknown comes last. */
const last = (value) => (Number.isNaN(value) ? Infinity : value);
const ORDERS = {
  // The order of the markup.
  wrong: (a, b) => a.place - b.place,
  unsure: (a, b) => last(a.confidence) - last(b.confidence) || 0,
  sure: (a, b) => last(-a.confidence) - last(-b.confidence) || 0,
  small: (a, b) => last(a.error) - last(b.error) || 0,
  row: (a, b) => a.row - b.row,
  name: (a, b) => collator.compare(a.name, b.name),
};

function sort() {
  ordered = [...tiles].sort(ORDERS[by("sort").value]);
  gallery.append(...ordered.map(({ item }) => item));
  filter();
}

/** Shows the rows of one cell of the confusion matrix. */
function showCell({ label, prediction }) {
  const all = controls.querySelector("input[value=all]");
  if (all) all.checked = true;
  by("search").value = "";
  by("label").value = label;
  by("prediction").value = prediction;
  filter();
  by("images").scrollIntoView();
  by("images").focus({ preventScroll: true });
}

function startGallery() {
  for (const { item } of tiles) watcher.observe(item);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("change", ({ target }) => {
    if (target.id === "sort") sort();
    else if (target.id === "overlays") gallery.classList.toggle("plain", !target.checked);
    else filter();
  });
  by("search").addEventListener("input", filter);
  gallery.addEventListener("click", ({ target }) => {
    const item = target.closest("li");
    if (item && target.closest(".tile")) view(tileOf.get(item));
  });
  document.querySelector("main").addEventListener("click", ({ target }) => {
    const cell = target.closest("button[data-prediction]");
    if (cell) showCell(cell.dataset);
  });
  // Paper shows every picture at once.
  addEventListener("beforeprint", () => {
    by("details").open = true;
    for (const { item } of shown) develop(item);
  });
  // Browsers keep choices over a reload, the page does not.
  controls.reset();
  sort();
}

