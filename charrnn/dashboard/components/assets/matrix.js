// A matrix of weights: one pixel an entry, magnified; what an entry joins and its value under the pointer.

import { contextFor, glyph, legend, real, signedText, spoken, unpack } from "./shared.js";
import { make, placeBeside, renderer } from "./stage.js";

/** @typedef {{ row: number, column: number }} Cell */
/** @typedef {{ name: string, signs: string[] }} Axis */

/**
 * @typedef {object} Frame
 * @property {string} title
 * @property {Axis} down
 * @property {Axis} across
 * @property {number} limit
 * @property {number} full - the value at which colours are full
 * @property {number} R - rows
 * @property {number} C - columns
 * @property {Int16Array} numbers
 * @property {(at: Cell | null) => boolean} has
 * @property {(row: number, column: number) => number} value
 */

/** @typedef {ReturnType<typeof layoutOf>} Layout */

const NAMES = 40; // width of the signs on the left, in CSS pixels
const HEIGHT = 360; // of the cells at most, unless there are more rows than pixels
/** @type {Record<string, [down: number, across: number] | undefined>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const STYLE = `.card { white-space: nowrap; padding: 5px 9px; }`;

export default renderer(STYLE, (stage) => {
  const names = make("canvas", { at: { "aria-hidden": "true" } });
  const cells = make("canvas", { tabIndex: 0, at: { role: "img" } });
  const scaleLegend = make("canvas", { at: { "aria-hidden": "true" } });
  const scroller = make("div", { className: "scroller" }, [cells]);
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  const said = make("div", { className: "spoken", at: { "aria-live": "polite" } });
  stage.root.append(make("div", { className: "row" }, [names, scroller]), scaleLegend, card, said);

  /** @type {Frame} */
  let frame;
  /** @type {Layout} */
  let layout;
  /** @type {ReturnType<typeof imageOf> | null} */
  let image = null;
  /** @type {Cell | null} */
  let hover = null;
  /** @type {Cell | null} */
  let pinned = null;

  function show(/** @type {Uint8Array} */ bytes) {
    frame = frameOf(bytes);
    image = null;
    if (!frame.has(hover)) hover = null;
    if (!frame.has(pinned)) pinned = null;
    cells.setAttribute("aria-label", alternative(frame));
    stage.ready = true;
  }

  function paint() {
    const { theme } = stage;
    layout = layoutOf(frame, stage.width / theme.zoom);
    if (!image || image.theme !== theme.signed) image = imageOf(frame, theme.signed);
    drawNames(contextFor(names, NAMES, layout.height, theme.zoom), frame, layout, theme);
    const context = contextFor(cells, layout.width, layout.height, theme.zoom);
    drawCells(context, frame, layout, theme, image.canvas);
    const written = frame.full.toPrecision(2);
    const ends = { low: `−${written}`, high: `+${written}${frame.full < frame.limit ? " and beyond" : ""}` };
    const legendContext = contextFor(scaleLegend, stage.width / theme.zoom, 24, theme.zoom);
    legend(legendContext, theme, { x: NAMES, y: 12, width: 72, title: frame.title, colours: theme.signed, ...ends });
    for (const at of [pinned, hover]) if (at) frameAround(context, layout, at, theme);
    showCard(hover ?? pinned);
  }

  function showCard(/** @type {Cell | null} */ at) {
    card.hidden = !at;
    if (!at) return;
    const { zoom } = stage.theme;
    card.textContent = describe(frame, at, glyph);
    const left = (NAMES + at.column * layout.across) * zoom - scroller.scrollLeft;
    const bottom = layout.down * at.row * zoom - 8;
    placeBeside(card, { left, right: left + layout.across * zoom, width: stage.width, wish: 240 * zoom, bottom });
  }

  function cellAt(/** @type {MouseEvent} */ event) {
    if (!layout) return null;
    const box = cells.getBoundingClientRect(), { zoom } = stage.theme;
    const column = Math.floor((event.clientX - box.left) / (layout.across * zoom));
    const row = Math.floor((event.clientY - box.top) / (layout.down * zoom));
    return frame.has({ row, column }) ? { row, column } : null;
  }

  function point(/** @type {Cell | null} */ at) {
    if (hover?.row === at?.row && hover?.column === at?.column) return;
    hover = at;
    stage.redraw();
  }

  function pin(/** @type {Cell | null} */ at) {
    pinned = at;
    said.textContent = at ? describe(frame, at, spoken) : "";
    stage.redraw();
  }

  cells.onpointermove = (event) => event.pointerType === "mouse" && point(cellAt(event));
  cells.onpointerleave = () => point(null);
  cells.onclick = (event) => {
    const at = cellAt(event);
    pin(pinned && at && pinned.row === at.row && pinned.column === at.column ? null : at);
  };
  cells.onkeydown = (event) => {
    const by = STEPS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (!by && event.key !== "Escape")) return;
    event.preventDefault();
    hover = null;
    if (!by) return pin(null);
    const from = pinned ?? { row: 0, column: 0 };
    const to = { row: from.row + by[0], column: from.column + by[1] };
    pin(frame.has(to) ? to : from);
  };
  scroller.onscroll = () => layout && showCard(hover ?? pinned);

  return { show, paint };
});

