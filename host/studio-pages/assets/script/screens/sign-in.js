// Signs in with the token and shows the page that was asked for.

import { begin } from "../frame.js";
import { at, post } from "../api.js";
import { by } from "../dom.js";
import { clearErrors, showError } from "../fields.js";

by("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  clearErrors(by("sign-in"));
  try {
    await post(at`/session`, { token: by("token").value.trim() });
    location.reload();
  } catch (refusal) {
    showError("token", refusal.message);
    by("token").focus();
  }
});
await begin(() => {});
