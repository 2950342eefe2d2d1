// One image in full size: input, heat map, contour and mask side by side.

const viewer = by("viewer");
let viewed = null;

/** A pane with copies of some pictures of the tile, or with the reason why there are none. */
function fillPane(id, item, names, reason) {
  const well = by(id).querySelector(".well");
  const pictures = names.map((name) => item.querySelector(`.stack > .${name}`)).filter((picture) => picture);
  const stack = document.createElement("span");
  stack.className = "stack";
  for (const picture of pictures) {
    const copy = picture.cloneNode();
    copy.alt = by(id).querySelector("figcaption span").textContent;
    stack.append(copy);
  }
  well.replaceChildren(stack);
  if (reason) {
    const text = reason.cloneNode(true);
    text.hidden = false;
    well.replaceChildren(text);
  }
  return stack;
}

function drawContour(stack, map, level) {
  if (!map || Number.isNaN(threshold)) return;
  const svg = "http://www.w3.org/2000/svg";
  const draw = () => {
    const drawing = document.createElementNS(svg, "svg");
    drawing.setAttribute("class", "contour");
    drawing.setAttribute("viewBox", `0 0 ${map.naturalWidth} ${map.naturalHeight}`);
    drawing.setAttribute("preserveAspectRatio", "none");
    drawing.setAttribute("aria-hidden", "true");
    const path = contour(map, level);
    // Dark below light: visible on every image.
    for (let i = 0; i < 2; i++) {
      const line = document.createElementNS(svg, "path");
      line.setAttribute("d", path);
      drawing.append(line);
    }
    stack.append(drawing);
  };
  if (map.complete && map.naturalWidth > 0) draw();
  else map.addEventListener("load", draw, { once: true });
}

/** Score, verdict, label and row as the tile says them. */
function copyLine(item) {
  const parts = [".score", ".tag", ".label", ".row"].map((part) => item.querySelector(part).cloneNode(true));
  by("view-line").replaceChildren(...parts);
  by("view-line").dataset.state = item.dataset.state;
}

function showFacts(item) {
  const [flagged, masked, overlap] = JSON.parse(item.dataset.facts ?? "[]");
  // The figures of the job belong to its own threshold.
  const own = Object.is(threshold, original);
  const facts = [
    own && flagged && ["FlaggedArea", { percent: flagged }],
    masked && ["MaskedArea", { percent: masked }],
    own && overlap && ["Overlap", { overlap }],
  ].filter((fact) => fact);
  by("view-facts").textContent = facts.map(([key, values]) => words(key, values)).join(" · ");
}

/** The defects of the job's own threshold: their boxes with numbers on the picture, and what they are below. */
function showFound(item, stack) {
  const [defects, more] = JSON.parse(item.dataset.found ?? "[[], 0]");
  const own = Object.is(threshold, original) && defects.length > 0;
  by("view-found").hidden = !own;
  if (!own) return;
  const boxes = item.querySelector(".boxes");
  if (boxes) stack.append(boxes.cloneNode(true));
  const { width, height } = boxes?.viewBox.baseVal ?? { width: 1, height: 1 };
  const rows = defects.map(([left, top, across, down, area, peak, mean], index) => {
    const label = document.createElement("span");
    label.className = "box-number";
    label.textContent = index + 1;
    label.style.left = `${(left / width) * 100}%`;
    label.style.top = `${(top / height) * 100}%`;
    if (boxes) stack.append(label);
    const row = document.createElement("tr");
    for (const text of [index + 1, `${left}, ${top}`, `${across} × ${down}`, area, peak, mean]) {
      row.insertCell().textContent = text;
    }
    return row;
  });
  by("view-found").querySelector("tbody").replaceChildren(...rows);
  by("view-more").hidden = more === 0;
  say(by("view-more"), "MoreDefects", { count: more });
}

function view(tile) {
  viewed = tile;
  const { item } = tile;
  develop(item);
  const missing = (kind) => item.querySelector(kind);
  // Width and height, for all panes.
  document.querySelector(".panes").style.cssText = item.querySelector(".stack")?.style.cssText ?? "";
  by("view-name").replaceChildren(...[...item.querySelector(".name").childNodes].map((part) => part.cloneNode(true)));
  copyLine(item);
  const noMap = missing(".no-map");
  const noMask = missing(".no-mask");
  const noInput = missing(".missing:not(.no-map, .no-mask)");
  fillPane("pane-input", item, ["input"], noInput);
  fillPane("pane-made", item, ["made"], null);
  by("pane-made").hidden = !item.querySelector(".stack > .made");
  fillPane("pane-heat", item, ["input", "map"], noMap);
  const stack = fillPane("pane-contour", item, ["input"], noMap);
  drawContour(stack, item.querySelector(".stack > .map"), levelOf(threshold + Number(item.dataset.shift ?? 0)));
  showFound(item, stack);
  fillPane("pane-mask", item, ["mask"], noMask);
  by("pane-mask").hidden = !noMask && !item.querySelector(".stack > .mask");
  by("pane-contour").hidden = Number.isNaN(threshold);
  setOpacity();
  showFacts(item);
  const position = shown.indexOf(tile);
  say(by("view-position"), "Position", { position: position + 1, all: shown.length });
  by("previous").disabled = position <= 0;
  by("next").disabled = position < 0 || position >= shown.length - 1;
  if (!viewer.open) viewer.showModal();
}

function setOpacity() {
  const map = by("pane-heat").querySelector(".map");
  if (map) map.style.opacity = by("opacity").value / 100;
}

/** Goes on by so many images, staying within those that are shown. */
function go(steps) {
  const tile = shown[shown.indexOf(viewed) + steps];
  if (tile) view(tile);
}

function startViewer() {
  by("previous").addEventListener("click", () => go(-1));
  by("next").addEventListener("click", () => go(1));
  by("close").addEventListener("click", () => viewer.close());
  by("opacity").addEventListener("input", setOpacity);
  viewer.addEventListener("click", ({ target }) => {
    if (target === viewer) viewer.close();
  });
  viewer.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    // The opacity slider moves by the same keys.
    if (!steps || event.target === by("opacity") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(steps);
  });
  // Back to where the reader has come to.
  viewer.addEventListener("close", () => {
    const tile = viewed.item.querySelector(".tile");
    tile.scrollIntoView({ block: "nearest" });
    tile.focus();
  });
}

