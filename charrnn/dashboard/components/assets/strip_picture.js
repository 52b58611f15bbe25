// The reading strip as a picture: where each row lies and how it is drawn. It knows nothing of pointers or Streamlit.

import { fit, glyph, legend, real, step } from "./shared.js";

/** @typedef {{ label: string, guess: string[], p: Uint8Array }} Row */
/** @typedef {{ name: string, values: Int16Array }} Unit */
/** @typedef {{ column: number, weights: number[], cut: number }} Reach */

/**
 * The strip of one moment, column by column.
 * @typedef {object} Strip
 * @property {string[]} text - what came
 * @property {number} columns
 * @property {Row[]} rows - of earlier steps
 * @property {Row} now
 * @property {Float32Array} surprise - bits
 * @property {Unit[]} units
 * @property {(column: number) => Guess[]} likeliest
 * @property {Reach | null} reach
 * @property {number | null} pinned
 */

/** @typedef {{ y: number, height: number }} Place */

/**
 * A row of the picture.
 * @typedef {{ kind: "row", row: Row } | { kind: "now", row: Row } | { kind: "came" } | { kind: "surprise" }
 *   | { kind: "unit", unit: Unit }} Kind
 * @typedef {Place & Kind} Band
 */

/** @typedef {ReturnType<typeof layoutOf>} Layout */

const FULL_SURPRISE = 8; // bits at which a bar is full

/**
 * Where everything lies, in CSS pixels before magnification.
 * @param {Strip} frame
 * @param {number} width
 */
export function layoutOf(frame, width) {
  const narrow = width < 640;
  const labels = narrow ? 64 : 132;
  const cell = narrow ? 14 : Math.min(18, Math.max(9, (width - labels) / frame.columns));
  /** @type {Band[]} */
  const bands = [];
  let y = 0;
  const place = (/** @type {number} */ height) => {
    y += height;
    return { y: y - height, height };
  };
  for (const row of frame.rows) bands.push({ kind: "row", row, ...place(19) });
  y += frame.rows.length ? 2 : 0;
  bands.push({ kind: "now", row: frame.now, ...place(24) });
  y += 3;
  bands.push({ kind: "came", ...place(26) }, { kind: "surprise", ...place(28) });
  y += 11;
  for (const unit of frame.units) bands.push({ kind: "unit", unit, ...place(15) });
  return { narrow, labels, cell, bands, width, height: y + 4, cells: cell * frame.columns };
}

/**
 * @param {Context} context
 * @param {Layout} layout
 * @param {Theme} theme
 */
export function drawLabels(context, layout, theme) {
  const right = layout.labels - (layout.narrow ? 5 : 10);
  /** @type {(text: string, y: number, weight: number, size: number, colour: string, kept?: string) => void} */
  const write = (text, y, weight, size, colour, kept = "") => {
    context.font = `${weight} ${size}px ${theme.sans}`;
    context.fillStyle = colour;
    context.textAlign = "right";
    context.fillText(fit(context, text, right - context.measureText(kept).width) + kept, right, y);
  };
  const size = layout.narrow ? 11 : 13;
  const short = (/** @type {string} */ label) => (layout.narrow ? label.replace(/^(at|its) /, "") : label);
  for (const band of layout.bands) {
    const { kind, y, height } = band;
    const middle = y + height / 2;
    if (kind === "row") {
      context.globalAlpha = band.row.guess.length ? 1 : 0.55; // faint while that step is still to come
      write(short(band.row.label), middle, 400, size, theme.muted);
      context.globalAlpha = 1;
    } else if (kind === "now") write(short(band.row.label), middle, 600, size, theme.text);
    else if (kind === "came") write("what came", middle, 600, size, theme.text);
    else if (kind === "surprise") {
      write("surprise", y + 8, 600, size, theme.text);
      write("up to 8 bits", y + 21, 400, size - 2, theme.muted);
    } else if (kind === "unit") {
      const [, name, number] = /^(.*?)( \d+)?$/.exec(band.unit.name) ?? ["", band.unit.name]; // the number is never cut off
      write(name, middle, 400, size, theme.muted, number);
    }
  }
}

/**
 * @param {Context} context
 * @param {Strip} frame
 * @param {Layout} layout
 * @param {Theme} theme
 * @param {{ pinned?: number | null, hover?: number | null, ratio?: number }} shown
 */
export function drawCells(context, frame, layout, theme, { pinned = null, hover = null, ratio = 2 }) {
  const snap = (/** @type {number} */ x) => Math.round(x * ratio) / ratio; // edges on device pixels, or the cells blur into each other
  const edges = Float64Array.from({ length: frame.columns + 1 }, (_, j) => snap(j * layout.cell));
  context.textAlign = "center";
  for (const band of layout.bands) {
    if (band.kind === "row" || band.kind === "now") drawGuesses(context, frame, band, edges, theme);
    else if (band.kind === "came") drawCame(context, frame, band, edges, theme);
    else if (band.kind === "surprise") drawSurprise(context, frame, band, edges, theme);
    else drawUnit(context, band, edges, theme);
  }
  const reach = reachOf(frame, pinned);
  if (reach) drawReach(context, reach, layout, edges, theme);
  if (hover !== null && hover !== pinned) outline(context, layout, edges, hover, theme.muted, 1);
  if (pinned !== null) outline(context, layout, edges, pinned, theme.text, 2);
}

// Narrow cells, smaller letters.
/** @type {(edges: Float64Array, theme: Theme) => string} */
const largeFont = (edges, theme) => `600 ${Math.min(16, 1.45 * edges[1])}px ${theme.mono}`;

