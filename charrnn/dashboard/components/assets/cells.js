// Values in rows and columns as colours, one pixel a value, magnified; under the pointer what it belongs to and how much
// it is. A matrix, or what goes on at each character of a text.

import { _, decimals } from "./language.js";
import { contextOf, glyph, isMarked, legend, lineOn, real, signedText, spoken, unpack, widened, within } from "./shared.js";
import { grid } from "./grid.js";
import { make, renderer } from "./stage.js";

/** @typedef {{ row: string, column: number }} Cell - its row by the sign, and so the same one in another order */
/** @typedef {{ name: string, signs: string[] }} Axis */

const NAMES = 44; // width of the signs on the left, in CSS pixels
const STYLE = `
  .card { white-space: nowrap; padding: 5px 9px; }
  .card b { font-family: var(--st-code-font); padding-left: 4px; }
`;

export default renderer(STYLE, (stage) => grid(stage, "picked", cellsOf));

/** @type {(bytes: Uint8Array) => Picture<Cell>} */
function cellsOf(bytes) {
  const { header, take } = unpack(bytes);
  /** @type {{ title: string, text: boolean, limit: number, full: number, picked: Cell | null, exact: boolean }} */
  const { title, text, limit, full, picked, exact } = header;
  /** @type {[Axis, Axis]} */
  const [down, across] = header.axes.map((/** @type {Axis} */ { name, signs }) => ({ name, signs: Array.from(signs) }));
  const R = down.signs.length, C = across.signs.length;
  const numbers = exact ? take(Int16Array, R * C) : Int16Array.from(take(Int8Array, R * C), widened);
  const rows = new Map(down.signs.map((sign, row) => [sign, row]));
  const rowOf = (/** @type {Cell} */ { row }) => /** @type {number} */ (rows.get(row));
  const value = (/** @type {Cell} */ at) =>
    signedText(real(numbers[rowOf(at) * C + at.column], limit), exact ? 3 : 2); // half as long, a decimal less
  let size = { names: NAMES, cells: 0, height: 0, row: 0, column: 0, narrow: false };
  /** @type {{ canvas: HTMLCanvasElement, scale: Scale, wide: number } | undefined} */
  let image;

  /** @type {(at: Cell, sign: (character: string) => string) => string} */
  function joined({ row, column }, sign) {
    const sides = [[down.name, row], [across.name, across.signs[column]]].filter(([name]) => name);
    return sides.map(([name, one]) => `${name} ${sign(one)}`).join(" → ");
  }

  return {
    picked,
    file: `${title.replace(/\W+/g, "-")}.png`,
    cardWidth: 240,
    alternative: text
      ? _("{title}: {R} units at {C} characters of: {text}. Colours from −{limit} to +{limit}. Arrow keys move, Escape lets go.",
        { title, R, C, text: across.signs.join(""), limit: short(limit, 3) })
      : _("{title}: {R} × {C} values, {down} down, {across} across, from −{limit} to +{limit}. Arrow keys move, Escape lets go.",
        { title, R, C, down: down.name, across: across.name, limit: short(limit, 3) }),

    has: ({ row, column }) => rows.has(row) && column >= 0 && column < C,

    measure(width) {
      const shared = (width - NAMES) / C;
      const column = text && shared < 4 ? 9 : Math.min(18, Math.max(1.5, shared)); // a text scrolls, to be read
      const row = Math.min(14, Math.ceil(300 / R));
      size = { names: NAMES, cells: column * C, height: row * R + 20, row, column, narrow: width < 640 };
      return size;
    },

    cellAt(x, y) {
      const row = down.signs[Math.floor(y / size.row)], column = Math.floor(x / size.column);
      return row !== undefined && column >= 0 && column < C ? { row, column } : null;
    },

    place: (at) => ({ x: at.column * size.column, width: size.column, bottom: rowOf(at) * size.row - 8 }),

    beside(at, byRows, byColumns) {
      const row = within((at ? rowOf(at) : 0) + byRows, R);
      return { row: down.signs[row], column: within((at?.column ?? 0) + byColumns, C) };
    },

    card(at) {
      const sign = make("b", { textContent: glyph(across.signs[at.column]) });
      const told = _("unit {row}, character {column}", { row: at.row, column: at.column + 1 });
      const where = text ? [`${told} `, sign] : [joined(at, glyph)];
      return [...where, " ", make("b", { textContent: value(at) })];
    },

    say(at) {
      const named = { row: at.row, column: at.column + 1, sign: spoken(across.signs[at.column]) };
      const where = _("Unit {row} at character {column}, {sign}", named);
      return `${text ? where : joined(at, spoken)}: ${value(at)}`;
    },

    drawNames(context, theme) {
      context.font = `11px ${theme.mono}`;
      context.fillStyle = theme.muted;
      context.textAlign = "right";
      for (let row = 0; row < R; row += every(size.row, 12)) {
        context.fillText(glyph(down.signs[row]), NAMES - 6, Math.max(6, (row + 0.5) * size.row));
      }
    },

    drawCells(context, theme, picked, hover) {
      const scale = theme.signed, wide = Math.min(4, Math.floor(size.column));
      if (image?.scale !== scale || image.wide !== wide) {
        image = { canvas: drawn(numbers, C, scale, limit / full, wide, size.row), scale, wide };
      }
      context.imageSmoothingEnabled = false;
      context.drawImage(image.canvas, 0, 0, size.cells, size.row * R);
      drawSigns(context, theme);
      if (hover) crosshair(context, theme, hover, 1);
      if (picked) crosshair(context, theme, picked, 1.75);
    },

    drawLegend(context, theme) {
      const end = short(full, 2);
      const ends = { low: `−${end}`, high: full < limit ? _("+{end} and beyond", { end }) : `+${end}` };
      legend(context, theme, { x: size.narrow ? 0 : NAMES, y: 12, width: 72, title, colours: theme.signed, ...ends });
    },
  };

  /** Below each column its sign, or below as many as there is room for. */
  function drawSigns(/** @type {Context} */ context, /** @type {Theme} */ theme) {
    const room = text ? 5 : across.signs[C - 1].length > 1 ? 26 : 10; // for a letter of a text, a number, a sign
    const step = every(size.column, room);
    context.font = `${step > 1 ? 11 : Math.min(14, size.column / 0.6)}px ${theme.mono}`; // a letter is 0.6 em wide
    context.fillStyle = text ? theme.text : theme.muted;
    context.textAlign = "center";
    for (let column = 0; column < C; column += step) {
      if (text && across.signs[column] === " ") continue;
      context.fillText(glyph(across.signs[column]), Math.max(5, (column + 0.5) * size.column), size.height - 10);
    }
  }

  /**
   * Around the cell's column and row, in ink with a rim of the background, to be seen on any colour.
   * @type {(context: Context, theme: Theme, at: Cell, thickness: number) => void}
   */
  function crosshair(context, theme, at, thickness) {
    for (const rim of [1.5, 0]) {
      context.strokeStyle = rim ? theme.background : theme.text;
      context.lineWidth = thickness + rim;
      context.strokeRect(0, rowOf(at) * size.row, size.cells, size.row);
      context.strokeRect(at.column * size.column, 0.5, size.column, size.height - 1);
    }
  }
}