const alternative = (/** @type {Frame} */ { title, down, across, limit }) =>
  `${title}: ${down.signs.length} × ${across.signs.length} values, ${down.name} down, ${across.name} across, ` +
  `from −${limit.toPrecision(3)} to +${limit.toPrecision(3)}. Arrow keys move, Escape lets go.`;

/**
 * @param {Frame} frame
 * @param {Cell} at
 * @param {(character: string) => string} sign
 */
function describe(frame, { row, column }, sign) {
  const side = (/** @type {Axis} */ { name, signs }, /** @type {number} */ at) => (name ? `${name} ${sign(signs[at])}` : "");
  const joined = [side(frame.down, row), side(frame.across, column)].filter(Boolean).join(" → ");
  return `${joined}: ${signedText(frame.value(row, column))}`;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Frame}
 */
function frameOf(bytes) {
  const { header, take } = unpack(bytes);
  const R = header.down.signs.length, C = header.across.signs.length;
  const numbers = take(Int16Array, R * C);
  /** @type {Frame["has"]} */
  const has = (at) => Boolean(at && at.row >= 0 && at.row < R && at.column >= 0 && at.column < C);
  /** @type {Frame["value"]} */
  const value = (row, column) => real(numbers[row * C + column], header.limit);
  return { ...header, R, C, numbers, has, value };
}

function layoutOf(/** @type {Frame} */ { R, C }, /** @type {number} */ width) {
  const across = Math.max(1.5, Math.min(16, (width - NAMES) / C));
  const down = Math.max(1, Math.min(16, HEIGHT / R));
  return { across, down, width: across * C, axis: down * R, height: down * R + 18 };
}

function imageOf(/** @type {Frame} */ { R, C, numbers, limit, full }, /** @type {Scale} */ colours) {
  const canvas = Object.assign(document.createElement("canvas"), { width: C, height: R });
  const context = /** @type {Context} */ (canvas.getContext("2d"));
  const image = context.createImageData(C, R);
  const pixels = new Uint32Array(image.data.buffer);
  const stretch = limit / full;
  numbers.forEach((number, k) => {
    const part = number === -32768 ? 0 : Math.max(-1, Math.min(1, (number / 32767) * stretch));
    pixels[k] = colours.pixel[Math.round(127.5 + 127.5 * part)];
  });
  context.putImageData(image, 0, 0);
  return { canvas, theme: colours };
}

const thinned = (/** @type {number} */ size) => [1, 2, 5, 10, 20, 50, 100, 200].find((every) => every * size >= 13) ?? 500;

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Theme} theme
 */
function drawNames(context, { down, R }, layout, theme) {
  context.font = `11px ${theme.mono}`;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  for (let row = 0; row < R; row += thinned(layout.down)) {
    context.fillText(glyph(down.signs[row]), NAMES - 6, Math.max(6, (row + 0.5) * layout.down));
  }
}

/**
 * @param {Context} context
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Theme} theme
 * @param {HTMLCanvasElement} image
 */
function drawCells(context, { across, C }, layout, theme, image) {
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, layout.width, layout.axis);
  context.font = `11px ${theme.mono}`;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  const longest = across.signs[C - 1].length > 1 ? 26 : 10; // room for a number, or for a character
  const every = [1, 2, 5, 10, 20, 50, 100, 200].find((columns) => columns * layout.across >= longest) ?? 500;
  for (let column = 0; column < C; column += every) {
    context.fillText(glyph(across.signs[column]), Math.max(5, (column + 0.5) * layout.across), layout.axis + 10);
  }
}

/**
 * In ink with a rim of the background, to be seen on any colour.
 * @param {Context} context
 * @param {Layout} layout
 * @param {Cell} at
 * @param {Theme} theme
 */
function frameAround(context, layout, { row, column }, theme) {
  for (const [colour, width] of /** @type {const} */ ([[theme.background, 3.5], [theme.text, 1.75]])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(column * layout.across - 1, row * layout.down - 1, layout.across + 2, layout.down + 2);
  }
}
