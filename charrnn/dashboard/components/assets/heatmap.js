// The hidden-state heatmap: every unit (down) at every character of a text (across), exact values under the pointer.

import { contextFor, glyph, legend, real, signedText, spoken, step, unpack, widened } from "./shared.js";
import { button, keepInView, make, placeBeside, renderer, savePicture, sharedChoice } from "./stage.js";

/** @typedef {{ unit: number, position: number }} Cell - the unit by its own number */

/**
 * @typedef {object} Frame
 * @property {string} title
 * @property {string[]} text
 * @property {number[]} units
 * @property {number} limit
 * @property {boolean} exact
 * @property {number | null} height
 * @property {Cell | null} picked
 * @property {Int16Array} numbers - all units of a character, then those of the next
 * @property {Map<number, number>} rowOf
 * @property {(at: Cell | null) => boolean} has
 * @property {(at: Cell) => number} value
 */

/** @typedef {ReturnType<typeof layoutOf>} Layout */

const NAMES = 44; // width of the unit numbers, in CSS pixels
/** @type {Record<string, [down: number, across: number] | undefined>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const STYLE = `
  .card { white-space: nowrap; padding: 5px 9px; }
  .card b { font-family: var(--st-code-font); padding-left: 4px; }
`;

export default renderer(STYLE, (stage) => {
  const names = make("canvas", { at: { "aria-hidden": "true" } });
  const cells = make("canvas", { tabIndex: 0, at: { role: "img" } });
  const scaleLegend = make("canvas", { at: { "aria-hidden": "true" } });
  const scroller = make("div", { className: "scroller" }, [cells]);
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  const said = make("div", { className: "spoken", at: { "aria-live": "polite" } });
  const tools = make("div", { className: "tools" }, [button("Save the heatmap as PNG", "⤓", save)]);
  const foot = make("div", { className: "foot" }, [scaleLegend, tools]);
  stage.root.append(make("div", { className: "row" }, [names, scroller]), foot, card, said);

  /** @type {Choice<Cell | null>} */
  const pick = sharedChoice(stage, "picked");
  /** @type {Frame} */
  let frame;
  /** @type {Layout} */
  let layout;
  /** @type {ReturnType<typeof imageOf> | null} */
  let image = null;
  /** @type {Cell | null} */
  let hover = null;

  function show(/** @type {Uint8Array} */ bytes) {
    frame = frameOf(bytes);
    image = null;
    pick.hear(frame.picked);
    if (!frame.has(pick.value)) pick.value = null;
    if (!frame.has(hover)) hover = null;
    cells.setAttribute("aria-label", alternative(frame));
    stage.ready = true;
  }

  function paint() {
    const { theme } = stage;
    layout = layoutOf(frame, stage.width / theme.zoom);
    if (!image || image.theme !== theme.signed) image = imageOf(frame, theme.signed);
    drawNames(contextFor(names, NAMES, layout.height, theme.zoom), frame, layout, theme);
    drawCells(contextFor(cells, layout.cells, layout.height, theme.zoom), frame, layout, theme, image.canvas);
    drawLegend(contextFor(scaleLegend, layout.width - 44 / theme.zoom, 24, theme.zoom), frame, theme);
    const context = /** @type {Context} */ (cells.getContext("2d"));
    if (hover) crosshair(context, frame, layout, hover, theme, 1);
    if (pick.value) crosshair(context, frame, layout, pick.value, theme, 1.75);
    showCard(hover ?? pick.value);
  }

  function showCard(/** @type {Cell | null} */ at) {
    card.hidden = !at;
    if (!at) return;
    const { zoom } = stage.theme;
    const character = make("b", { textContent: glyph(frame.text[at.position]) });
    const value = make("b", { textContent: signedText(frame.value(at), frame.exact ? 3 : 2) });
    card.replaceChildren(`unit ${at.unit}, character ${at.position + 1} `, character, " ", value);
    const left = (NAMES + at.position * layout.cell) * zoom - scroller.scrollLeft;
    const bottom = layout.row * rowAt(frame, at) * zoom - 8;
    placeBeside(card, { left, right: left + layout.cell * zoom, width: stage.width, wish: 214 * zoom, bottom });
  }

  function cellAt(/** @type {MouseEvent} */ event) {
    if (!layout) return null;
    const box = cells.getBoundingClientRect();
    const position = Math.floor((event.clientX - box.left) / (layout.cell * stage.theme.zoom));
    const unit = frame.units[Math.floor((event.clientY - box.top) / (layout.row * stage.theme.zoom))];
    return frame.has({ unit, position }) ? { unit, position } : null;
  }

  function point(/** @type {Cell | null} */ at) {
    if (same(at, hover)) return;
    hover = at;
    stage.redraw();
  }

  function choose(/** @type {Cell | null} */ at) {
    pick.choose(at);
    said.textContent = at ? describe(frame, at) : "";
    stage.redraw();
  }

  function move(/** @type {number} */ down, /** @type {number} */ across) {
    const from = pick.value ?? { unit: frame.units[0], position: 0 };
    const row = Math.min(frame.units.length - 1, Math.max(0, rowAt(frame, from) + down));
    const position = Math.min(frame.text.length - 1, Math.max(0, from.position + across));
    keepInView(scroller, position * layout.cell * stage.theme.zoom, layout.cell * stage.theme.zoom);
    hover = null;
    choose({ unit: frame.units[row], position });
  }

  function save() {
    const { canvas } = image ?? imageOf(frame, stage.theme.signed);
    savePicture("hidden-states.png", stage.theme, NAMES + layout.cells, layout.height + 28, (context) => {
      drawNames(context, frame, layout, stage.theme);
      context.translate(NAMES, 0);
      drawCells(context, frame, layout, stage.theme, canvas);
      context.translate(-NAMES, layout.height + 4);
      drawLegend(context, frame, stage.theme);
    });
  }

  cells.onpointermove = (event) => event.pointerType === "mouse" && point(cellAt(event));
  cells.onpointerleave = () => point(null);
  cells.onclick = (event) => {
    const at = cellAt(event);
    choose(same(at, pick.value) ? null : at);
  };
  cells.onkeydown = (event) => {
    const by = STEPS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) {
      event.preventDefault();
      move(...by);
    } else if (event.key === "Escape" && pick.value) choose(null);
  };
  scroller.onscroll = () => layout && showCard(hover ?? pick.value);

  return { show, paint };
});

