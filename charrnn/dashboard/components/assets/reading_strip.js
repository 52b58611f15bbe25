// The reading strip: one held-out sentence, read again and again by the same network as it learns.

import { _, decimals } from "./language.js";
import { percent, real, signedText, spoken, unpack, within } from "./shared.js";
import { STYLE as GUESSES, cameText, cell, guessTable, guessWords, guessesOf } from "./guesses.js";
import { grid } from "./grid.js";
import { make, renderer } from "./stage.js";
import { drawing } from "./strip_picture.js";

const STYLE = `${GUESSES}
  .card .units { border-top: 1px solid var(--border); margin-top: 5px; padding-top: 4px; color: var(--muted); }
  .card .units td { line-height: 1.25; }
`;

export default renderer(STYLE, (stage) =>
  grid(stage, "pinned", stripOf, [[_("Character before"), "‹", -1], [_("Next character"), "›", 1]]));

/** @type {(bytes: Uint8Array) => Picture<number>} */
function stripOf(bytes) {
  const frame = frameOf(bytes);
  const { text, columns, now, units, surprise, likeliest, pinned } = frame;
  const right = now.guess.filter((character, j) => character === text[j]).length;
  const held = (/** @type {Unit} */ { values }, /** @type {number} */ j) => signedText(real(values[j]));

  return {
    ...drawing(frame),
    file: "reading-strip.png",
    alternative: _(
      "The text that came: {text} — {label}: {guess} — {right} of {columns} guessed right. Arrow keys pin a character, Escape lets it go.",
      { text: text.join(""), label: now.label, guess: now.guess.join(""), right: percent(right / columns), columns },
    ),
    picked: pinned,
    cardWidth: 196,
    has: (j) => j < columns,

    beside: (j, _, across) => within((j ?? (across > 0 ? -1 : columns)) + across, columns),

    card(j) {
      const rows = units.map((unit) => make("tr", {}, [cell("", unit.name), cell("number", held(unit, j))]));
      return [
        make("p", { textContent: cameText(text[j], surprise[j]) }),
        guessTable(likeliest(j), text[j]),
        make("div", { className: "units", hidden: !units.length }, [make("table", {}, rows)]),
      ];
    },

    say(j) {
      const came = _("Came: {sign}, {bits} bits.", { sign: spoken(text[j]), bits: decimals(surprise[j].toFixed(1)) });
      const units_ = units.map((unit) => `${unit.name} ${held(unit, j)}`).join(", ");
      const where = _("Character {at} of {columns}.", { at: j + 1, columns });
      const holds = units_ && _("Held: {units}.", { units: units_ });
      return [where, came, guessWords(likeliest(j)), holds].filter(Boolean).join(" ");
    },
  };
}

/** @type {(bytes: Uint8Array) => Strip} */
function frameOf(bytes) {
  const message = unpack(bytes), { header, take } = message;
  /** @type {string[]} */
  const text = Array.from(header.text);
  const columns = text.length;
  const { surprise, likeliest } = guessesOf(message, columns);
  const units = header.units.map((/** @type {string} */ name) => ({ name, values: take(Int16Array, columns) }));
  const rows = header.rows.map((/** @type {{ label: string, guess: string }} */ { label, guess }) => {
    const characters = Array.from(guess);
    return { label, guess: characters, p: take(Uint8Array, characters.length) };
  });
  const best = text.map((_, j) => likeliest(j)[0]);
  const p = Uint8Array.from(best, ([, probability]) => Math.round(255 * probability));
  const now = { label: header.now, guess: best.map(([character]) => character), p };
  return { text, columns, rows, now, surprise, units, likeliest, reach: header.reach, pinned: header.pinned };
}
