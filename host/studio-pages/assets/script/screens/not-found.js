// Nothing but the frame.

import { begin } from "../frame.js";

await begin(() => {});
