// A chart as a picture: where everything lies and how it is drawn. It knows nothing of pointers or Streamlit.

import { exact, scaleOf, ticksOf } from "./chart_scale.js";
import { spread } from "./scales.js";
import { fit, glyph, inkOn } from "./shared.js";
import { crisp, dot, drawGrid, drawRules, halo, ringed, rule } from "./strokes.js";

const ROW = 17; // height of a line of the legend
const FOOT = 36; // height of labels and title below the plot
const LETTER = 17; // across the disc that bears a line's letter

/** Where everything lies, in CSS pixels before magnification. `head` and `tools` are the buttons' height and width. */
export function layoutOf(frame, context, { width, head, tools, theme }) {
  const legend = legendOf(frame, context, theme, width);
  const top = Math.max(head, 20) + ROW * legend.rows + 6;
  const plot = { left: 0, right: 0, top, bottom: Math.max(top + 40, frame.height - FOOT) };
  context.font = `11px ${theme.sans}`;
  const labels = upTicks(frame, plot).map(({ label }) => context.measureText(label).width);
  plot.left = Math.max(14, ...labels) + 8;
  const lettered = frame.layers.some((layer) => layer.label && layer.shape !== "rule");
  plot.right = width - (lettered ? LETTER + 6 : 8);
  if (frame.square) {
    const side = Math.min(plot.right - plot.left, plot.bottom - plot.top);
    Object.assign(plot, { right: plot.left + side, bottom: plot.top + side });
  }
  const x = scaleOf(frame.x, plot.left, plot.right), y = scaleOf(frame.y, plot.bottom, plot.top);
  const title = { y: Math.max(head, 20) / 2, room: width - tools - 6 };
  return { width, height: plot.bottom + FOOT, narrow: width < 440, plot, x, y, legend, title, head };
}

const upTicks = (frame, plot) => {
  return ticksOf(frame.y, scaleOf(frame.y, plot.bottom, plot.top), (plot.bottom - plot.top) / 34);
};

/** Where the legend's entries stand, in as many rows as they need. */
function legendOf({ layers }, context, theme, width) {
  context.font = `11px ${theme.sans}`;
  let x = 0, row = 0;
  const entries = layers.filter((layer) => layer.legend).map((layer) => {
    const room = 22 + context.measureText(layer.legend).width;
    if (x && x + room > width) [x, row] = [0, row + 1];
    const entry = { layer, x, row };
    x += room + 14;
    return entry;
  });
  return { entries, rows: entries.length ? row + 1 : 0 };
}

/** `pointed` is {layer, k}, the point whose values a card tells, or null. */
export function drawChart(context, frame, layout, theme, pointed = null) {
  const { plot, x } = layout;
  const across = ticksOf(frame.x, x, (plot.right - plot.left) / 55);
  drawGrid(context, layout, theme, across, upTicks(frame, plot));
  context.save();
  context.beginPath();
  context.rect(plot.left - 4, plot.top - 4, plot.right - plot.left + 8, plot.bottom - plot.top + 8);
  context.clip(); // half a dot may stand out at either end
  for (const layer of frame.layers) DRAW[layer.shape]?.(context, layer, layout, theme);
  const rules = frame.layers.filter(({ shape }) => shape === "rule");
  const upright = rules.flatMap(({ xs, label }) => Array.from(xs, (at) => ({ at: x.at(at), label })));
  drawRules(context, plot, theme, upright);
  context.restore();
  drawTitles(context, frame, layout, theme);
  drawLegend(context, layout, theme);
  drawLetters(context, frame, layout, theme);
  if (pointed) drawPointed(context, layout, theme, pointed);
}

/** A layer's colour, or one for each of two signs. */
const inkOf = ({ colour }, theme) => theme.runs["ABCDEF".indexOf(colour)] ?? theme.kinds[colour] ?? theme[colour];
const signInk = (value, theme) => theme.signed.fill[value > 0 ? 0 : 255]; // what costs, what gains

