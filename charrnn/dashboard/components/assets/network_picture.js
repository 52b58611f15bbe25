// The drawn network as a picture: columns of a step, what has come about in them by a moment, and what flows back.

import { _ } from "./language.js";
import { fit, glyph, isMarked, lineOn } from "./shared.js";
import { BARS, GUESS, boxOf, handed, places, stateWidth, stripsOf } from "./network_layout.js";
import { raised } from "./network_numbers.js";
import { backAt, toldAt } from "./network_story.js";

/** @import { Frame, Spot } from "./network_story.js" */
/** @import { Strip } from "./network_cells.js" */
/** @import { Places, Size } from "./network_layout.js" */

const HIGH = 58; // pixels of a bar at most
const LETTERS = 17; // pixels above a strip that has its letter there
const BESIDE = 20; // pixels from the middle of a state to what it hands on, at least
const LEAST = 1e-8; // of the largest gradient: below that it is not drawn, as on the memory chart

/** @typedef {{ top: number, decades: number }} Scale10 - the power of ten that it ends with, and how many it spans */
/** @typedef {{ context: Context, theme: Theme, frame: Frame, size: Size, y: Places, time: number, scale: Scale10 }} Brush */

/** How many beats are over of those from one on. */
const over = (/** @type {number} */ time, /** @type {number} */ beat, beats = 1) => Math.min(beats, Math.max(0, time - beat));

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
  const { units, H, chosen, cell } = frame, middle = (y.state + y.under) / 2;
  context.textAlign = "right";
  write(_("what came"), y.came + 13);
  write(_("its guesses"), y.guesses + 2.5 * GUESS);
  write(narrow && cell.kept ? _("state") : _(cell.title), middle - 8, true);
  const some = { at: units.length, rows: H };
  const many = narrow ? _("{at} of {rows}", some) : _("{at} of {rows} units", some);
  write(units.length < H ? many : _("{H} units", { H }), middle + 8, false, 11);
  if (units.length < H && !narrow) write(chosen ? _("that were chosen") : _("that moved it most"), middle + 22, false, 11);
  write(narrow ? _("reads") : _("what it reads"), y.read);
  write(narrow ? _("gradient") : _(cell.bar), y.share + 18);
  const { top, decades } = scaleOf(frame);
  for (let power = 0; power <= decades; power += decades > 4 ? 2 : 1) {
    write(`10${raised(top - decades + power)}`, y.share + BARS + 4 - (power / decades) * HIGH, false, 10);
  }
}

/**
 * Between which places the picture looks otherwise at one moment than at another: what the last column says makes its way
 * up, and then what flows back goes from column to column.
 * @type {(frame: Frame, size: Size, one: number, other: number) => Span}
 */
export function moved(frame, { columns, wide }, one, other) {
  const last = columns.length - 1, goes = backAt(frame);
  const passed = (/** @type {number} */ beat, /** @type {number} */ beats) => over(one, beat, beats) !== over(other, beat, beats);
  if (passed(goes - 1, 2)) return [0, columns.length * wide]; // learning begins, and what it does not reach turns pale
  const those = columns.map((_, i) => i).filter((i) => passed(goes + last - i, 2) || (i === last && passed(0, goes)));
  return those.length ? [reach(those[0], wide)[0], reach(those[those.length - 1], wide)[1]] : [0, 0];
}

/** From where to where a column draws, with what the state before it hands on. @type {(i: number, wide: number) => Span} */
const reach = (i, wide) => [(i - 0.5) * wide + BESIDE, (i + 1) * wide];

/**
 * Draw what lies between two places, perhaps a little more.
 * @type {(context: Context, theme: Theme, frame: Frame, size: Size, time: number, spots: (Spot | null)[], span: Span) => void}
 */
export function drawColumns(context, theme, frame, size, time, spots, [from, to]) {
  /** @type {Brush} */
  const brush = { context, theme, frame, size, y: places(frame.units.length), time, scale: scaleOf(frame) };
  context.textAlign = "center";
  drawScale(brush);
  size.columns.forEach((k, i) => {
    const [left, right] = reach(i, size.wide);
    if (right > from && left < to) drawColumn(brush, k, i);
  });
  drawCut(brush);
  for (const spot of spots) if (spot) outline(brush, spot);
}

/** @type {(brush: Brush, k: number, i: number) => void} */
function drawColumn(brush, k, i) {
  const { context, frame, size, time } = brush, last = i === size.columns.length - 1;
  const x = (i + 0.5) * size.wide, known = (/** @type {number} */ beat) => (last ? over(time, beat) : 1);
  const goes = backAt(frame), tells = toldAt(frame), made = frame.cell.reads.length;
  const flows = over(time, goes + size.columns.length - 1 - i); // what flows back has come here
  const learned = frame.at[k] >= frame.cut;
  context.globalAlpha = time > goes && !learned ? 0.5 : 1;
  const faint = context.globalAlpha;
  drawRead(brush, x, frame.read[k], last);
  arrow(brush, x, brush.y.read - 17, x, brush.y.under + 4, faint * (0.25 + 0.75 * known(0)));
  if (i) drawCarried(brush, i, k, faint, known);
  frame.cell.strips.forEach((strip, s) => drawStrip(brush, strip, s, x, k, faint * known(strip.beat), flows));
  const told = time > tells + 1 && over(time, goes - 1) > 0 && (!frame.last ? learned : last);
  if (last && !size.narrow) drawArrays(brush, x);
  const { from, top } = wayUp(brush, x);
  if (told) arrow(brush, x, brush.y.up + 2, from, top, faint, brush.theme.mark, 3);
  else arrow(brush, from, top, x, brush.y.up + 2, faint * (0.25 + 0.75 * known(made)));
  drawGuesses(brush, x, k, faint * known(made + 1), known(tells) === 1);
  drawCame(brush, x, k, faint * known(tells));
  drawShare(brush, x, k, flows, learned);
  context.globalAlpha = 1;
}

