// Starts all parts.

startThreshold();
startGallery();
startViewer();
showCounts();
startTheme();
by("language").value = language;
by("language").addEventListener("change", ({ target }) => {
  speak(target.value);
  showControls();
});
