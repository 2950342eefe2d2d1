// What lets this window in: a secret that the server gives for the token and that goes along with every request as a header. It
// belongs to this address with its port. A cookie would be sent to every server on this computer, whoever's it is.

const PLACE = "nnc-studio-session";
const HEADER = "X-NNC-Studio";
export const SIGN_IN = "/sign-in";

/** Keeps the secret for every window of the studio; fails where the browser keeps nothing. */
export const keep = (secret) => localStorage.setItem(PLACE, secret);

/** The headers of a request of this window. */
export function own() {
  try {
    const secret = localStorage.getItem(PLACE);
    return secret === null ? {} : { [HEADER]: secret };
  } catch {
    return {};
  }
}

/** The secret is missing or no longer good: asks for the token, and comes back here. */
export function leave() {
  if (location.pathname === SIGN_IN) return;
  location.replace(`${SIGN_IN}#to=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
}

/** Runs `work` when another window has signed in. */
export const whenSignedIn = (work) => addEventListener("storage", ({ key, newValue }) => key === PLACE && newValue !== null && work());