const alternative = (/** @type {Frame} */ { title, units, text, limit }) =>
  `${title}: ${units.length} units at ${text.length} characters of: ${text.join("")}. ` +
  `Colours from −${limit} to +${limit}. Arrow keys move, Escape lets go.`;

const describe = (/** @type {Frame} */ frame, /** @type {Cell} */ at) =>
  `Unit ${at.unit} at character ${at.position + 1}, ${spoken(frame.text[at.position])}: ${signedText(frame.value(at), frame.exact ? 3 : 2)}`;

/** @type {(a: Cell | null, b: Cell | null) => boolean} */
const same = (a, b) => a === b || Boolean(a && b && a.unit === b.unit && a.position === b.position);

/** The row of a cell that the frame has. */
const rowAt = (/** @type {Frame} */ frame, /** @type {Cell} */ { unit }) => /** @type {number} */ (frame.rowOf.get(unit));

/**
 * @param {Uint8Array} bytes
 * @returns {Frame}
 */
function frameOf(bytes) {
  const { header, take } = unpack(bytes);
  /** @type {string[]} */
  const text = Array.from(header.text);
  /** @type {{ units: number[], limit: number }} */
  const { units, limit } = header;
  const size = text.length * units.length;
  const numbers = header.exact ? take(Int16Array, size) : Int16Array.from(take(Int8Array, size), widened);
  const rowOf = new Map(units.map((unit, row) => [unit, row]));
  /** @type {Frame["has"]} */
  const has = (at) => Boolean(at && rowOf.has(at.unit) && at.position >= 0 && at.position < text.length);
  /** @type {Frame["value"]} */
  const value = (at) => real(numbers[at.position * units.length + /** @type {number} */ (rowOf.get(at.unit))], limit);
  return { ...header, text, numbers, rowOf, has, value };
}

