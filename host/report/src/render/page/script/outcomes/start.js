// Starts all parts.

startGallery();
startViewer();
startTheme();
by("language").value = language;
by("language").addEventListener("change", ({ target }) => speak(target.value));
