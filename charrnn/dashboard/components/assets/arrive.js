// A part of the page that the browser is led to, once for each number that the page names.

import { unpack } from "./shared.js";

const SETTLED = 3000; // ms: so long what a section shows may take to come, and move it
const OWN = ["wheel", "touchmove", "pointerdown", "keydown"]; // from then on the page stays where its reader wants it

const led = new Set(["0"]);

export default (/** @type {Streamlit} */ { data }) => {
  const { part: key, number, block } = unpack(data).header;
  if (led.has(number)) return;
  led.add(number);
  const part = document.querySelector(`.st-key-${key}`);
  if (part) lead(part, block);
};

/**
 * Have the part stand in its place, also while it grows: before that there may not be enough below it.
 * @type {(part: Element, block: ScrollLogicalPosition) => void}
 */
function lead(part, block) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const there = () => part.scrollIntoView({ block, behavior: still ? "instant" : "smooth" });
  const growing = new ResizeObserver(there);
  const done = new AbortController();
  done.signal.addEventListener("abort", () => growing.disconnect());
  growing.observe(part);
  OWN.forEach((deed) => addEventListener(deed, () => done.abort(), { signal: done.signal, passive: true }));
  setTimeout(() => done.abort(), SETTLED);
}
