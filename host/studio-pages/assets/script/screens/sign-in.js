// Signs in with the token, which the address that was opened may hold, and leads to the page that was asked for.

import { begin } from "../frame.js";
import { at, post } from "../api.js";
import { by } from "../dom.js";
import { clearErrors, showError } from "../fields.js";
import { SIGN_IN, keep, whenSignedIn } from "../session.js";
import { say } from "../texts.js";

const asked = new URLSearchParams(location.hash.slice(1));
// The token is not left where it is seen, or kept in the history.
history.replaceState(null, "", SIGN_IN);

/** Leads on, within the studio. */
function onward() {
  const to = new URL(asked.get("to") ?? "/", location.origin);
  location.replace(to.origin === location.origin ? to : "/");
}

async function signIn(token) {
  try {
    const { session } = await post(at`/session`, { token });
    try {
      keep(session);
    } catch {
      showError("token", say("NO_STORAGE"));
      return;
    }
    onward();
    // The page is left.
    await new Promise(() => {});
  } catch (refusal) {
    showError("token", refusal.message);
    by("token").focus();
  }
}

by("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  clearErrors(by("sign-in"));
  await signIn(by("token").value.trim());
});
whenSignedIn(onward);
await begin(async () => {
  if (asked.get("token")) await signIn(asked.get("token"));
});
