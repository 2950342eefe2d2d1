// The report of a result, which somebody else may have written: only ever in a frame that is closed off from the page around it.

import { at } from "./api.js";
import { ticketed } from "./downloads.js";
import { toast } from "./toast.js";

/** Shows the report of a result in a frame. */
export async function showReportIn(frame, result) {
  try {
    frame.src = await ticketed(at`/results/${result}/report`);
  } catch (refusal) {
    toast(refusal.message);
  }
}
