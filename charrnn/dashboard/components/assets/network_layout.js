// Where everything of the drawn network lies, in CSS pixels before magnification, and what lies at a place.

/** @import { Frame, Spot, Part } from "./network_story.js" */
/** @import { Cell } from "./network_cells.js" */

export const GUESS = 15, BARS = 92; // heights in pixels
const NEAR = 12; // columns drawn at most
const ROOM = 56; // pixels that a column takes at least, more where it has several strips:
const BETWEEN = 30; // pixels for what states hand on
const STRIP = [9, 24]; // pixels for a strip of width 1, at least and at most

/** @typedef {{ narrow: boolean, names: number, columns: number[], wide: number, height: number }} Size */
/** @typedef {ReturnType<typeof places>} Places */

/**
 * Where everything lies in a picture of so many pixels, before magnification. The columns next to the cut, where that is
 * further back, are drawn beside the latest.
 * @type {(frame: Frame, width: number) => Size}
 */
export function measured({ at, N, units, cell }, width) {
  const narrow = width < 560, names = narrow ? 64 : 118, several = cell.strips.length > 1;
  const least = several ? BETWEEN + STRIP[0] * widths(cell) : ROOM;
  const room = Math.max(several ? 3 : 4, Math.min(NEAR, Math.floor((width - names) / least)));
  const far = room >= 8 ? at.filter((one) => one < N - NEAR).length : 0;
  const all = at.map((_, k) => k), latest = all.slice(all.length - Math.min(room - far, all.length - far));
  const columns = [...all.slice(0, far), ...latest];
  const wide = Math.min(several ? BETWEEN + STRIP[1] * widths(cell) : 164, (width - names) / columns.length);
  return { narrow, names, columns, wide, height: places(units.length).height };
}

/** The rows from top to bottom. */
export function places(/** @type {number} */ units) {
  const cell = units > 16 ? 7 : 11, guesses = 34, up = guesses + 5 * GUESS + 4, state = up + 40;
  const under = state + units * cell, read = under + 46, share = read + 20;
  return { came: 4, guesses, up, state, cell, under, read, share, height: share + BARS + 38 };
}

/** What lies at a place, or null. @type {(frame: Frame, size: Size, x: number, at: number) => Spot | null} */
export function spotAt(frame, size, x, at) {
  const column = Math.floor(x / size.wide), k = size.columns[column], y = places(frame.units.length);
  if (k === undefined) return null;
  const within = x - (column + 0.5) * size.wide;
  const strips = stripsOf(frame.cell, size), s = strips.findIndex(({ left, all }) => within >= left && within < left + all);
  const kept = frame.cell.kept && at < y.state + (y.under - y.state) / 2;
  /** @type {(part: Part, i?: number) => Spot} */
  const spot = (part, i = 0) => ({ part, k, i, s: 0 });
  if (at < y.guesses) return spot("came");
  if (at < y.up - 4) return spot("guess", Math.min(4, Math.floor((at - y.guesses) / GUESS), frame.likeliest(k).length - 1));
  if (at < y.state) return spot("W_hy");
  if (at < y.under && s < 0) return { ...spot(kept ? "kept" : "W_hh"), k: size.columns[column + Number(within > 0)] ?? k };
  if (at < y.under) return { ...spot("state", Math.floor((at - y.state) / y.cell)), s };
  if (at < y.read - 16) return spot("W_xh");
  if (at < y.share - 12) return spot("read");
  return spot("share");
}

const widths = (/** @type {Cell} */ { strips }) => strips.reduce((sum, { wide }) => sum + wide, 0);

/** How wide all that stands for a state is. @type {(cell: Cell, size: Size) => number} */
export const stateWidth = ({ strips }, { wide }) => (strips.length > 1 ? Math.max(wide - BETWEEN, wide * 0.6) : Math.min(30, wide * 0.46));

/**
 * The strips of a column from left to right, in pixels from its middle: where each begins, its width, where from there what
 * flows back stands and how wide, and the room of all that.
 * @type {(cell: Cell, size: Size) => { left: number, wide: number, back: { from: number, wide: number }, all: number }[]}
 */
export function stripsOf(cell, size) {
  const whole = stateWidth(cell, size);
  if (cell.strips.length === 1) return [{ left: -whole / 2, wide: whole, back: { from: whole + 2, wide: 5 }, all: whole + 7 }];
  let left = -whole / 2;
  return cell.strips.map(({ wide: part }) => {
    const all = (whole * part) / widths(cell), wide = 0.6 * all, strip = { left, wide, back: { from: wide, wide: 0.22 * all }, all };
    left += all;
    return strip;
  });
}

/** How far down from the top of a state its two ways to the next one are: through W_hh, and beside it. */
export const handed = (/** @type {Cell} */ { kept }) => (kept ? [0.72, 0.28] : [0.5, 0.5]);

/** Where a spot lies: left, top, width, height. @type {(frame: Frame, size: Size, spot: Spot) => [number, number, number, number]} */
export function boxOf({ units, cell }, size, { part, k, i, s }) {
  const y = places(units.length), wide = stateWidth(cell, size), column = size.columns.indexOf(k), x = (column + 0.5) * size.wide;
  const guess = Math.min(size.wide, 60), strip = stripsOf(cell, size)[s], high = y.under - y.state;
  const hand = { left: x - size.wide + wide / 2 + 9, wide: size.wide - wide - 12 }; // between two states
  /** @type {Record<Part, [number, number, number, number]>} */
  const boxes = {
    came: [x - 14, y.came - 1, 28, 26], guess: [x - guess / 2, y.guesses + i * GUESS, guess, GUESS],
    W_hy: [x - 8, y.up, 16, y.state - y.up - 2], state: [x + strip.left - 1, y.state + i * y.cell - 1, strip.wide + 2, y.cell + 1],
    W_hh: [hand.left, y.state + high * handed(cell)[0] - 9, hand.wide, 18],
    kept: [hand.left, y.state + high * handed(cell)[1] - 9, hand.wide, 18],
    W_xh: [x - 8, y.under + 2, 16, y.read - y.under - 18], read: [x - 16, y.read - 16, 32, 32],
    share: [x - size.wide / 2 + 3, y.share + 30, size.wide - 6, BARS - 8],
  };
  return boxes[part];
}
