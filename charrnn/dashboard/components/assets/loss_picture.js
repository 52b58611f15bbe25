// The loss curve as a picture: where everything lies and how it is drawn. It knows nothing of pointers or Streamlit.

import { fit } from "./shared.js";
import { inUnit, lossScale, lossTicks, stepScale, stepTicks } from "./loss_scale.js";
import { short, spread } from "./scales.js";
import { crisp, dot, drawGrid, drawRules, ringed, rule } from "./strokes.js";

const SHORT = new Map([ // where room is short
  ["blind guess", "blind"], ["counting letters", "letters"], ["counting pairs", "pairs"],
  ["counting triples", "triples"], ["file compression", "compression"], ["exact entropy", "exact"],
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

/** All of the smoothed line, what was held out and a blind guess: a few wild windows must not flatten the curve. */
function whole({ smooth, heldOut, rivals, blind }) {
  const shown = [blind, ...smooth, ...heldOut.nats];
  const lowest = Math.min(...shown, ...rivals.map(({ nats }) => nats)), highest = Math.max(...shown);
  const span = Math.max(highest - lowest, 0.3);
  return [Math.max(0, lowest - 0.07 * span), Math.max(highest, 0.3) + 0.12 * span];
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

/** Ticks of both axes. */
function ticksOf({ plot, x, y, unit }) {
  const across = stepTicks(x).map(({ value, labelled }) => ({ at: x.at(value), label: labelled ? short(value) : "" }));
  const up = lossTicks(y, unit, (plot.bottom - plot.top) / 34).map(({ nats, label }) => ({ at: y.at(nats), label }));
  return [across, up];
}

export function drawCurve(context, frame, layout, theme, { point = null, stretch = null } = {}) {
  const { plot, margin } = layout; // half a dot may stand out at either end
  drawGrid(context, layout, theme, ...ticksOf(layout));
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

/** Where a knob was turned. */
function drawMarks(context, { marks }, { plot, x }, theme) {
  drawRules(context, plot, theme, marks.map(({ step, label }) => ({ at: x.at(step), label })));
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
  entry("each step", theme.muted, () => {
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
  ringed(context, theme, at, level, theme.line);
}
