// The drawn network as a picture: columns of a step, what has come about in them by a moment, and what flows back.

import { fit, glyph } from "./shared.js";
import { BARS, GUESS, boxOf, places, stateWidth } from "./network_layout.js";
import { BACK, TOLD, raised } from "./network_story.js";

/** @import { Frame, Spot } from "./network_story.js" */
/** @import { Places, Size } from "./network_layout.js" */

const HIGH = 58; // pixels of a bar at most
const LEAST = 1e-8; // of the largest gradient: below that it is not drawn, as on the memory chart

/** @typedef {{ top: number, decades: number }} Scale10 - the power of ten that it ends with, and how many it spans */
/** @typedef {{ context: Context, theme: Theme, frame: Frame, size: Size, y: Places, time: number, scale: Scale10 }} Brush */

/** How much of a beat is over: 0 to 1. */
const over = (/** @type {number} */ time, /** @type {number} */ beat) => Math.min(1, Math.max(0, time - beat));

/** The gradient's scale, logarithmic as on the memory chart. @type {(frame: Frame) => Scale10} */
function scaleOf({ share }) {
  const known = share.filter((value) => Number.isFinite(value) && value > 0), most = Math.max(1e-30, ...known);
  const top = Math.ceil(Math.log10(most)), least = Math.max(LEAST * most, Math.min(most / 10, ...known));
  return { top, decades: Math.min(8, Math.max(2, top - Math.floor(Math.log10(least)))) };
}

/** A size on it: 0 at its lower end, 1 at the upper. @type {(value: number, scale: Scale10) => number} */
const logarithmic = (value, { top, decades }) =>
  value > 0 ? Math.min(1, Math.max(0, 1 + (Math.log10(value) - top) / decades)) : 0;

/** @type {(context: Context, theme: Theme, frame: Frame, size: Size) => void} */
export function drawNames(context, theme, frame, { names, narrow }) {
  const y = places(frame.units.length), right = names - (narrow ? 5 : 12);
  const write = (/** @type {string} */ text, /** @type {number} */ at, strong = false, pixels = narrow ? 11 : 13) => {
    context.font = `${strong ? 600 : 400} ${pixels}px ${theme.sans}`;
    context.fillStyle = strong ? theme.text : theme.muted;
    context.fillText(fit(context, text, right), right, at);
  };
  const { units, H, chosen } = frame, middle = (y.state + y.under) / 2;
  context.textAlign = "right";
  write("what came", y.came + 13);
  write("its guesses", y.guesses + 2.5 * GUESS);
  write("state h", middle - 8, true);
  write(units.length < H ? `${units.length} of ${H}${narrow ? "" : " units"}` : `${H} units`, middle + 8, false, 11);
  if (units.length < H && !narrow) write(chosen ? "that were chosen" : "that moved it most", middle + 22, false, 11);
  write(narrow ? "reads" : "what it reads", y.read);
  write(narrow ? "gradient" : "gradient here, ‖dh‖", y.share + 18);
  const { top, decades } = scaleOf(frame);
  for (let power = 0; power <= decades; power += decades > 4 ? 2 : 1) {
    write(`10${raised(top - decades + power)}`, y.share + BARS + 4 - (power / decades) * HIGH, false, 10);
  }
}

/** @type {(context: Context, theme: Theme, frame: Frame, size: Size, time: number, spots: (Spot | null)[]) => void} */
export function drawColumns(context, theme, frame, size, time, spots) {
  /** @type {Brush} */
  const brush = { context, theme, frame, size, y: places(frame.units.length), time, scale: scaleOf(frame) };
  context.textAlign = "center";
  drawScale(brush);
  size.columns.forEach((k, i) => drawColumn(brush, k, i));
  drawCut(brush);
  for (const spot of spots) if (spot) outline(brush, spot);
}

/** @type {(brush: Brush, k: number, i: number) => void} */
function drawColumn(brush, k, i) {
  const { context, frame, size, time } = brush, last = i === size.columns.length - 1;
  const x = (i + 0.5) * size.wide, known = (/** @type {number} */ beat) => (last ? over(time, beat) : 1);
  const flows = over(time, BACK + size.columns.length - 1 - i); // what flows back has come here
  const learned = frame.at[k] >= frame.cut;
  context.globalAlpha = time > BACK && !learned ? 0.5 : 1;
  const faint = context.globalAlpha;
  drawRead(brush, x, frame.read[k], last);
  arrow(brush, x, brush.y.read - 17, x, brush.y.under + 4, faint * (0.25 + 0.75 * known(0)));
  if (i) drawCarried(brush, i, k, faint, known(1));
  drawState(brush, x, k, faint * known(2), flows);
  const told = time > TOLD + 1 && over(time, BACK - 1) > 0 && (!frame.last ? learned : last);
  if (last && !size.narrow) drawArrays(brush, x);
  if (told) arrow(brush, x, brush.y.up + 2, x, brush.y.state - 4, faint, brush.theme.mark, 3);
  else arrow(brush, x, brush.y.state - 4, x, brush.y.up + 2, faint * (0.25 + 0.75 * known(3)));
  drawGuesses(brush, x, k, faint * known(4), known(TOLD) === 1);
  drawCame(brush, x, k, faint * known(TOLD));
  drawShare(brush, x, k, flows, learned);
  context.globalAlpha = 1;
}