/**
 * Cells share the width while that makes them 4 px wide; else they scroll, wide enough to show every character.
 * @param {Frame} frame
 * @param {number} width
 */
function layoutOf(frame, width) {
  const T = frame.text.length, H = frame.units.length;
  const shared = Math.min(18, (width - NAMES) / T);
  const cell = shared >= 4 ? shared : 9;
  const row = frame.height ? frame.height / H : Math.min(14, Math.ceil(300 / H));
  const axis = Math.round(row * H);
  return { cell, row, axis, cells: cell * T, height: axis + 20, width };
}

/**
 * One pixel a value; the browser magnifies it without smoothing.
 * @param {Frame} frame
 * @param {Scale} theme
 */
function imageOf(frame, theme) {
  const T = frame.text.length, H = frame.units.length;
  const canvas = Object.assign(document.createElement("canvas"), { width: T, height: H });
  const context = /** @type {Context} */ (canvas.getContext("2d"));
  const image = context.createImageData(T, H);
  const pixels = new Uint32Array(image.data.buffer);
  frame.numbers.forEach((number, k) => {
    pixels[(k % H) * T + Math.floor(k / H)] = theme.pixel[step(number)];
  });
  context.putImageData(image, 0, 0);
  return { canvas, theme };
}

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Theme} theme
 */
function drawNames(context, frame, layout, theme) {
  context.font = `11px ${theme.sans}`;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  const every = [1, 2, 5, 10, 20, 50].find((rows) => rows * layout.row >= 13); // as many as fit
  for (let row = 0; row < frame.units.length; row += every ?? 100) {
    context.fillText(String(frame.units[row]), NAMES - 6, Math.max(6, (row + 0.5) * layout.row));
  }
}

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Theme} theme
 * @param {HTMLCanvasElement} image
 */
function drawCells(context, frame, layout, theme, image) {
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, layout.cells, layout.axis);
  const size = Math.min(14, layout.cell / 0.6); // Source Code is 0.6 em wide
  const every = size >= 8.5 ? 1 : Math.ceil(9 / layout.cell);
  context.font = `${Math.max(size, every > 1 ? 11 : 0)}px ${theme.mono}`;
  context.fillStyle = theme.text;
  context.textAlign = "center";
  for (let t = 0; t < frame.text.length; t += every) {
    if (frame.text[t] === " " && every === 1) continue;
    context.fillText(glyph(frame.text[t]), (t + 0.5) * layout.cell, layout.axis + 10, layout.cell * every);
  }
}

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {Theme} theme
 */
function drawLegend(context, frame, theme) {
  const ends = { low: `−${frame.limit}`, high: `+${frame.limit}` };
  legend(context, theme, { x: NAMES, y: 12, width: 96, title: frame.title, colours: theme.signed, ...ends });
}

/**
 * Around the cell's column and row, in ink with a rim of the background, to be seen on any colour.
 * @param {Context} context
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Cell} at
 * @param {Theme} theme
 * @param {number} thickness
 */
function crosshair(context, frame, layout, at, theme, thickness) {
  const x = at.position * layout.cell, y = rowAt(frame, at) * layout.row;
  for (const [colour, width] of /** @type {const} */ ([[theme.background, thickness + 1.5], [theme.text, thickness]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(0, y, layout.cells, layout.row);
    context.strokeRect(x, 0.5, layout.cell, layout.axis + 19);
  }
}
