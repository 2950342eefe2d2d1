// One row in full size: its input, and what the model made of it, side by side.

const viewer = by("viewer");
let viewed = null;

/** A pane with copies of the input and of one layer, or with the reason why there is none. */
function fillPane(pane, item) {
  const { layer } = pane.dataset;
  const well = pane.querySelector(".well");
  const missing = item.querySelector(`[data-missing="${layer}"]`);
  const names = layer === "found" || layer === "label" ? ["input", layer] : [layer];
  const pictures = names.map((name) => item.querySelector(`.stack > .${name}`)).filter((picture) => picture);
  const own = item.querySelector(`.stack > .${layer}`);
  pane.hidden = !own && !missing;
  if (missing) {
    well.replaceChildren(missing.cloneNode(true));
    return;
  }
  const stack = document.createElement("span");
  stack.className = "stack";
  for (const picture of pictures) {
    const copy = picture.cloneNode();
    copy.alt = pane.querySelector("figcaption span").textContent;
    stack.append(copy);
  }
  well.replaceChildren(stack);
}

function view(tile) {
  viewed = tile;
  const { item } = tile;
  develop(item);
  document.querySelector(".panes").style.cssText = item.querySelector(".stack")?.style.cssText ?? "";
  by("view-name").replaceChildren(...[...item.querySelector(".name").childNodes].map((part) => part.cloneNode(true)));
  const lines = [...item.querySelectorAll(".score, .tag, .sure, .due, .row")];
  by("view-line").replaceChildren(...lines.map((part) => part.cloneNode(true)));
  by("view-line").dataset.state = item.dataset.state;
  const numbers = item.querySelector(".numbers");
  by("view-numbers").replaceChildren(...(numbers ? [numbers.cloneNode(true)] : []));
  for (const pane of viewer.querySelectorAll("figure")) fillPane(pane, item);
  const position = shown.indexOf(tile);
  say(by("view-position"), "RowPosition", { position: position + 1, all: shown.length });
  by("previous").disabled = position <= 0;
  by("next").disabled = position < 0 || position >= shown.length - 1;
  if (!viewer.open) viewer.showModal();
}

/** Goes on by so many rows, staying within those that are shown. */
function go(steps) {
  const tile = shown[shown.indexOf(viewed) + steps];
  if (tile) view(tile);
}

function startViewer() {
  by("previous").addEventListener("click", () => go(-1));
  by("next").addEventListener("click", () => go(1));
  by("close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", ({ target }) => {
    if (target === viewer) viewer.close();
  });
  viewer.addEventListener("keydown", ({ key, target }) => {
    if (target.matches("input")) return;
    if (key === "ArrowLeft") go(-1);
    if (key === "ArrowRight") go(1);
  });
  // Where the reader came to, not where the reader began.
  viewer.addEventListener("close", () => viewed?.item.querySelector(".tile").focus());
}

