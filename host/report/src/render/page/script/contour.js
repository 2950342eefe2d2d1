// Contours of a map at the threshold, by marching squares over its grey levels.

/** The grey level of a score: the same function as the one that drew the maps. */
function levelOf(score) {
  const low = number(data.levels.low);
  const high = number(data.levels.high);
  const top = number(data.levels.top);
  const { step } = data.levels;
  if (score <= low) return 0;
  if (score <= high) return ((score - low) / (high - low)) * step;
  return top > high ? step + ((score - high) / (top - high)) * (255 - step) : 255;
}

/** The grey levels of a picture with a ring just below `level` around them, so that contours close at the border. */
function levelsOf(picture, level) {
  const { naturalWidth: width, naturalHeight: height } = picture;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  const at = (x, y) => {
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    return inside ? pixels[(y * width + x) * 4] : level - 1e-3;
  };
  return { width, height, at };
}

/** The path of all contours in units of map cells; empty when nothing reaches the level. */
function contour(picture, level) {
  const { width, height, at } = levelsOf(picture, level);
  // Values stand in the middle of their cells, the ring on the border.
  const place = (i, size) => Math.min(size, Math.max(0, i + 0.5));
  const part = (a, b) => (level - a) / (b - a);
  let path = "";
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const corners = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)];
      const [a, b, c, d] = corners;
      const kind = corners.reduce((bits, value, i) => bits | ((value >= level ? 1 : 0) << i), 0);
      if (kind === 0 || kind === 15) continue;
      const [left, right, up, down] = [place(x, width), place(x + 1, width), place(y, height), place(y + 1, height)];
      const point = {
        n: () => [left + part(a, b) * (right - left), up],
        e: () => [right, up + part(b, c) * (down - up)],
        s: () => [left + part(d, c) * (right - left), down],
        w: () => [left, up + part(a, d) * (down - up)],
      };
      for (const [from, to] of SEGMENTS[kind]) {
        const ends = [point[from](), point[to]()].map((end) => end.map((value) => value.toFixed(2)).join(" "));
        path += `M${ends[0]}L${ends[1]}`;
      }
    }
  }
  return path;
}

/** Sides that a contour joins, by which corners are inside: bit 0 is the upper left one, then clockwise. */
const SEGMENTS = [
  [], ["wn"], ["ne"], ["we"], ["es"], ["wn", "es"], ["ns"], ["ws"], ["ws"], ["ns"], ["ne", "ws"], ["es"], ["we"],
  ["ne"], ["wn"], [],
];

