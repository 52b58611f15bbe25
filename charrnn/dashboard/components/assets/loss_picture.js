// The loss curve as a picture: where everything lies and how it is drawn. It knows nothing of pointers or Streamlit.

import { fit } from "./shared.js";
import { inUnit, isLabelled, lossScale, lossTicks, short, spread, stepScale, stepTicks } from "./loss_scale.js";

const SHORT = new Map([ // where room is short
  ["blind guess", "blind"], ["letter counts", "letters"], ["sees 1 back", "1 back"], ["sees 2 back", "2 back"],
  ["file compressor", "compressor"], ["exact entropy", "exact"],
]);
const LINE = 13; // height of a line of small text

/** Where everything lies, in CSS pixels before magnification. `zoom` is [first step, last step], or null for all. */
export function layoutOf(frame, context, { width, unit, zoom, theme }) {
  const narrow = width < 440;
  const [first, last] = zoom ?? [1, Math.max(100, frame.steps.at(-1) ?? 1)];
  const [floor, top] = zoom ? seen(frame, first, last) : whole(frame);
  const rivals = frame.rivals.filter(({ nats }) => nats >= floor && nats <= top);
  const names = rivals.map(({ name, nats }) => [narrow ? SHORT.get(name) ?? name : name, inUnit(nats, unit)]);
  context.font = `600 11px ${theme.sans}`;
  const widths = names.map(([name, value]) => context.measureText(`${name} ${value}`).width + 12);
  const gutter = Math.min(0.32 * width, Math.max(14, ...widths));
  const plot = { left: 34, right: width - gutter, top: 6, bottom: frame.height - 36 };
  const x = stepScale(first, last, plot.left, plot.right);
  const y = lossScale(floor, top, plot.bottom, plot.top);
  const labels = spread(rivals.map(({ nats }) => y.at(nats)), LINE, plot.top + 1, plot.bottom - 4);
  const placed = names.map(([name, value], k) => ({ at: y.at(rivals[k].nats), label: labels[k], name, value }));
  return { width, height: frame.height, narrow, plot, x, y, unit, rivals: placed, margin: zoom ? 0 : 4 };
}

/** From a little below the lowest to a little above a blind guess: a few wild windows must not flatten the curve. */
function whole({ smooth, heldOut, rivals, blind }) {
  const lowest = Math.min(blind, ...smooth, ...heldOut.nats, ...rivals.map(({ nats }) => nats));
  const span = Math.max(blind - lowest, 0.3);
  return [Math.max(0, lowest - 0.07 * span), Math.max(blind, 0.3) + 0.12 * span];
}

/** What lies within a stretch of steps: all of the smoothed line and what was held out, the band on the whole. */
function seen(frame, first, last) {
  const inside = (values, steps) => values.filter((_, k) => steps[k] >= first && steps[k] <= last);
  const [smooth, low, high] = [frame.smooth, frame.low, frame.high].map((values) => inside(values, frame.steps));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const shown = [...smooth, ...inside(frame.heldOut.nats, frame.heldOut.steps)];
  if (smooth.length) shown.push(mean(low), mean(high));
  const least = Math.min(...shown), greatest = Math.max(...shown), margin = 0.08 * Math.max(greatest - least, 0.02);
  return shown.length ? [Math.max(0, least - margin), greatest + margin] : whole(frame);
}

export function drawCurve(context, frame, layout, theme, { point = null, stretch = null } = {}) {
  const { plot, margin } = layout; // half a dot may stand out at either end
  drawGrid(context, layout, theme);
  drawRivals(context, layout, theme);
  context.save();
  context.beginPath();
  context.rect(plot.left - margin, plot.top - 4, plot.right - plot.left + 2 * margin, plot.bottom - plot.top + 5);
  context.clip();
  drawLoss(context, frame, layout, theme);
  drawMarks(context, frame, layout, theme);
  if (stretch) drawStretch(context, layout, theme, stretch);
  context.restore();
  drawLegend(context, frame, layout, theme);
  if (point !== null) drawCrosshair(context, frame, layout, theme, point);
}