/**
 * @param {Context} context
 * @param {string} character
 * @param {Float64Array} edges
 * @param {number} j
 * @param {number} y
 */
function write(context, character, edges, j, y) {
  const width = edges[j + 1] - edges[j];
  context.fillText(glyph(character), edges[j] + width / 2, y, width); // the last one squeezes wide characters
}

/**
 * @param {Context} context
 * @param {Strip} frame
 * @param {Place & { kind: string, row: Row }} band
 * @param {Float64Array} edges
 * @param {Theme} theme
 */
function drawGuesses(context, frame, { kind, y, height, row }, edges, theme) {
  const now = kind === "now";
  context.font = now ? largeFont(edges, theme) : `${Math.min(13.5, 1.3 * edges[1])}px ${theme.mono}`;
  const middle = y + height / 2;
  row.guess.forEach((character, j) => {
    const p = row.p[j];
    if (character === frame.text[j]) {
      context.globalAlpha = 1;
      context.fillStyle = theme.right.fill[p];
      context.fillRect(edges[j], y, edges[j + 1] - edges[j] - 0.5, height - 1);
      context.fillStyle = theme.right.ink[p];
      if (character !== " ") write(context, character, edges, j, middle); // a filled cell alone is a foreseen space
    } else {
      const sure = p / 255;
      context.globalAlpha = character === " " ? 0.15 + 0.5 * sure : 0.35 + 0.65 * sure;
      context.fillStyle = theme.muted;
      write(context, character, edges, j, middle);
    }
  });
  context.globalAlpha = 1;
}

/**
 * @param {Context} context
 * @param {Strip} frame
 * @param {Place} band
 * @param {Float64Array} edges
 * @param {Theme} theme
 */
function drawCame(context, frame, { y, height }, edges, theme) {
  context.font = largeFont(edges, theme);
  context.fillStyle = theme.text;
  frame.text.forEach((character, j) => character !== " " && write(context, character, edges, j, y + height / 2));
}

/**
 * @param {Context} context
 * @param {Strip} frame
 * @param {Place} band
 * @param {Float64Array} edges
 * @param {Theme} theme
 */
function drawSurprise(context, frame, { y, height }, edges, theme) {
  frame.surprise.forEach((bits, j) => {
    const part = Math.min(1, bits / FULL_SURPRISE);
    context.fillStyle = theme.surprise.fill[Math.round(part * 255)];
    context.fillRect(edges[j], y, edges[j + 1] - edges[j] - 1, Math.max(1, part * height));
  });
}

/**
 * @param {Context} context
 * @param {Place & { unit: Unit }} band
 * @param {Float64Array} edges
 * @param {Theme} theme
 */
function drawUnit(context, { y, height, unit }, edges, theme) {
  unit.values.forEach((value, j) => {
    context.fillStyle = theme.signed.fill[step(value)];
    context.fillRect(edges[j], y + 1, edges[j + 1] - edges[j] - 1, height - 2);
  });
}

/** @type {(frame: Strip, pinned: number | null) => Reach | null} */
const reachOf = (frame, pinned) => (frame.reach && frame.reach.column === pinned ? frame.reach : null);

/**
 * What the colours mean, 24 px high; it does not scroll with the cells.
 * @param {Context} context
 * @param {Strip} frame
 * @param {Layout} layout
 * @param {Theme} theme
 * @param {number | null} pinned
 */
export function drawLegends(context, frame, layout, theme, pinned) {
  const width = layout.narrow ? 18 : 64;
  const reach = reachOf(frame, pinned);
  const title = (/** @type {string} */ long, /** @type {string} */ short) => (layout.narrow ? (reach ? "" : short) : long); // where there is room for it
  const scales = [
    { title: title("guessed right, by its probability", "right"), colours: theme.right, low: "0", high: "100 %" },
    { title: title("held by a unit", "unit"), colours: theme.signed, low: "−1", high: "+1" },
  ];
  let x = layout.narrow ? 0 : layout.labels;
  for (const one of scales) x = 12 + legend(context, theme, { ...one, x, y: 12, width });
  if (reach) context.fillText(layout.narrow ? `┊ ${reach.cut} back` : `┊ learning looks ${reach.cut} back`, x, 12);
}

/**
 * How far the gradient of the pinned prediction reaches back, and where the unroll cuts it off.
 * @param {Context} context
 * @param {Reach} reach
 * @param {Layout} layout
 * @param {Float64Array} edges
 * @param {Theme} theme
 */
function drawReach(context, { column, weights, cut }, layout, edges, theme) {
  const came = /** @type {Band} */ (layout.bands.find(({ kind }) => kind === "came"));
  context.fillStyle = theme.accent;
  weights.forEach((weight, back) => {
    const j = column - back;
    if (j < 0) return;
    context.globalAlpha = Math.min(1, Math.max(0, weight));
    context.fillRect(edges[j], came.y + came.height - 5, edges[j + 1] - edges[j], 4);
  });
  context.globalAlpha = 1;
  const first = column - cut; // the earliest character that a window reads before this prediction
  if (first <= 0) return;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(edges[first], came.y - 26);
  context.lineTo(edges[first], layout.height);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {Context} context
 * @param {Layout} layout
 * @param {Float64Array} edges
 * @param {number} j
 * @param {string} colour
 * @param {number} thickness
 */
function outline(context, layout, edges, j, colour, thickness) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  const inset = thickness / 2;
  context.strokeRect(edges[j] + inset, inset, edges[j + 1] - edges[j] - thickness, layout.height - thickness);
}

/**
 * For the card: what a unit held at a column.
 * @param {Unit} unit
 * @param {number} j
 */
export const held = (unit, j) => real(unit.values[j]);
