// Errors beside the fields that they concern.

import { by, plain } from "./dom.js";
import { say } from "./texts.js";

const controls = (id) => {
  const one = by(id);
  return one ? [one] : [...document.getElementsByName(id)];
};

/** Shows what is wrong with a field, or with null that nothing is. Says whether there is such a field. */
export function showError(id, message) {
  const place = by(`${id}-error`);
  if (!place) return false;
  const isNew = place.textContent !== plain(message ?? "");
  // An alert is read out when its text changes.
  if (isNew) place.textContent = plain(message ?? "");
  place.hidden = !message;
  for (const control of controls(id)) {
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  return true;
}

/** Takes all errors of a form away. */
export function clearErrors(form) {
  for (const place of form.querySelectorAll(".error, .summary-error")) {
    place.hidden = true;
    place.textContent = "";
  }
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/** Refusals of a name, whatever it is the name of. */
const OF_NAMES = ["exists", "bad-name"];

/** Shows why a request was refused: at its field where it has one, else at `elsewhere`. */
export function showRefusal(refusal, elsewhere) {
  const field = refusal.field ?? (OF_NAMES.includes(refusal.code) ? "name" : null);
  if (field && showError(field, refusal.message)) {
    const [control] = controls(field);
    control?.focus();
    return;
  }
  const place = by(elsewhere);
  place.textContent = plain(refusal.message);
  place.hidden = false;
}

/** Whether all numbers of a form are within their limits; what is not is said at its field. */
export function isFilled(form) {
  let first = null;
  for (const control of form.querySelectorAll("input[type=number]")) {
    if (control.closest("[hidden]")) continue;
    const isRight = control.checkValidity();
    showError(control.id, isRight ? null : say("WHOLE_NUMBER", { min: Number(control.min), max: Number(control.max) }));
    if (!isRight) first ??= control;
  }
  if (first) {
    first.closest("details")?.setAttribute("open", "");
    first.focus();
  }
  return first === null;
}

/** The chosen value of a choice. */
export const chosen = (form, name) => form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)?.value;

/** Chooses a value; without such a choice nothing is chosen. */
export function choose(form, name, value) {
  for (const input of form.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) input.checked = input.value === String(value);
}
