"use strict";
(() => {
  const gallery = document.getElementById("gallery");
  const controls = document.getElementById("controls");
  const viewer = document.getElementById("viewer");
  const view = document.getElementById("view");

  const byScore = [...gallery.children];
  const byRow = [...byScore].sort((a, b) => a.dataset.row - b.dataset.row);

  controls.hidden = false;
  controls.addEventListener("change", ({ target }) => {
    if (target.name === "show") gallery.dataset.show = target.value;
    if (target.name === "sort") gallery.append(...(target.value === "row" ? byRow : byScore));
  });
  // Browsers keep the choices over a reload, the order of the tiles they do not.
  controls.reset();

  gallery.addEventListener("click", ({ target }) => {
    const tile = target.closest(".tile");
    if (!tile) return;
    view.replaceChildren(...tile.cloneNode(true).childNodes);
    viewer.showModal();
  });
  viewer.addEventListener("click", ({ target }) => {
    if (target === viewer) viewer.close();
  });
})();
