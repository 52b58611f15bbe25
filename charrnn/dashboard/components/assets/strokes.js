// What all curves and charts are drawn with: grid, labels, rules and dots.

import { fit } from "./shared.js";

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Plot */
/** @typedef {{ at: number, label?: string, bare?: boolean }} Tick */

const LINE = 13; // height of a line of small text

/**
 * The path of a straight line, drawn.
 * @param {Context} context
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
export function rule(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

export const crisp = (/** @type {number} */ value) => Math.round(value) + 0.5; // a line of one pixel, not of two half ones

/**
 * A dot as a part of the present path.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function dot(context, x, y, radius) {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/**
 * A dot with a rim of the background, to be seen on lines.
 * @param {Context} context
 * @param {Theme} theme
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
export function ringed(context, theme, x, y, colour) {
  for (const [fill, radius] of /** @type {const} */ ([[theme.background, 5.5], [colour, 4]])) {
    context.fillStyle = fill;
    context.beginPath();
    dot(context, x, y, radius);
    context.fill();
  }
}

/**
 * A rim of the background around letters, to be read on lines.
 * @param {Context} context
 * @param {Theme} theme
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
export function halo(context, theme, text, x, y) {
  context.strokeStyle = theme.background;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
}

/**
 * A grid with labels below the plot and on its left. Ticks are {at, label}, those that keep their labels where room is
 * short first; without a label they are fainter lines, `bare` ones are labels alone.
 * @param {Context} context
 * @param {{ plot: Plot, narrow: boolean, width: number }} layout
 * @param {Theme} theme
 * @param {Tick[]} across
 * @param {Tick[]} up
 */
export function drawGrid(context, { plot, narrow, width }, theme, across, up) {
  context.font = `11px ${theme.sans}`;
  context.lineWidth = 1;
  context.strokeStyle = theme.border;
  context.fillStyle = theme.muted;
  drawAcross(context, plot, width, narrow ? 5 : 8, across);
  context.textAlign = "right";
  /** @type {number[]} */
  const heights = [];
  for (const { at, label } of up) {
    const y = crisp(at);
    if (label && heights.some((other) => Math.abs(other - y) < 17)) continue;
    if (label) heights.push(y);
    line(context, label, plot.left, y, plot.right, y);
    if (label) context.fillText(label, plot.left - 6, y);
  }
}

/**
 * @param {Context} context
 * @param {Plot} plot
 * @param {number} width
 * @param {number} apart
 * @param {Tick[]} ticks
 */
function drawAcross(context, plot, width, apart, ticks) {
  context.textAlign = "center";
  /** @type {[left: number, right: number][]} */
  const taken = [];
  for (const { at, label, bare } of ticks) {
    const room = label ? context.measureText(label).width / 2 : 0, half = room + apart;
    const middle = Math.min(crisp(at), width - room); // the last one must not be cut
    const written = label && taken.every(([left, right]) => middle + half < left || middle - half > right);
    if (!bare) line(context, written, crisp(at), plot.top, crisp(at), plot.bottom);
    if (!written) continue;
    taken.push([middle - half, middle + half]);
    context.fillText(label, middle, plot.bottom + 10);
  }
}

/**
 * @param {Context} context
 * @param {unknown} strong
 * @param {[x1: number, y1: number, x2: number, y2: number]} ends
 */
function line(context, strong, ...ends) {
  context.globalAlpha = strong ? 0.8 : 0.35;
  rule(context, ...ends);
  context.globalAlpha = 1;
}

/**
 * Upright rules within the plot. A label that would lie on the one before goes lower, or is left to the card.
 * @param {Context} context
 * @param {Plot} plot
 * @param {Theme} theme
 * @param {{ at: number, label: string }[]} rules
 */
export function drawRules(context, plot, theme, rules) {
  context.font = `11px ${theme.sans}`;
  context.textAlign = "left";
  context.lineWidth = 1;
  context.strokeStyle = theme.mark;
  const placed = rules.map(({ at, label }) => ({ at: crisp(at), label }));
  const seen = placed.filter(({ at }) => at >= plot.left && at <= plot.right + 1);
  context.setLineDash([2, 2]);
  for (const { at } of seen) rule(context, at, plot.top, at, plot.bottom);
  context.setLineDash([]);
  const ends = [-Infinity, -Infinity, -Infinity];
  for (const { at, label } of seen) {
    const shown = fit(context, label, (plot.right - plot.left) / 2);
    const room = context.measureText(shown).width;
    const start = at + 4 + room <= plot.right ? at + 4 : at - 4 - room;
    const free = ends.findIndex((end) => start > end + 6);
    if (free < 0) continue;
    ends[free] = start + room;
    halo(context, theme, shown, start, plot.top + 5 + free * LINE);
    context.fillStyle = theme.mark;
    context.fillText(shown, start, plot.top + 5 + free * LINE);
  }
}