/** What the arrows at the last column carry. @type {(brush: Brush, x: number) => void} */
function drawArrays(brush, x) {
  const { size, y } = brush;
  letter(brush, "W_hy", x + 17, (y.up + y.state) / 2, 400, brush.theme.muted, 10);
  letter(brush, "W_xh", x + 17, (y.under + y.read) / 2 - 6, 400, brush.theme.muted, 10);
  const room = size.wide - stateWidth(size) > 56; // beside the arrow, else above the states
  letter(brush, "W_hh", x - size.wide / 2, room ? (y.state + y.under) / 2 - 11 : y.state - 9, 400, brush.theme.muted, 10);
}

/** @type {(brush: Brush, x: number, character: string, last: boolean) => void} */
function drawRead({ context, theme, y }, x, character, last) {
  context.beginPath();
  context.arc(x, y.read, 14, 0, 2 * Math.PI);
  context.fillStyle = theme.panel;
  context.fill();
  context.strokeStyle = last ? theme.accent : theme.border;
  context.lineWidth = last ? 2 : 1;
  context.stroke();
  letter({ context, theme }, glyph(character), x, y.read, 600, theme.text);
}

/** @type {(brush: Pick<Brush, "context" | "theme">, text: string, x: number, y: number, weight?: number, colour?: string, pixels?: number) => void} */
function letter({ context, theme }, text, x, y, weight = 400, colour = theme.muted, pixels = 15) {
  context.font = `${weight} ${pixels}px ${theme.mono}`;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** What a state hands on to the next, and what comes back the same way. @type {(brush: Brush, i: number, k: number, faint: number, known: number) => void} */
function drawCarried(brush, i, k, faint, known) {
  const { frame, size, y, theme, time, context } = brush, middle = (y.state + y.under) / 2, half = stateWidth(size) / 2 + 3;
  const from = (i - 0.5) * size.wide + half + 7, to = (i + 0.5) * size.wide - half;
  const before = size.columns[i - 1], left = frame.at[k] - frame.at[before] - 1;
  const back = over(time, BACK + size.columns.length - i), learned = frame.at[k] > frame.cut;
  if (left > 0) {
    letter(brush, "⋯", (from + to) / 2, middle - 7, 600);
    letter(brush, String(left), (from + to) / 2, middle + 8, 400, theme.muted, 10);
  } else if (back && Number.isFinite(frame.share[before])) {
    const thick = 1 + 3.5 * logarithmic(frame.share[before], brush.scale);
    arrow(brush, to, middle, to + (from - to) * back, middle, learned ? 1 : 0.6, learned ? theme.mark : theme.muted, thick);
  } else arrow(brush, from, middle, to, middle, faint * (0.25 + 0.75 * known));
  context.globalAlpha = faint;
}

/** @type {(brush: Brush, fromX: number, fromY: number, toX: number, toY: number, alpha: number, colour?: string, thick?: number) => void} */
function arrow({ context, theme }, fromX, fromY, toX, toY, alpha, colour = theme.muted, thick = 1.25) {
  const length = Math.hypot(toX - fromX, toY - fromY), head = Math.min(length, 4 + 1.5 * thick);
  if (length < 1) return;
  const before = context.globalAlpha, dx = (toX - fromX) / length, dy = (toY - fromY) / length, wide = 2 + thick;
  context.globalAlpha = alpha;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = thick;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX - head * dx, toY - head * dy);
  context.stroke();
  context.beginPath();
  context.moveTo(toX, toY);
  context.lineTo(toX - head * dx - wide * dy, toY - head * dy + wide * dx);
  context.lineTo(toX - head * dx + wide * dy, toY - head * dy - wide * dx);
  context.fill();
  context.globalAlpha = before;
}

/** The state as cells, and beside each what flows back through it. @type {(brush: Brush, x: number, k: number, alpha: number, flows: number) => void} */
function drawState({ context, theme, frame, size, y, scale }, x, k, alpha, flows) {
  const U = frame.units.length, wide = stateWidth(size), left = x - wide / 2, before = context.globalAlpha;
  const { h, dh } = frame.held;
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, y.state - 0.5, wide + 1, U * y.cell);
  for (let i = 0; i < U; i++) {
    const value = h[k * U + i], back = dh[k * U + i], at = y.state + i * y.cell;
    context.globalAlpha = alpha;
    context.fillStyle = theme.signed.fill[Number.isNaN(value) ? 128 : Math.round((value + 1) * 127.5)];
    context.fillRect(left, at, wide, y.cell - 1);
    if (!flows || !Number.isFinite(back)) continue;
    context.globalAlpha = before * flows;
    const size = Math.sign(back) * logarithmic(Math.abs(back), scale);
    context.fillStyle = theme.signed.fill[Math.round((size + 1) * 127.5)];
    context.fillRect(left + wide + 2, at, 5, y.cell - 1);
  }
  context.globalAlpha = before;
}

