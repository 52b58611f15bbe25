// A part of the page that the browser is led to, once for each number that the page names.

import { unpack } from "./shared.js";

const SETTLED = 3000; // ms: so long what a section shows may go on to come, and move it
const MOVES = ["wheel", "touchmove"], DEEDS = ["pointerdown", "keydown"]; // from then on the page stays where its reader wants it

const led = new Set();

export default (/** @type {Streamlit} */ { data }) => {
  const { part: key, number, block } = unpack(data).header;
  if (number === "0" || led.has(key + number)) return;
  led.add(key + number);
  lead(`.st-key-${key}`, block);
};

/**
 * Have the part stand in its place, as soon as it is there, and also while the page grows: before that there may not be
 * enough below it, and what comes above it moves it.
 * @type {(part: string, block: ScrollLogicalPosition) => void}
 */
function lead(part, block) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const done = new AbortController();
  let arrived = false;
  const growing = new ResizeObserver(() => {
    const there = document.querySelector(part);
    if (!there) return;
    there.scrollIntoView({ block, behavior: still ? "instant" : "smooth" });
    if (!arrived) setTimeout(() => done.abort(), SETTLED);
    arrived = true;
  });
  done.signal.addEventListener("abort", () => growing.disconnect());
  document.querySelectorAll("main > *").forEach((page) => growing.observe(page));
  const own = { signal: done.signal, passive: true };
  MOVES.forEach((deed) => addEventListener(deed, () => done.abort(), own));
  DEEDS.forEach((deed) => addEventListener(deed, () => arrived && done.abort(), own)); // before, one of them may bring the part
}