/** A number in so many digits, without those that say nothing. */
const short = (/** @type {number} */ number, /** @type {number} */ digits) =>
  decimals(String(Number(number.toPrecision(digits))));

/** Every how many have room for a sign, each being so wide. */
const every = (/** @type {number} */ width, /** @type {number} */ room) =>
  [1, 2, 5, 10, 20, 50, 100, 200].find((many) => many * width >= room) ?? 500;

/**
 * So many pixels a value, which the browser magnifies without smoothing; the colours are full so much (`stretch`) sooner
 * than the largest number. What is well below zero has a line in its middle, where it is wide enough for one.
 * @type {(numbers: Int16Array, columns: number, scale: Scale, stretch: number, wide: number, high: number) => HTMLCanvasElement}
 */
function drawn(numbers, columns, scale, stretch, wide, high) {
  const width = columns * wide, image = new ImageData(width, (numbers.length / columns) * high);
  const pixels = new Uint32Array(image.data.buffer);
  const part = (127.5 * stretch) / 32767;
  const places = numbers.map((number) => (number === -32768 ? 128 : Math.max(0, Math.min(255, Math.round(127.5 + part * number)))));
  for (let row = 0; row < image.height; row += high) {
    const top = row * width, middle = top + (high >> 1) * width, first = (row / high) * columns;
    for (let x = 0; x < width; x++) pixels[top + x] = scale.pixel[places[first + Math.floor(x / wide)]];
    for (let y = 1; y < high; y++) pixels.copyWithin(top + y * width, top, top + width);
    for (let column = 0; column < columns; column++) {
      const place = places[first + column];
      if (isMarked(place)) pixels.fill(scale.pixel[lineOn(place)], middle + column * wide + wide / 4, middle + (column + 0.75) * wide);
    }
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas;
}
