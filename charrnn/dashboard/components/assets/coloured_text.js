// A text whose characters are coloured by one row of numbers at a time. Up and down step from row to row, left and
// right from character to character; with shift, or after the button ⇥, a whole stretch is picked.

import { _, decimals } from "./language.js";
import { glyph, isMarked, legend, signedText, spoken, unpack, within } from "./shared.js";
import { STYLE as GUESSES, cameText, guessTable, guessWords, guessesOf } from "./guesses.js";
import { MOVED_IN, asked, button, make, placeBeside, renderer, sharedChoice, surroundings } from "./stage.js";

/** @typedef {{ row: number, start: number | null, end: number | null }} Picked - a row, and a stretch of the text if any */

/**
 * @typedef {object} Frame
 * @property {string} whole
 * @property {string[]} text
 * @property {string[]} rows - their names
 * @property {{ title: string, signed: boolean, limit: number, unit?: string }} colouring
 * @property {"next" | "here"} of - which character was guessed
 * @property {Picked | null} chosen
 * @property {boolean} stretches
 * @property {boolean} card
 * @property {Float32Array} surprise - bits
 * @property {(row: number, t: number) => number} byte
 * @property {(row: number, t: number) => string} written
 * @property {(t: number) => Guess[]} likeliest
 * @property {(t: number) => string | undefined} came
 */

const STYLE = `${GUESSES}
  .head { display: flex; align-items: center; gap: 4px; min-height: 30px; font-size: calc(14px * var(--zoom)); }
  .head b { min-width: 9em; }
  .head .of { color: var(--muted); }
  .text { font: calc(15px * var(--zoom))/1.65 var(--st-code-font); white-space: break-spaces; overflow-wrap: anywhere;
          max-height: 320px; overflow-y: auto; outline: none; cursor: default; user-select: none; position: relative; }
  .text:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
  .text span { padding: 2px 0; border-top: 2px solid transparent; border-bottom: 2px solid transparent; }
  .text .in { border-color: var(--text); }
  .text .first { box-shadow: -2px 0 var(--text); }
  .text .last { box-shadow: 2px 0 var(--text); }
  .text .first.last { box-shadow: -2px 0 var(--text), 2px 0 var(--text); }
  .text .end { opacity: .6; }
  .text .below { background: linear-gradient(currentColor 0 0) 50% 100% / 60% 2px no-repeat; }
  .on { background: var(--panel); color: var(--accent); }
`;

