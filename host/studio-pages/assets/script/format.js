// Numbers, sizes, times and dates as people of the page's language write them.

import { language, say } from "./texts.js";

const whole = new Intl.NumberFormat(language);
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const KNOWN = Number.isFinite;

/** A whole number. */
export const count = (value) => whole.format(value);

/** Seconds since 1970 as a date with its time. */
export const when = (seconds) => KNOWN(seconds) ? moment.format(new Date(seconds * 1000)) : "–";

/** A number of bytes. */
export function bytes(value) {
  if (!KNOWN(value)) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

/** A span of time. */
export function span(seconds) {
  if (!KNOWN(seconds)) return "–";
  const all = Math.max(0, Math.round(seconds));
  if (all < 60) return say("SECONDS", { seconds: all });
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return say("MINUTES", { minutes, seconds: all % 60 });
  return say("HOURS", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** A score or a threshold: four digits. */
export function score(value) {
  if (!KNOWN(value)) return "–";
  const digits = Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(3) : String(Number(value.toPrecision(4)));
  return digits.replace("-", "−");
}

/** A figure from 0 to 1. */
export const share = (value) => KNOWN(value) ? value.toFixed(4) : "–";

/** A share as per cent. */
export const percent = (value) => KNOWN(value) ? `${Number((value * 100).toPrecision(3))} %` : "–";

/** How many a second. */
export const rate = (value) => KNOWN(value) ? say("RATE", { rate: value >= 10 ? Math.round(value) : value.toPrecision(2) }) : "–";
