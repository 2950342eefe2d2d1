// Runs before anything is drawn: the colours that the reader chose, and the way to the token for whoever is not in.
{
  try {
    const theme = localStorage.getItem("nnc-host-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage, no choice.
  }
  try {
    if (location.pathname !== "/sign-in" && localStorage.getItem("nnc-studio-session") === null) {
      location.replace(`/sign-in#to=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
    }
  } catch {
    // The first request finds out.
  }
}