export default renderer(STYLE, (stage) => {
  const name = make("b"), of = make("span", { className: "of" });
  const steps = [button(_("Row before (arrow up)"), "▴", () => turn(-1)), button(_("Next row (arrow down)"), "▾", () => turn(1))];
  const head = make("div", { className: "head" }, [...steps, name, of]);
  const text = make("div", { className: "text", tabIndex: 0, at: MOVED_IN });
  const extend = button(_("Pick up to the next character that is pressed"), "⇥", reach);
  const moves = [button(_("Character before"), "‹", () => move(-1)), button(_("Next character"), "›", () => move(1)), extend];
  const { foot, card, said, legendContext } = surroundings(stage, moves);
  stage.root.append(head, text, foot, card, said);

  const chosen = /** @type {Choice<Picked>} */ (sharedChoice(stage, "chosen")); // once there is a frame
  /** @type {Frame} */
  let frame;
  /** @type {HTMLElement[]} */
  let spans = [];
  /** @type {number | null} */
  let hover = null;
  /** @type {number | null} */
  let anchor = null;
  let reaching = false;

  const row = () => chosen.value.row;

  /** The stretch that is picked, if any. */
  function stretch() {
    const { start, end } = chosen.value;
    return start === null || end === null ? null : { start, end };
  }

  function show(/** @type {Uint8Array} */ bytes) {
    const before = frame;
    frame = frameOf(bytes);
    chosen.hear(/** @type {Picked} */ (frame.chosen));
    const { row: at = 0, start = null, end = null } = chosen.value ?? {};
    const kept = end !== null && end <= frame.text.length;
    chosen.value = { row: Math.min(at, frame.rows.length - 1), start: kept ? start : null, end: kept ? end : null };
    if (hover !== null && hover >= frame.text.length) hover = null;
    if (before?.whole !== frame.whole) write();
    head.hidden = frame.rows.length < 2 && !frame.rows[0];
    for (const one of steps) one.hidden = frame.rows.length < 2;
    extend.hidden = !frame.stretches;
    text.setAttribute("aria-label", alternative(frame));
    stage.ready = true;
  }

  function write() {
    spans = frame.text.map((character) => {
      const shown = character === " " ? " " : glyph(character);
      return make("span", { textContent: shown, className: character === "\n" ? "end" : "" });
    });
    text.replaceChildren(...spans.flatMap((span, t) => (frame.text[t] === "\n" ? [span, "\n"] : [span])));
  }

  function paint() {
    const { theme } = stage;
    const colours = frame.colouring.signed ? theme.signed : theme.surprise;
    const picked = stretch();
    spans.forEach((span, t) => {
      const value = frame.byte(row(), t);
      span.style.backgroundColor = colours.fill[value];
      span.style.color = colours.ink[value];
      const inside = picked !== null && t >= picked.start && t < picked.end;
      span.classList.toggle("below", frame.colouring.signed && isMarked(value));
      span.classList.toggle("in", inside);
      span.classList.toggle("first", inside && t === picked.start);
      span.classList.toggle("last", inside && t === picked.end - 1);
    });
    name.textContent = frame.rows[row()];
    of.textContent = frame.rows.length > 1 ? _("{at} of {rows}", { at: row() + 1, rows: frame.rows.length }) : "";
    for (const one of moves.slice(0, 2)) one.hidden = !picked;
    extend.classList.toggle("on", reaching);
    const { title, signed, limit, unit = "" } = frame.colouring;
    const tidy = decimals(String(Math.round(limit * 100) / 100)) + (unit ? ` ${unit}` : "");
    const ends = { low: signed ? `−${tidy}` : "0", high: signed ? `+${tidy}` : tidy };
    const narrow = stage.width < 640 * theme.zoom;
    legend(legendContext(), theme, { x: 0, y: 12, width: narrow ? 36 : 96, title: narrow ? "" : title, colours, ...ends });
    showCard(hover ?? (picked && frame.card && picked.end - picked.start === 1 ? picked.start : null));
  }

  function showCard(/** @type {number | null} */ t) {
    card.hidden = t === null;
    if (t === null) return;
    const came = frame.came(t), bits = frame.surprise[t];
    const lines = [make("p", { textContent: held(frame, row(), t, glyph) })];
    const told = came === undefined ? "" : cameText(came, bits);
    if (told && bits < 65.5) lines.push(make("p", { textContent: frame.of === "next" ? _("then {told}", { told }) : told }));
    card.replaceChildren(...lines, guessTable(frame.likeliest(t), came));
    const box = spans[t].getBoundingClientRect(), outer = stage.root.getBoundingClientRect();
    const left = box.left - outer.left;
    placeBeside(card, { left, right: left + box.width, width: stage.width, wish: 210 * stage.theme.zoom });
    card.style.top = `${box.bottom - outer.top + 6}px`;
  }

  function place(/** @type {MouseEvent} */ { target }) {
    const at = spans.indexOf(/** @type {HTMLElement} */ (target));
    return at < 0 ? null : at;
  }

  function choose(/** @type {Partial<Picked>} */ value) {
    chosen.choose({ ...chosen.value, ...value });
    said.textContent = describe(frame, chosen.value);
    stage.redraw();
  }

  const pick = (/** @type {number} */ from, /** @type {number} */ to) => choose({ start: Math.min(from, to), end: Math.max(from, to) + 1 });

  function release() {
    anchor = null;
    choose({ start: null, end: null });
  }

  const turn = (/** @type {number} */ by) => choose({ row: within(row() + by, frame.rows.length) });

  function move(/** @type {number} */ by, extending = false) {
    const picked = stretch();
    if (!picked) {
      anchor = by > 0 ? 0 : frame.text.length - 1;
      pick(anchor, anchor);
      return;
    }
    const { start, end } = picked;
    anchor = anchor !== null && anchor >= start && anchor < end ? anchor : start;
    const moving = anchor === start ? end - 1 : start;
    const to = within(moving + by, frame.text.length);
    if (!extending || !frame.stretches) anchor = to;
    pick(anchor, to);
    spans[to].scrollIntoView({ block: "nearest" });
  }

  function reach() {
    reaching = !reaching;
    stage.redraw();
  }

  function point(/** @type {number | null} */ at) {
    if (at === hover) return;
    hover = at;
    stage.redraw();
  }

  text.onpointerdown = (event) => {
    const at = place(event);
    if (at === null || event.button) return;
    const picked = stretch();
    if (frame.stretches && picked && (reaching || event.shiftKey)) {
      reaching = false;
      pick(picked.start, at);
    } else if (picked && picked.start === at && picked.end === at + 1) release();
    else {
      anchor = at;
      pick(at, at);
    }
  };
  text.onpointermove = (event) => {
    if (event.pointerType !== "mouse") return;
    const at = place(event);
    if (event.buttons === 1 && frame.stretches && anchor !== null && at !== null) pick(anchor, at);
    point(at);
  };
  text.onpointerleave = () => point(null);
  text.onscroll = () => stage.ready && showCard(null);
  text.onkeydown = (event) => {
    const { by: [down, across] = [0, 0], away } = asked(event);
    hover = null;
    if (across) move(across, event.shiftKey);
    else if (down && frame.rows.length > 1) turn(down);
    else if (away && stretch()) release();
    else return;
    event.preventDefault();
  };

  return { show, paint };
});

