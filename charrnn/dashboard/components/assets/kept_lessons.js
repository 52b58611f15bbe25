// How far this browser has come in lessons: notes by their names, kept here and told once to the page that asks.

import { inTurn } from "./live.js";
import { unpack } from "./shared.js";

const KEY = "charrnn.lessons";

/** @returns {Record<string, unknown>} */
function kept() {
  try {
    const notes = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return notes && typeof notes === "object" && !Array.isArray(notes) ? notes : {};
  } catch {
    return {}; // storage is forbidden, or holds something else
  }
}

/** @type {WeakSet<Streamlit["parentElement"]>} */
const told = new WeakSet();

export default function (/** @type {Streamlit} */ { data, parentElement, setStateValue }) {
  const before = kept(), { put } = unpack(data).header;
  if (Object.keys(put).length) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...before, ...put }));
    } catch {
      // storage is forbidden or full: lessons still work
    }
  }
  if (told.has(parentElement)) return;
  told.add(parentElement);
  inTurn(() => setStateValue("notes", before));
}
