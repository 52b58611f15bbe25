// Which runs are this browser's, and whether it comes for the first time: kept here and told to the page that asks.
// Nothing is drawn.

import { inTurn } from "./live.js";
import { unpack } from "./shared.js";

const KEY = "charrnn.runs", GREETED = "charrnn.greeted";

/** @returns {string[]} */
function kept() {
  try {
    const tokens = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(tokens) ? tokens.filter((token) => typeof token === "string").slice(0, 50) : [];
  } catch {
    return []; // storage is forbidden, or holds something else
  }
}

/** Whether nobody has been greeted in this browser; from now on somebody has. */
function first() {
  try {
    const greeted = localStorage.getItem(GREETED) !== null;
    localStorage.setItem(GREETED, "yes");
    return !greeted;
  } catch {
    return false; // storage is forbidden: who cannot be remembered is not greeted again and again
  }
}

/** @type {WeakMap<Streamlit["parentElement"], string>} */
const told = new WeakMap();

export default function (/** @type {Streamlit} */ { data, parentElement, setStateValue }) {
  /** @type {{ add: string[], drop: string[], greets: boolean }} */
  const { add, drop, greets } = unpack(data).header;
  const before = kept();
  const added = add.filter((token) => !before.includes(token));
  const after = [...new Set([...added, ...before])].filter((token) => !drop.includes(token));
  const text = JSON.stringify(after);
  if (text !== JSON.stringify(before)) {
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // storage is forbidden or full: the links still work
    }
  }
  if (told.get(parentElement) === text) return;
  told.set(parentElement, text);
  const answer = { tokens: after, first: greets && first() && !before.length };
  inTurn(() => setStateValue("kept", answer));
}