const alternative = (/** @type {Frame} */ { text, colouring, rows }) =>
  _("{title} on the text: {text}.", { title: colouring.title, text: text.join("") }) + " " + (rows.length > 1
    ? _("Up and down step from row to row, left and right from character to character, Escape lets go.")
    : _("Left and right step from character to character, Escape lets go."));

const nameOf = (/** @type {Frame} */ { rows, colouring }, /** @type {number} */ row) => rows[row] || colouring.title;

/** @type {(frame: Frame, row: number, t: number, sign: (character: string) => string) => string} */
const held = (frame, row, t, sign) => _("{name} at {sign}: {value}", { name: nameOf(frame, row), sign: sign(frame.text[t]), value: frame.written(row, t) });

function describe(/** @type {Frame} */ frame, /** @type {Picked} */ { row, start, end }) {
  const name = nameOf(frame, row);
  if (start === null || end === null) return name;
  if (end - start > 1) return _("{name}. Picked: {text}", { name, text: frame.text.slice(start, end).map(spoken).join(" ") });
  return `${held(frame, row, start, spoken)}. ${guessWords(frame.likeliest(start))}`;
}

/** @type {(bytes: Uint8Array) => Frame} */
function frameOf(bytes) {
  const message = unpack(bytes), { header, take } = message;
  /** @type {string[]} */
  const text = Array.from(header.text);
  const T = text.length, guesses = guessesOf(message, T);
  const numbers = take(Uint8Array, T * header.rows.length);
  /** @type {Frame["colouring"]} */
  const { signed, limit, unit = "" } = header.colouring;
  const byte = (/** @type {number} */ row, /** @type {number} */ t) => numbers[row * T + t];
  const written = (/** @type {number} */ row, /** @type {number} */ t) => {
    const part = signed ? (byte(row, t) - 128) / 127 : byte(row, t) / 255;
    const number = signed ? signedText(limit * part, 2) : decimals((limit * part).toFixed(2)); // a byte holds two decimals
    return unit ? `${number} ${unit}` : number;
  };
  const came = (/** @type {number} */ t) => text[header.of === "next" ? t + 1 : t];
  return { ...header, ...guesses, whole: header.text, text, byte, written, came };
}
