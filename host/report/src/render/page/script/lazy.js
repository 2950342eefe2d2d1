// Pictures that come when their tile comes near.

/** Turns the waiting text of a tile into its pictures. */
function develop(item) {
  const waiting = item.querySelector("noscript");
  // Our own markup of `data:` pictures; text from outside is never in it.
  if (waiting) waiting.outerHTML = waiting.textContent;
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      develop(target);
      watcher.unobserve(target);
    }
  },
  { rootMargin: "800px" },
);
