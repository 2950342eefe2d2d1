// The words of the page: texts by name, in the language of the moment.

const by = (id) => document.getElementById(id);
const data = JSON.parse(by("data").textContent);
let language = data.language;

/** A text with its values, which stand in braces by their names. */
const words = (key, values = {}) =>
  data.texts[language][key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** Says a text in an element, which remembers it for other languages. */
function say(element, key, values) {
  element.dataset.t = key;
  if (values) element.dataset.v = JSON.stringify(values);
  else delete element.dataset.v;
  element.textContent = words(key, values);
}

function speak(to) {
  language = to;
  document.documentElement.lang = to;
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = words(element.dataset.t, JSON.parse(element.dataset.v ?? "{}"));
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", words(element.dataset.tLabel));
  }
  for (const element of document.querySelectorAll("[data-t-title]")) {
    element.title = words(element.dataset.tTitle);
  }
  document.title = document.querySelector("h1").textContent + " – " + words("Report");
}

/** Four significant digits, as in the rest of the page. */
function scoreText(value) {
  if (Number.isNaN(value)) return "no score";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const scientific = value.toExponential(3);
  const exponent = Number(scientific.split("e")[1]);
  const text = exponent >= -4 && exponent < 7 ? value.toFixed(Math.max(0, 3 - exponent)) : scientific.replace("+", "");
  return text.replaceAll("-", "−");
}

