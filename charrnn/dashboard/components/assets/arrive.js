// A section of the page that the browser is led to, once for each number that the page names.

import { unpack } from "./shared.js";

const SETTLED = 3000; // ms: so long what a section shows may take to come, and move it
const OWN = ["wheel", "touchmove", "pointerdown", "keydown"]; // from then on the page stays where its reader wants it

let last = "0";

export default (/** @type {Streamlit} */ { data }) => {
  const { section: key, number } = unpack(data).header;
  if (number === "0" || number === last) return;
  last = number;
  const section = document.querySelector(`.st-key-${key}`);
  if (section) lead(section);
};

/** Have the section stand at the top, also while it grows: before that there may not be enough below it. */
function lead(/** @type {Element} */ section) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const there = () => section.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
  const growing = new ResizeObserver(there);
  const done = new AbortController();
  done.signal.addEventListener("abort", () => growing.disconnect());
  growing.observe(section);
  OWN.forEach((deed) => addEventListener(deed, () => done.abort(), { signal: done.signal, passive: true }));
  setTimeout(() => done.abort(), SETTLED);
}