const DRAW = {
  line: drawLine, steps: drawLine, band: drawBand, dots: drawPoints, squares: drawPoints, signs: drawSigns, bars: drawBars,
};

/** The corners of a line, or of steps that stand over their middles; gaps part it into several. */
function stretches({ shape, xs, ys }, { x, y }) {
  const parts = [[]];
  ys.forEach((value, k) => {
    if (Number.isNaN(value)) return parts.push([]);
    const at = x.at(xs[k]), up = y.at(value), here = parts.at(-1);
    if (shape !== "steps") return here.push([at, up]);
    const half = (x.at(xs[k ? k - 1 : 1] ?? xs[k]) - at) / 2; // to a neighbour's: steps are equally wide
    here.push([at - Math.abs(half), up], [at + Math.abs(half), up]);
  });
  return parts.filter((part) => part.length);
}

function drawLine(context, layer, layout, theme) {
  const { plot, y } = layout, ink = inkOf(layer, theme);
  context.strokeStyle = context.fillStyle = ink;
  context.lineWidth = layer.width;
  context.lineJoin = "round";
  context.setLineDash(layer.dashed ? [4, 3] : []);
  for (const part of stretches(layer, layout)) {
    context.beginPath();
    part.forEach(([at, up]) => context.lineTo(at, up));
    context.globalAlpha = layer.strength;
    context.stroke();
    if (!layer.filled) continue;
    const ground = Math.min(plot.bottom, y.at(0));
    context.lineTo(part.at(-1)[0], ground);
    context.lineTo(part[0][0], ground);
    context.globalAlpha = 0.2 * layer.strength;
    context.fill();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function drawBand(context, layer, { x, y }, theme) {
  const { xs, ys, tos } = layer;
  context.beginPath();
  xs.forEach((at, k) => context.lineTo(x.at(at), y.at(ys[k])));
  for (let k = xs.length - 1; k >= 0; k--) context.lineTo(x.at(xs[k]), y.at(tos[k]));
  context.fillStyle = inkOf(layer, theme);
  context.globalAlpha = layer.strength;
  context.fill();
  context.globalAlpha = 1;
}

/** Dots or squares `width` across. */
function drawPoints(context, layer, { x, y }, theme) {
  const { shape, xs, ys, width } = layer;
  context.fillStyle = inkOf(layer, theme);
  context.globalAlpha = layer.strength;
  xs.forEach((at, k) => {
    if (Number.isNaN(ys[k])) return;
    context.beginPath(); // each its own, so that those that lie together are darker
    if (shape === "dots") dot(context, x.at(at), y.at(ys[k]), width / 2);
    else context.rect(x.at(at) - width / 2, y.at(ys[k]) - width / 2, width, width);
    context.fill();
  });
  context.globalAlpha = 1;
}

/** Characters, each at its point, on a rim of the background: those drawn later lie on top. */
function drawSigns(context, layer, { x, y }, theme) {
  context.font = `600 15px ${theme.mono}`;
  context.textAlign = "center";
  Array.from(layer.signs, glyph).forEach((sign, k) => {
    const at = [sign, x.at(layer.xs[k]), y.at(layer.ys[k])];
    halo(context, theme, ...at);
    context.fillStyle = inkOf(layer, theme);
    context.fillText(...at);
  });
}

function drawBars(context, layer, { plot, x, y }, theme) {
  const { xs, ys } = layer, ground = y.at(0), half = Math.max(0.5, 0.4 * (x.at(1) - x.at(0)));
  xs.forEach((at, k) => {
    context.fillStyle = layer.colour === "signed" ? signInk(ys[k], theme) : inkOf(layer, theme);
    const up = y.at(ys[k]);
    context.fillRect(x.at(at) - half, Math.min(ground, up), 2 * half, Math.max(0.5, Math.abs(up - ground)));
  });
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  rule(context, plot.left, crisp(ground), plot.right, crisp(ground));
}

/** The upright axis's title stands above it, where it can be read without turning one's head. */
function drawTitles(context, frame, { plot, width, height, title }, theme) {
  context.font = `11px ${theme.sans}`;
  context.fillStyle = theme.muted;
  context.textAlign = "left";
  context.fillText(fit(context, frame.y.title, title.room), 0, title.y);
  context.textAlign = "right";
  context.fillText(fit(context, frame.x.title, Math.min(width, plot.right)), plot.right, height - 9);
}

function drawLegend(context, { legend, head }, theme) {
  context.font = `11px ${theme.sans}`;
  context.textAlign = "left";
  for (const { layer, x, row } of legend.entries) {
    const y = Math.max(head, 20) + ROW * row + 6;
    drawKey(context, layer, theme, x, y);
    context.fillStyle = theme.muted;
    context.fillText(layer.legend, x + 22, y);
  }
}

/** A layer drawn as small as a word. */
function drawKey(context, layer, theme, left, y) {
  const places = { x: { at: (place) => left + place }, y: { at: (up) => y - up }, plot: { bottom: y } };
  const across = { line: [0, 16], steps: [4, 12], band: [0, 16] }[layer.shape] ?? [8];
  const ys = across.map(() => (layer.shape === "band" ? -5 : 0));
  const square = layer.shape === "signs" && { shape: "squares", width: 10 };
  const small = { ...layer, ...square, xs: across, ys, tos: [5, 5], filled: false };
  DRAW[small.shape](context, small, places, theme);
}

/** Letters at the ends of lines; where several lines end together they stand one above another. */
function drawLetters(context, { layers }, { plot, x, y }, theme) {
  const lines = layers.filter((layer) => layer.label && layer.shape !== "rule" && layer.points);
  const ends = lines.map((layer) => ({ layer, x: x.at(layer.xs.at(-1)) + 12, y: y.at(layer.ys.at(-1)) }));
  context.font = `600 12px ${theme.sans}`;
  context.textAlign = "center";
  const columns = [];
  for (const end of ends.sort((a, b) => a.x - b.x)) {
    if (columns.length && end.x - columns.at(-1).at(-1).x < LETTER) columns.at(-1).push(end);
    else columns.push([end]);
  }
  for (const column of columns) {
    column.sort((a, b) => a.y - b.y);
    const heights = spread(column.map((end) => end.y), LETTER, plot.top, plot.bottom);
    column.forEach(({ layer, x: at }, k) => {
      context.fillStyle = inkOf(layer, theme);
      context.beginPath();
      dot(context, at, heights[k], LETTER / 2 - 1);
      context.fill();
      context.fillStyle = inkOn(inkOf(layer, theme));
      context.fillText(layer.label, at, heights[k] + 0.5);
    });
  }
}

function drawPointed(context, { plot, x, y }, theme, { layer, k }) {
  const at = x.at(layer.xs[k]), up = y.at(layer.ys[k]);
  context.strokeStyle = theme.text;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  rule(context, crisp(at), plot.top, crisp(at), plot.bottom);
  const covered = layer.shape === "signs"; // by a disc: two rules cross at it instead
  if (covered) rule(context, plot.left, crisp(up), plot.right, crisp(up));
  context.globalAlpha = 1;
  if (!covered) ringed(context, theme, at, up, layer.colour === "signed" ? signInk(layer.ys[k], theme) : inkOf(layer, theme));
}

/** What is known of a point: rows of a name and a value. */
export function reading({ x, y }, { layer, k }) {
  const also = Object.entries(layer.also).map(([name, values]) => [name, exact(values[k], y)]);
  const across = x.title.split(",")[0];
  return [[across, exact(layer.xs[k], x)], [y.title, exact(layer.ys[k], y)], ...also];
}
