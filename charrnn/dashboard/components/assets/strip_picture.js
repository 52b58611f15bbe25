// The reading strip as a picture: where each row lies and how it is drawn. It knows nothing of pointers or Streamlit.

import { _ } from "./language.js";
import { fit, glyph, isMarked, legend, step } from "./shared.js";

/** @typedef {{ context: Context, theme: Theme, edges: Float64Array }} Brush - with the columns' edges */
/** @typedef {{ y: number, height: number }} Place */

/**
 * A row of the picture: its name, the end of it that is never cut off, what stands below it, and how it is drawn.
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} [end]
 * @property {string} [below]
 * @property {boolean} [strong]
 * @property {boolean} [faint]
 * @property {(brush: Brush, place: Place) => void} draw
 * @typedef {Place & Kind} Band
 */

const FULL_SURPRISE = 8; // bits at which a bar is full
const FAINT = 0.72; // of the muted colour: what is written so contrasts three to one with any background
const SQUEEZED = 1.25; // so much wider than there is room, a name is squeezed and not yet cut
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]/; // signs as wide as they are high

/**
 * Where everything lies, in CSS pixels before magnification, and how it is drawn.
 * @param {Strip} frame
 * @returns {Pick<Picture<number>, "measure" | "cellAt" | "place" | "drawNames" | "drawCells" | "drawLegend">}
 */
export function drawing(frame) {
  const { columns, text } = frame, { bands, height, came } = bandsOf(frame);
  const wide = 2 * text.filter((character) => WIDE.test(character)).length > columns;
  const size = { narrow: false, names: 0, cells: 0, cell: 0, height };
  const reachOf = (/** @type {number | null} */ pinned) => (frame.reach?.column === pinned ? frame.reach : null);

  return {
    measure(width) {
      const narrow = width < 640, names = narrow ? 64 : 132;
      const cell = narrow ? (wide ? 20 : 14) : Math.min(34, Math.max(wide ? 18 : 9, (width - names) / columns));
      return Object.assign(size, { narrow, names, cells: cell * columns, cell });
    },

    cellAt(x) {
      const j = Math.floor(x / size.cell);
      return j >= 0 && j < columns ? j : null;
    },

    place: (j) => ({ x: j * size.cell, width: size.cell, bottom: height }),

    drawNames(context, theme) {
      for (const band of bands) drawName(context, theme, band, size);
    },

    drawCells(context, theme, pinned, hover) {
      const { a: ratio } = context.getTransform(); // edges on device pixels, or the cells blur into each other
      const edges = Float64Array.from({ length: columns + 1 }, (_, j) => Math.round(j * size.cell * ratio) / ratio);
      const brush = { context, theme, edges };
      context.textAlign = "center";
      for (const band of bands) band.draw(brush, band);
      const reach = reachOf(pinned);
      if (reach) drawReach(brush, reach, came, height);
      if (hover !== null && hover !== pinned) outline(brush, height, hover, theme.muted, 1);
      if (pinned !== null) outline(brush, height, pinned, theme.text, 2);
    },

    /** What the colours mean; it does not scroll with the cells. */
    drawLegend(context, theme, pinned) {
      const { narrow, names } = size, reach = reachOf(pinned);
      /** @type {(long: string, short: string) => string} */
      const title = (long, short) => (narrow ? (reach ? "" : short) : long); // where there is room for it
      const scales = [
        { title: title(_("guessed right, by its probability"), _("right")), colours: theme.right, low: "0", high: "100 %" },
        { title: title(_("held by a unit"), _("unit")), colours: theme.signed, low: "−1", high: "+1" },
      ];
      let x = narrow ? 0 : names;
      for (const one of scales) x = 12 + legend(context, theme, { ...one, x, y: 12, width: narrow ? 18 : 64 });
      if (!reach) return;
      const back = narrow ? _("{T} back", { T: reach.cut }) : _("learning looks {T} back", { T: reach.cut });
      context.fillText(`┊ ${back}`, x, 12);
    },
  };
}

/** The rows of the picture from top to bottom, and how high they are together. */
function bandsOf(/** @type {Strip} */ { text, rows, now, surprise, units }) {
  /** @type {Band[]} */
  const bands = [];
  let y = 0;
  const add = (/** @type {number} */ height, /** @type {Kind} */ kind) => {
    const band = { ...kind, y, height };
    y += height;
    bands.push(band);
    return band;
  };
  for (const row of rows) {
    const faint = !row.guess.length; // that step is still to come
    add(19, { name: row.label, faint, draw: (brush, place) => drawGuesses(brush, place, text, row) });
  }
  y += rows.length ? 2 : 0;
  add(24, { name: now.label, strong: true, draw: (brush, place) => drawGuesses(brush, place, text, now, true) });
  y += 3;
  const came = add(26, { name: _("what came"), strong: true, draw: (brush, place) => drawCame(brush, place, text) });
  const below = _("up to {bits} bits", { bits: FULL_SURPRISE });
  add(28, { name: _("surprise"), below, strong: true, draw: (brush, place) => drawSurprise(brush, place, surprise) });
  y += 11;
  for (const unit of units) {
    const [, name, end] = /^(.*?)( \d+)?$/.exec(unit.name) ?? ["", unit.name];
    add(15, { name, end, draw: (brush, place) => drawUnit(brush, place, unit) });
  }
  return { bands, height: y + 4, came };
}

