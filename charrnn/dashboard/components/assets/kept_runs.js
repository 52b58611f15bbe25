// Which runs are this browser's: their tokens, kept here and told to the page that asks. Nothing is drawn.

import { inTurn } from "./live.js";
import { unpack } from "./shared.js";

const KEY = "charrnn.runs";

/** @returns {string[]} */
function kept() {
  try {
    const tokens = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(tokens) ? tokens.filter((token) => typeof token === "string").slice(0, 50) : [];
  } catch {
    return []; // storage is forbidden, or holds something else
  }
}

/** @type {WeakMap<Streamlit["parentElement"], string>} */
const told = new WeakMap();

export default function (/** @type {Streamlit} */ { data, parentElement, setStateValue }) {
  /** @type {{ add: string[], drop: string[] }} */
  const { add, drop } = unpack(data).header;
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
  inTurn(() => setStateValue("tokens", after));
}
