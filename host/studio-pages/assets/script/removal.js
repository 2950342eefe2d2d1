// Deleting with a way back: nothing is asked, everything can be undone.

import { at, post, remove } from "./api.js";
import { say } from "./texts.js";
import { toast } from "./toast.js";

/** What the last page deleted, for the list that comes next. */
const KEPT = "nnc-studio-removed";

/** Says what was deleted, and offers to take it back; `after` runs when it is back. */
function tell({ id, name }, after) {
  const undo = async () => {
    try {
      await post(at`/trash/${id}/restore`);
      toast(say("RESTORED", { name }));
      await after();
    } catch (refusal) {
      toast(refusal.message);
    }
  };
  toast(say("DELETED", { name }), { text: say("UNDO"), run: undo });
}

/** Deletes what is at `address`; `after` runs when it is gone, and again when it is back. */
export async function removeWithUndo(address, name, after) {
  try {
    const { id } = await remove(address);
    tell({ id, name }, after);
    await after();
  } catch (refusal) {
    toast(refusal.message);
  }
}

/** A deletion on the page of the thing itself: the list that comes next says it. */
export async function removeAndLeave(address, name, list) {
  try {
    const { id } = await remove(address);
    sessionStorage.setItem(KEPT, JSON.stringify({ id, name }));
    location.assign(list);
  } catch (refusal) {
    toast(refusal.message);
  }
}

/** Says what the last page deleted. */
export function tellRemoved(after) {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return;
  sessionStorage.removeItem(KEPT);
  tell(JSON.parse(kept), after);
}