/** @type {(context: Context, theme: Theme, band: Band, size: { narrow: boolean, names: number }) => void} */
function drawName(context, theme, { name, end = "", below, strong, faint, y, height }, { narrow, names }) {
  const right = names - (narrow ? 5 : 10), size = narrow ? 11 : 13;
  const cut = narrow ? name.replace(new RegExp(_("^(at|its) ")), "") : name;
  context.textAlign = "right";
  context.globalAlpha = faint ? FAINT : 1;
  context.font = `${strong ? 600 : 400} ${size}px ${theme.sans}`;
  context.fillStyle = strong ? theme.text : theme.muted;
  const told = fit(context, cut, SQUEEZED * (right - context.measureText(end).width)) + end;
  context.fillText(told, right, below ? y + 8 : y + height / 2, right);
  context.globalAlpha = 1;
  if (!below) return;
  context.font = `${size - 2}px ${theme.sans}`;
  context.fillStyle = theme.muted;
  context.fillText(fit(context, below, right), right, y + 21);
}

/** @type {(brush: Brush, place: Place, text: string[], row: Row, large?: boolean) => void} */
function drawGuesses(brush, { y, height }, text, { guess, p }, large = false) {
  const { context, theme, edges } = brush;
  letters(brush, large);
  guess.forEach((character, j) => {
    if (character === text[j]) {
      context.globalAlpha = 1;
      context.fillStyle = theme.right.fill[p[j]];
      context.fillRect(edges[j], y, edges[j + 1] - edges[j] - 0.5, height - 1);
      context.fillStyle = theme.right.ink[p[j]];
      if (character === " ") return; // a filled cell alone is a foreseen space
    } else {
      context.globalAlpha = FAINT + (1 - FAINT) * (p[j] / 255);
      context.fillStyle = theme.muted;
    }
    write(brush, character, j, y + height / 2);
  });
  context.globalAlpha = 1;
}

/** @type {(brush: Brush, place: Place, text: string[]) => void} */
function drawCame(brush, { y, height }, text) {
  letters(brush, true);
  brush.context.fillStyle = brush.theme.text;
  text.forEach((character, j) => character !== " " && write(brush, character, j, y + height / 2));
}

/** Letters of the mono font, smaller where cells are narrow. */
function letters(/** @type {Brush} */ { context, theme, edges }, /** @type {boolean} */ large) {
  context.font = large
    ? `600 ${Math.min(21, 1.45 * edges[1])}px ${theme.mono}`
    : `${Math.min(17, 1.3 * edges[1])}px ${theme.mono}`;
}

/** @type {(brush: Brush, character: string, j: number, y: number) => void} */
function write({ context, edges }, character, j, y) {
  const width = edges[j + 1] - edges[j];
  context.fillText(glyph(character), edges[j] + width / 2, y, width); // the last one squeezes wide characters
}

/** @type {(brush: Brush, place: Place, surprise: Float32Array) => void} */
function drawSurprise({ context, theme, edges }, { y, height }, surprise) {
  surprise.forEach((bits, j) => {
    const part = Math.min(1, bits / FULL_SURPRISE);
    context.fillStyle = theme.surprise.fill[Math.round(part * 255)];
    context.fillRect(edges[j], y, edges[j + 1] - edges[j] - 1, Math.max(1, part * height));
  });
}

/** @type {(brush: Brush, place: Place, unit: Unit) => void} */
function drawUnit({ context, theme, edges }, { y, height }, { values }) {
  values.forEach((value, j) => {
    context.fillStyle = theme.signed.fill[step(value)];
    const width = edges[j + 1] - edges[j] - 1;
    context.fillRect(edges[j], y + 1, width, height - 2);
    if (!isMarked(step(value))) return;
    context.fillStyle = theme.signed.ink[step(value)];
    context.fillRect(edges[j] + width / 4, y + height / 2 - 0.5, width / 2, 1);
  });
}

/**
 * How far the gradient of the pinned prediction reaches back, and where the unroll cuts it off.
 * @type {(brush: Brush, reach: Reach, came: Place, bottom: number) => void}
 */
function drawReach({ context, theme, edges }, { column, weights, cut }, came, bottom) {
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
  context.lineTo(edges[first], bottom);
  context.stroke();
  context.setLineDash([]);
}

/** @type {(brush: Brush, bottom: number, j: number, colour: string, thickness: number) => void} */
function outline({ context, edges }, bottom, j, colour, thickness) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  const inset = thickness / 2;
  context.strokeRect(edges[j] + inset, inset, edges[j + 1] - edges[j] - thickness, bottom - thickness);
}
