// What a network expected at each place of a text: the likeliest characters as a small table with bars, the one that came
// marked, and in words.

import { _, decimals } from "./language.js";
import { glyph, percent, spoken } from "./shared.js";
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
 * From a message: at each of T places the likeliest characters, best first, and the bits of the one that came.
 * @type {(message: Message, T: number) => { surprise: Float32Array, likeliest: (at: number) => Guess[] }}
 */
export function guessesOf({ header, take }, T) {
  /** @type {string[]} */
  const top = Array.from(header.top);
  const best = top.length / T, p = take(Uint16Array, top.length);
  const surprise = Float32Array.from(take(Uint16Array, T), (number) => number / 1000);
  /** @type {(at: number) => Guess[]} */
  const likeliest = (at) => Array.from({ length: best }, (_, k) => [top[at * best + k], p[at * best + k] / 65535]);
  return { surprise, likeliest };
}

/**
 * A table of the likeliest characters; `came` is the one that came.
 * @type {(pairs: Guess[], came?: string) => HTMLTableElement}
 */
export function guessTable(pairs, came) {
  const rows = pairs.map(([character, p]) => {
    const bar = make("div", { className: "bar" });
    bar.style.width = `${100 * p}%`;
    const right = character === came;
    const cells = [cell("sign", glyph(character)), cell("", bar), cell("number", (right ? "✓ " : "") + percent(p))];
    return make("tr", { className: right ? "came" : "" }, cells);
  });
  return make("table", {}, rows);
}

/** @type {(className: string, content: string | Node) => HTMLTableCellElement} */
export const cell = (className, content) => make("td", { className }, [content]);

/**
 * How likely the character was that came, in signs.
 * @type {(character: string, bits: number) => string}
 */
export const cameText = (character, bits) => _("came {sign} · {p} · {bits} bits",
  { sign: glyph(character), p: percent(2 ** -bits), bits: decimals(bits.toFixed(1)) });

/** The likeliest characters in words. */
export const guessWords = (/** @type {Guess[]} */ pairs) =>
  _("Likeliest: {guesses}.", { guesses: pairs.map(([character, p]) => `${spoken(character)} ${percent(p)}`).join(", ") });
