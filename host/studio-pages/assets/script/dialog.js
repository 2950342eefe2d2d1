// Questions in front of the page.

import { button, make } from "./dom.js";
import { say } from "./texts.js";

let made = 0;

/**
 * Asks something and gives the chosen value, null for Escape. `choices` are `{ text, value, main }`; `content` are elements
 * below the title.
 */
export function ask(title, content, choices) {
  made += 1;
  const id = `dialog-${made}`;
  return new Promise((done) => {
    const dialog = make("dialog", { "aria-labelledby": id }, make("h2", { id }, title), content);
    const finish = (value) => {
      done(value);
      dialog.close();
    };
    dialog.append(make("div", { class: "act" },
      choices.map(({ text, value, main }) => button(text, () => finish(value), { class: main ? "main" : null }))));
    dialog.addEventListener("close", () => {
      done(null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Whether the reader says yes. */
export async function isConfirmed(title, sentence, yes) {
  const choices = [{ text: say("CANCEL"), value: false }, { text: yes, value: true, main: true }];
  return (await ask(title, make("p", {}, sentence), choices)) === true;
}
