// Nothing but the frame.

import "../frame.js";

document.body.dataset.ready = "";
