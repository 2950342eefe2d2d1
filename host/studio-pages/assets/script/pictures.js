// Pictures from the server. A browser fetches the address of a picture without the header that lets in, so they are fetched here:
// those that come near the window, a few at a time, and none that has left the page meanwhile.

import { own } from "./session.js";
import { make } from "./dom.js";

const AT_ONCE = 4;
const waiting = [];
let running = 0;

async function fill(image, address) {
  try {
    const response = await fetch(address, { headers: own(), priority: "low" });
    const picture = response.ok ? URL.createObjectURL(await response.blob()) : null;
    // Another picture may be wanted there by now.
    if (image.dataset.waits !== address) return;
    if (picture !== null) {
      image.src = picture;
      await image.decode();
      URL.revokeObjectURL(picture);
    }
  } catch {
    // The place of a picture that cannot be shown stays empty.
  } finally {
    if (image.dataset.waits === address) delete image.dataset.waits;
  }
}

async function next() {
  if (running >= AT_ONCE) return;
  running += 1;
  for (let image = waiting.shift(); image; image = waiting.shift()) {
    if (image.isConnected && image.dataset.waits) await fill(image, image.dataset.waits);
  }
  running -= 1;
}

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    waiting.push(target);
    next();
  }
}, { rootMargin: "300px" });

/** Shows the picture at an address in an image that is on the page. */
export function showIn(image, address) {
  image.dataset.waits = address;
  fill(image, address);
}

/** An image that is filled when it comes near the window. */
export function pictured(address, attributes = {}) {
  const image = make("img", { alt: "", "data-waits": address, ...attributes });
  near.observe(image);
  return image;
}
