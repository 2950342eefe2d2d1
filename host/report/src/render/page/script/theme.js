// Light or dark, and keeping what the reader chose.

/** Files opened from a disk may have no storage. */
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Then the choice lasts as long as the page.
  }
}

function startTheme() {
  by("theme").value = document.documentElement.dataset.theme ?? "auto";
  by("theme").addEventListener("change", ({ target }) => {
    if (target.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = target.value;
    keep("nnc-host-theme", target.value);
  });
}