/** @type {(brush: Brush, x: number, k: number, alpha: number, told: boolean) => void} */
function drawGuesses(brush, x, k, alpha, told) {
  const { context, theme, frame, size, y } = brush, before = context.globalAlpha;
  const left = x - Math.min(26, size.wide * 0.42), full = Math.min(44, size.wide * 0.84 - 14);
  context.globalAlpha = alpha;
  frame.likeliest(k).forEach(([character, p], i) => {
    const right = told && character === frame.came[k], at = y.guesses + (i + 0.5) * GUESS;
    letter(brush, glyph(character), left + 4, at, right ? 700 : 400, right ? theme.text : theme.muted, 12);
    context.fillStyle = right ? theme.accent : theme.muted;
    context.globalAlpha = right ? alpha : alpha * 0.4;
    context.fillRect(left + 13, at - 4, Math.max(1, p * full), 8);
    context.globalAlpha = alpha;
  });
  context.globalAlpha = before;
}

/** @type {(brush: Brush, x: number, k: number, alpha: number) => void} */
function drawCame(brush, x, k, alpha) {
  const { context, theme, frame, y } = brush, before = context.globalAlpha, p = Math.exp(-frame.loss[k]);
  const right = frame.likeliest(k)[0][0] === frame.came[k], shade = Math.round(255 * (Number.isFinite(p) ? p : 0));
  context.globalAlpha = alpha;
  context.fillStyle = theme.right.fill[right ? shade : 0];
  if (right) context.fillRect(x - 13, y.came, 26, 24);
  letter(brush, glyph(frame.came[k]), x, y.came + 13, 600, right ? theme.right.ink[shade] : theme.text, 16);
  context.globalAlpha = before;
}

/** Lines for powers of ten behind the bars. */
function drawScale(/** @type {Brush} */ { context, theme, size, y, scale: { decades } }) {
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  for (let power = 0; power <= decades; power++) {
    const at = Math.round(y.share + BARS + 4 - (power / decades) * HIGH) + 0.5;
    context.beginPath();
    context.moveTo(0, at);
    context.lineTo(size.columns.length * size.wide, at);
    context.stroke();
  }
}

/** @type {(brush: Brush, x: number, k: number, flows: number, learned: boolean) => void} */
function drawShare(brush, x, k, flows, learned) {
  const { context, theme, frame, size, y, scale } = brush, share = frame.share[k];
  if (!flows || !Number.isFinite(share)) return;
  const wide = Math.min(30, size.wide * 0.5), high = flows * logarithmic(share, scale) * HIGH, foot = y.share + BARS + 4;
  context.globalAlpha = learned ? 1 : 0.6;
  if (learned) {
    context.fillStyle = theme.mark;
    context.fillRect(x - wide / 2, foot - high, wide, high);
  } else {
    context.strokeStyle = theme.mark;
    context.setLineDash([3, 2]);
    context.strokeRect(x - wide / 2, foot - high, wide, high);
    context.setLineDash([]);
  }
  const digits = share >= 1 ? share.toFixed(2) : share >= 0.001 ? share.toPrecision(2) : share.toExponential(0).replace("-", "−");
  letter({ context, theme }, digits, x, foot + 12, 400, theme.muted, 10);
}

/** Where the unroll is cut. */
function drawCut(/** @type {Brush} */ { context, theme, frame, size, y, time }) {
  const i = size.columns.findIndex((k) => frame.at[k] >= frame.cut), back = `learning looks ${frame.T} back`;
  context.globalAlpha = 0.35 + 0.65 * over(time, BACK);
  context.font = `12px ${theme.sans}`;
  context.fillStyle = theme.text;
  if (i > 0) {
    const x = Math.round(i * size.wide) + 0.5;
    context.strokeStyle = theme.text;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(x, y.up);
    context.lineTo(x, y.height - 22);
    context.stroke();
    context.setLineDash([]);
    context.textAlign = x < 180 ? "left" : "center";
    context.fillText(`${back}: what lies left of here it never sees`, x < 180 ? 2 : x, y.height - 8);
  } else if (frame.cut > 0) {
    context.textAlign = "left";
    context.fillText(`← ${back}`, 2, y.height - 8);
  }
  context.textAlign = "center";
  context.globalAlpha = 1;
}

/** @type {(brush: Brush, spot: Spot) => void} */
function outline({ context, theme, frame, size }, spot) {
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5;
  context.strokeRect(...boxOf(frame, size, spot));
}
