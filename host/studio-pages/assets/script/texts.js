// The words of the page's language, which the server wrote into the page.

const texts = JSON.parse(document.getElementById("texts").textContent);

/** The language of the page: `en` or `ja`. */
export const language = document.documentElement.lang;

const whole = new Intl.NumberFormat(language);

/** A text with its values. Where it has a form for one thing and one for many, `count` chooses. */
export function say(key, values = {}) {
  const forms = texts[key].split("|");
  const form = forms.length > 1 && values.count !== 1 ? forms[1] : forms[0];
  return form.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" && Number.isInteger(value) ? whole.format(value) : String(value);
  });
}
