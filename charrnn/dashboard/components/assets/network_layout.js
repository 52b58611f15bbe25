// Where everything of the drawn network lies, in CSS pixels before magnification, and what lies at a place.

/** @import { Frame, Spot, Part } from "./network_story.js" */

export const GUESS = 15, BARS = 92; // heights in pixels
const NEAR = 12; // columns drawn at most
const ROOM = 56; // pixels that a column takes at least

/** @typedef {{ narrow: boolean, names: number, columns: number[], wide: number, height: number }} Size */
/** @typedef {ReturnType<typeof places>} Places */

/**
 * Where everything lies in a picture of so many pixels, before magnification. The columns next to the cut, where that is
 * further back, are drawn beside the latest.
 * @type {(frame: Frame, width: number) => Size}
 */
export function measured({ at, N, units }, width) {
  const narrow = width < 560, names = narrow ? 64 : 118;
  const room = Math.max(4, Math.min(NEAR, Math.floor((width - names) / ROOM)));
  const far = room >= 8 ? at.filter((one) => one < N - NEAR).length : 0;
  const all = at.map((_, k) => k), latest = all.slice(all.length - Math.min(room - far, all.length - far));
  const columns = [...all.slice(0, far), ...latest];
  const wide = Math.min(112, (width - names) / columns.length);
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
  const k = size.columns[Math.floor(x / size.wide)], y = places(frame.units.length);
  if (k === undefined) return null;
  const gap = Math.abs((x % size.wide) - size.wide / 2) > size.wide / 2 - (size.wide - stateWidth(size)) / 2;
  if (at < y.guesses) return { part: "came", k, i: 0 };
  if (at < y.up - 4) return { part: "guess", k, i: Math.min(4, Math.floor((at - y.guesses) / GUESS), frame.likeliest(k).length - 1) };
  if (at < y.state) return { part: "W_hy", k, i: 0 };
  if (at < y.under) return gap ? { part: "W_hh", k, i: 0 } : { part: "state", k, i: Math.floor((at - y.state) / y.cell) };
  if (at < y.read - 16) return { part: "W_xh", k, i: 0 };
  if (at < y.share - 12) return { part: "read", k, i: 0 };
  return { part: "share", k, i: 0 };
}

export const stateWidth = (/** @type {Size} */ { wide }) => Math.min(30, wide * 0.46);

/** Where a spot lies: left, top, width, height. @type {(frame: Frame, size: Size, spot: Spot) => [number, number, number, number]} */
export function boxOf({ units }, size, { part, k, i }) {
  const y = places(units.length), wide = stateWidth(size), column = size.columns.indexOf(k), x = (column + 0.5) * size.wide;
  const guess = Math.min(size.wide, 60);
  /** @type {Record<Part, [number, number, number, number]>} */
  const boxes = {
    came: [x - 14, y.came - 1, 28, 26], guess: [x - guess / 2, y.guesses + i * GUESS, guess, GUESS],
    W_hy: [x - 8, y.up, 16, y.state - y.up - 2], state: [x - wide / 2 - 1, y.state + i * y.cell - 1, wide + 2, y.cell + 1],
    W_hh: [x - size.wide + wide / 2 + 9, (y.state + y.under) / 2 - 9, size.wide - wide - 12, 18],
    W_xh: [x - 8, y.under + 2, 16, y.read - y.under - 18], read: [x - 16, y.read - 16, 32, 32],
    share: [x - size.wide / 2 + 3, y.share + 30, size.wide - 6, BARS - 8],
  };
  return boxes[part];
}