function rule(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

const crisp = (value) => Math.round(value) + 0.5; // a line of one pixel, not of two half ones

function drawGrid(context, { plot, x, y, unit, narrow }, theme) {
  context.font = `11px ${theme.sans}`;
  context.lineWidth = 1;
  context.strokeStyle = theme.border;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  const taken = [];
  for (const step of stepTicks(x)) {
    const at = crisp(x.at(step)), half = context.measureText(short(step)).width / 2 + (narrow ? 5 : 8);
    const labelled = isLabelled(step, x) && taken.every(([left, right]) => at + half < left || at - half > right);
    context.globalAlpha = labelled ? 0.8 : 0.35;
    rule(context, at, plot.top, at, plot.bottom);
    context.globalAlpha = 1;
    if (!labelled) continue;
    taken.push([at - half, at + half]);
    context.fillText(short(step), at, plot.bottom + 10);
  }
  context.textAlign = "right";
  const heights = [];
  for (const { nats, label } of lossTicks(y, unit, (plot.bottom - plot.top) / 34)) {
    const at = crisp(y.at(nats));
    if (heights.some((other) => Math.abs(other - at) < 17)) continue;
    heights.push(at);
    context.globalAlpha = 0.8;
    rule(context, plot.left, at, plot.right, at);
    context.globalAlpha = 1;
    context.fillText(label, plot.left - 6, at);
  }
}

/** Dashed lines, with their labels beside the plot: there they never lie on the curve, or on each other. */
function drawRivals(context, { plot, width, rivals }, theme) {
  context.textAlign = "left";
  context.lineWidth = 1;
  for (const { at, label, name, value } of rivals) {
    context.strokeStyle = theme.muted;
    context.setLineDash([4, 3]);
    rule(context, plot.left, crisp(at), plot.right, crisp(at));
    context.setLineDash([]);
    context.globalAlpha = 0.6;
    rule(context, plot.right, crisp(at), plot.right + 6, crisp(label));
    context.globalAlpha = 1;
    context.font = `600 11px ${theme.sans}`;
    const numbers = context.measureText(value).width;
    context.font = `11px ${theme.sans}`;
    const shown = `${fit(context, name, width - plot.right - 12 - numbers)} `;
    context.fillStyle = theme.muted;
    context.fillText(shown, plot.right + 8, label);
    const x = plot.right + 8 + context.measureText(shown).width;
    context.font = `600 11px ${theme.sans}`;
    context.fillStyle = theme.text;
    context.fillText(value, x, label);
  }
}

function drawLoss(context, { steps, smooth, low, high, heldOut }, { x, y }, theme) {
  const across = Float32Array.from(steps, x.at);
  const trace = (values) => values.forEach((nats, k) => context.lineTo(across[k], y.at(nats)));
  context.beginPath();
  trace(high);
  for (let k = low.length - 1; k >= 0; k--) context.lineTo(across[k], y.at(low[k]));
  context.fillStyle = context.strokeStyle = theme.muted;
  context.globalAlpha = 0.25;
  context.fill();
  context.globalAlpha = 0.5;
  context.lineWidth = 0.8;
  context.stroke(); // where a bin holds one window the band has no width
  context.globalAlpha = 1;
  context.beginPath();
  trace(smooth);
  context.strokeStyle = theme.line;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.stroke();
  context.fillStyle = theme.accent;
  context.beginPath();
  heldOut.steps.forEach((step, k) => dot(context, x.at(step), y.at(heldOut.nats[k]), 3));
  context.fill();
}

function dot(context, x, y, radius) {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/** Where a knob was turned. A label that would lie on the one before goes a line lower, or is left to the card. */
function drawMarks(context, { marks }, { plot, x }, theme) {
  context.font = `11px ${theme.sans}`;
  context.textAlign = "left";
  context.lineWidth = 1;
  context.strokeStyle = theme.mark;
  const placed = marks.map(({ step, label }) => ({ at: crisp(x.at(step)), label }));
  const seen = placed.filter(({ at }) => at >= plot.left && at <= plot.right + 1);
  context.setLineDash([2, 2]);
  for (const { at } of seen) rule(context, at, plot.top, at, plot.bottom);
  context.setLineDash([]);
  const ends = [-Infinity, -Infinity, -Infinity];
  for (const { at, label } of seen) {
    const shown = fit(context, label, (plot.right - plot.left) / 2);
    const room = context.measureText(shown).width;
    const start = at + 4 + room <= plot.right ? at + 4 : at - 4 - room;
    const line = ends.findIndex((end) => start > end + 6);
    if (line < 0) continue;
    ends[line] = start + room;
    halo(context, theme, shown, start, plot.top + 5 + line * LINE);
    context.fillStyle = theme.mark;
    context.fillText(shown, start, plot.top + 5 + line * LINE);
  }
}

/** A rim of the background around letters, to be read on lines. */
function halo(context, theme, text, x, y) {
  context.strokeStyle = theme.background;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
}

function drawStretch(context, { plot }, theme, [from, to]) {
  context.fillStyle = theme.accent;
  context.globalAlpha = 0.18;
  context.fillRect(from, plot.top, to - from, plot.bottom - plot.top);
  context.globalAlpha = 1;
}

/** What dots, line and band mean, as far as there is room before the axis's own title. */
function drawLegend(context, { heldOut }, { plot, height }, theme) {
  const y = height - 8;
  context.font = `11px ${theme.sans}`;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  context.fillText("training steps", plot.right, y);
  context.textAlign = "left";
  const end = plot.right - context.measureText("training steps").width;
  let x = plot.left;
  const entry = (text, colour, draw) => {
    if (x + 28 + context.measureText(text).width > end) return;
    context.fillStyle = context.strokeStyle = colour;
    draw();
    context.globalAlpha = 1;
    context.fillStyle = theme.muted;
    context.fillText(text, x + 18, y);
    x += 30 + context.measureText(text).width;
  };
  if (heldOut.steps.length) {
    entry("held out", theme.accent, () => {
      context.beginPath();
      dot(context, x + 7, y, 3);
      context.fill();
    });
  }
  context.lineWidth = 2;
  entry("smoothed", theme.line, () => rule(context, x, y, x + 13, y));
  entry("each window", theme.muted, () => {
    context.globalAlpha = 0.3;
    context.fillRect(x, y - 5, 13, 10);
  });
}

function drawCrosshair(context, { steps, smooth }, { plot, x, y }, theme, k) {
  const at = x.at(steps[k]), level = y.at(smooth[k]);
  context.strokeStyle = theme.text;
  context.globalAlpha = 0.6;
  context.lineWidth = 1;
  rule(context, crisp(at), plot.top, crisp(at), plot.bottom);
  rule(context, plot.left, crisp(level), plot.right, crisp(level));
  context.globalAlpha = 1;
  for (const [colour, radius] of [[theme.background, 5.5], [theme.line, 4]]) {
    context.fillStyle = colour;
    context.beginPath();
    dot(context, at, level, radius);
    context.fill();
  }
}
