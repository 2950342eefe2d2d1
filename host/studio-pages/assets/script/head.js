// Runs before anything is drawn: the colours that the reader chose.
{
  try {
    const theme = localStorage.getItem("nnc-host-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage, no choice.
  }
}
