// The dialog of a training plugin, drawn from its manifest: a field for each parameter, with its help beside it.

import { at, post } from "./api.js";
import { button, make, name, put } from "./dom.js";
import { followIn } from "./job-lines.js";
import { say } from "./texts.js";
import { toast } from "./toast.js";

const NUMBERS = ["float", "int"];

/** The id and the key of a parameter's field. */
export const keyOf = ({ name: parameter }) => `plugin.params.${parameter}`;

/** What stands in the project for the text of a field; null for an empty one, which leaves the default. */
export function valueOf(parameter, text) {
  if (text === "" || text === undefined) return null;
  if (parameter.type === "bool") return text === "true";
  const number = Number(text.replace(",", "."));
  return NUMBERS.includes(parameter.type) && Number.isFinite(number) ? number : text;
}

function control(parameter, id, text, described, changed) {
  const { choices, type } = parameter;
  const tell = ({ target }) => changed(parameter, target.value);
  if (type === "option" || type === "bool") {
    const values = type === "bool" ? ["true", "false"] : choices ?? [];
    const words = { true: say("YES"), false: say("NO") };
    return make("div", { class: "choices" }, values.map((value) => make("label", {},
      make("input", { type: "radio", name: id, value, checked: value === text, autocomplete: "off", on: { change: tell } }),
      make("span", {}, type === "bool" ? words[value] : value))));
  }
  return make("input", {
    id, name: id, type: "text", value: text, autocomplete: "off", spellcheck: "false", "aria-describedby": described,
    inputmode: NUMBERS.includes(type) ? "decimal" : null, list: parameter.name === "model" ? "backbones" : null,
    class: NUMBERS.includes(type) ? "number" : null, on: { input: tell },
  });
}

/** Draws the fields into `box`. `values` are the project's; `changed(parameter, text)` is told of what is typed. */
export function drawParameters(box, plugin, values, changed) {
  put(box, plugin.parameters.map((parameter) => {
    const id = keyOf(parameter);
    const text = String(values[id] ?? parameter.default ?? "");
    const described = `${id}-hint ${id}-error`;
    const isGroup = parameter.type === "option" || parameter.type === "bool";
    const label = [name(parameter.name), parameter.required && make("span", { class: "soft" }, ` ${say("REQUIRED")}`)];
    const hint = make("p", { class: "hint", id: `${id}-hint` }, parameter.help, NUMBERS.includes(parameter.type) && say("EXPECTS", { expects: parameter.expects }));
    const error = make("p", { class: "error", id: `${id}-error`, role: "alert", hidden: true });
    const field = control(parameter, id, text, described, changed);
    return isGroup
      ? make("fieldset", { class: "field", "data-field": id, "aria-describedby": described }, make("legend", {}, label), field, hint, error)
      : make("div", { class: "field", "data-field": id }, make("label", { for: id }, label), field, hint, error);
  }));
}

/** Offers the known backbones at the field `model`, and fetches one that is not here. */
export function offerBackbones(box, backbones, present) {
  const field = box.querySelector(`[data-field="plugin.params.model"]`);
  const input = field?.querySelector("input");
  if (!input) return;
  const state = make("div", { class: "work" });
  const show = () => {
    const backbone = backbones.find((one) => one.name === input.value);
    put(state, backbone && (backbone.path
      ? make("p", { class: "hint" }, say("BACKBONE_HERE", { licence: backbone.licence }))
      : make("p", { class: "hint" }, say("BACKBONE_ABSENT"), " ", button(say("FETCH"), () => fetchIt(backbone)))));
  };
  const fetchIt = async (backbone) => {
    try {
      await followIn(state, await post(at`/backbones/${backbone.name}/fetch`));
      backbone.path = backbone.file;
      present();
      show();
    } catch (refusal) {
      toast(refusal.message);
    }
  };
  field.append(make("datalist", { id: "backbones" },
    backbones.map((one) => make("option", { value: one.name }, one.description))), state);
  input.addEventListener("input", show);
  show();
}