/** Where what h says of the next character begins. @type {(brush: Brush, x: number) => { from: number, top: number }} */
function wayUp({ frame, size, y }, x) {
  const strips = stripsOf(frame.cell, size), { left, wide } = strips[strips.length - 1];
  return { from: x + left + wide / 2, top: y.state - (strips.length > 1 ? LETTERS : 4) };
}

/** What the arrows at the last column carry. @type {(brush: Brush, x: number) => void} */
function drawArrays(brush, x) {
  const { frame, size, y } = brush, { cell } = frame;
  letter(brush, "W_hy", cell.kept ? x - 14 : x + 17, (y.up + y.state) / 2 - (cell.kept ? 4 : 0), 400, brush.theme.muted, 10);
  letter(brush, "W_xh", x + 17, (y.under + y.read) / 2 - 6, 400, brush.theme.muted, 10);
  const between = x - size.wide / 2, [through, beside] = handed(cell).map((down) => y.state + down * (y.under - y.state) - 11);
  const room = cell.kept || size.wide - stateWidth(cell, size) > 56; // beside the arrow, else above the states
  letter(brush, "W_hh", between, room ? through : y.state - 9, 400, brush.theme.muted, 10);
  if (cell.kept) letter(brush, cell.kept, between, beside, 400, brush.theme.muted, 10);
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

/** What a state hands on to the next, and what comes back the same ways. @type {(brush: Brush, i: number, k: number, faint: number, known: (beat: number) => number) => void} */
function drawCarried(brush, i, k, faint, known) {
  const { frame, size, y, theme, time, context } = brush, { cell } = frame, half = stateWidth(cell, size) / 2 + 3;
  const from = (i - 0.5) * size.wide + half + 7 * Number(!cell.kept), to = (i + 0.5) * size.wide - half;
  const before = size.columns[i - 1], left = frame.at[k] - frame.at[before] - 1, high = y.under - y.state;
  const back = over(time, backAt(frame) + size.columns.length - i), learned = frame.at[k] > frame.cut;
  if (left > 0) {
    const at = (from + to) / 2 + 10 * Number(learned && frame.at[before] < frame.cut); // beside the line of the cut
    letter(brush, "⋯", at, y.state + high / 2 - 7, 600);
    letter(brush, String(left), at, y.state + high / 2 + 8, 400, theme.muted, 10);
    return;
  }
  const ways = [{ flown: frame.back[before], beat: 1 }, { flown: frame.kept[before], beat: cell.keeps }];
  ways.slice(0, cell.kept ? 2 : 1).forEach(({ flown, beat }, way) => {
    const at = y.state + handed(cell)[way] * high;
    if (back && Number.isFinite(flown)) {
      const thick = 1 + 3.5 * logarithmic(flown, brush.scale);
      arrow(brush, to, at, to + (from - to) * back, at, learned ? 1 : 0.6, learned ? theme.mark : theme.muted, thick);
    } else arrow(brush, from, at, to, at, faint * (0.25 + 0.75 * known(beat)));
  });
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

/** A strip of units as cells, and beside each what flows back through it. @type {(brush: Brush, strip: Strip, s: number, x: number, k: number, alpha: number, flows: number) => void} */
function drawStrip(brush, { name, back: gradients }, s, x, k, alpha, flows) {
  const { context, theme, frame, size, y, scale } = brush, { held, cell } = frame, U = frame.units.length;
  const { left, wide, back: beside } = stripsOf(cell, size)[s], at = x + left, before = context.globalAlpha;
  const limit = name === "c" ? frame.limit : 1;
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.strokeRect(at - 0.5, y.state - 0.5, wide + 1, U * y.cell);
  if (cell.strips.length > 1) letter(brush, name, at + wide / 2, y.state - 7, 400, theme.muted, 10);
  for (let i = 0; i < U; i++) {
    const value = held[name][k * U + i] / limit, gradient = held[gradients][k * U + i], top = y.state + i * y.cell;
    context.globalAlpha = alpha;
    drawValue(brush, Number.isNaN(value) ? 0 : value, at, top, wide);
    if (!flows || !Number.isFinite(gradient)) continue;
    context.globalAlpha = before * flows;
    const share = Math.sign(gradient) * logarithmic(Math.abs(gradient), scale);
    drawValue(brush, share, at + beside.from, top, beside.wide);
  }
  context.globalAlpha = before;
}

/** A value in [-1, 1] as a cell. @type {(brush: Brush, value: number, left: number, top: number, wide: number) => void} */
function drawValue({ context, theme, y }, value, left, top, wide) {
  const place = Math.round((value + 1) * 127.5);
  context.fillStyle = theme.signed.fill[place];
  context.fillRect(left, top, wide, y.cell - 1);
  if (!isMarked(place)) return;
  context.fillStyle = theme.signed.fill[lineOn(place)];
  context.fillRect(left + wide / 4, top + Math.floor((y.cell - 1) / 2), wide / 2, 1);
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
  const i = size.columns.findIndex((k) => frame.at[k] >= frame.cut), back = _("learning looks {T} back", { T: frame.T });
  context.globalAlpha = 0.35 + 0.65 * over(time, backAt(frame));
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
    context.fillText(_("{back}: what lies left of here it never sees", { back }), x < 180 ? 2 : x, y.height - 8);
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
