// Deleting with a way back: nothing is asked, everything can be undone.

import { at, post, remove } from "./api.js";
import { say } from "./texts.js";
import { toast } from "./toast.js";

/** Deletes what is at `address`; `after` runs when it is gone, and again when it is back. */
export async function removeWithUndo(address, name, after) {
  let item;
  try {
    item = await remove(address);
  } catch (refusal) {
    toast(refusal.message);
    return false;
  }
  const undo = async () => {
    try {
      await post(at`/trash/${item.id}/restore`);
      toast(say("RESTORED", { name }));
      await after();
    } catch (refusal) {
      toast(refusal.message);
    }
  };
  toast(say("DELETED", { name }), { text: say("UNDO"), run: undo });
  await after();
  return true;
}

/** A deletion on the page of the thing itself: the word with the way back is said on the list that comes next. */
export async function removeAndLeave(address, name, list) {
  try {
    const item = await remove(address);
    sessionStorage.setItem("nnc-studio-removed", JSON.stringify({ id: item.id, name }));
    location.assign(list);
  } catch (refusal) {
    toast(refusal.message);
  }
}

/** Says what the last page deleted. */
export function tellRemoved(after) {
  const kept = sessionStorage.getItem("nnc-studio-removed");
  if (!kept) return;
  sessionStorage.removeItem("nnc-studio-removed");
  const { id, name } = JSON.parse(kept);
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
