// What a network expected at one place, as a small table: the likeliest characters with bars, the one that came marked.

import { glyph, percent } from "./shared.js";
import { make } from "./stage.js";

export const STYLE = `
  .card table { border-collapse: collapse; width: 100%; table-layout: fixed; }
  .card td, .card p { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .card td { padding: 0; line-height: 1.45; }
  .card .sign { width: 1.6em; font-family: var(--st-code-font); }
  .card .number { width: 5.2em; text-align: right; }
  .card .bar { height: .75em; background: var(--muted); opacity: .45; min-width: 1px; }
  .card .came td { font-weight: 600; }
  .card .came .bar { background: var(--accent); opacity: 1; }
  .card p { margin: 0 0 4px; }
`;

/**
 * A table of the likeliest characters; `came` is the one that came.
 * @param {Guess[]} pairs
 * @param {string} [came]
 */
export function likeliest(pairs, came) {
  const rows = pairs.map(([character, p]) => {
    const bar = make("div", { className: "bar" });
    bar.style.width = `${100 * p}%`;
    const right = character === came;
    /** @type {[string, string | Node][]} */
    const cells = [["sign", glyph(character)], ["", bar], ["number", (right ? "✓ " : "") + percent(p)]];
    const row = cells.map(([className, content]) => make("td", { className }, [content]));
    return make("tr", { className: right ? "came" : "" }, row);
  });
  return make("table", {}, rows);
}
