// What all pictures need: the page's colours, visible glyphs for characters, sharp canvases, the wire format.

import { Sentence, _, decimals } from "./language.js";

const PALETTES = {
  light: {
    text: "#1B1F24", muted: "#5B626B", border: "#DAD9D2", panel: "#F1F1EC", accent: "#0F766E", mark: "#8F4200",
    right: ["#F1F5F3", "#1F8F83"],
    signed: ["#8F4200", "#E08A2E", "#F4F3EF", "#5B9BD5", "#124A86"],
    surprise: ["#F3F0F8", "#CDBFE6", "#9C82C9", "#6B45A3", "#43206F"],
  },
  dark: {
    text: "#E9EBEE", muted: "#9AA3AD", border: "#363B43", panel: "#1E2126", accent: "#2DD4BF", mark: "#FFC48A",
    right: ["#1E2126", "#2DD4BF"],
    signed: ["#FFC48A", "#C96F1A", "#24262B", "#2F7FC4", "#9CD0FF"],
    surprise: ["#211D29", "#463761", "#7457A8", "#A98AE0", "#DCCBFF"],
  },
};

const channels = (/** @type {string} */ hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2). */
function luminance(/** @type {number[]} */ rgb) {
  const [r, g, b] = rgb.map((c) => (c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever contrasts more with a colour. */
const inkOf = (/** @type {number[]} */ rgb) => (luminance(rgb) > 0.179 ? "#000" : "#fff"); // there they are alike
export const inkOn = (/** @type {string} */ hex) => inkOf(channels(hex));

/** A scale as 256 colours: `fill` for CSS, `ink` to write on it, `pixel` for ImageData. */
function scale(/** @type {string[]} */ stops) {
  const colours = stops.map(channels);
  /** @type {Scale} */
  const table = { fill: [], ink: [], pixel: new Uint32Array(256) };
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (colours.length - 1);
    const k = Math.min(Math.floor(at), colours.length - 2);
    const rgb = colours[k].map((c, n) => Math.round(c + (colours[k + 1][n] - c) * (at - k)));
    table.fill.push(`rgb(${rgb.join(",")})`);
    table.ink.push(inkOf(rgb));
    table.pixel[i] = (255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]; // in memory: r, g, b, alpha
  }
  return table;
}

/** @type {(canvas: HTMLCanvasElement) => Context} */
export const contextOf = (canvas) => /** @type {Context} */ (canvas.getContext("2d"));

const scratch = contextOf(document.createElement("canvas"));

/** Any CSS colour that hides what is below it, as a canvas says it back. */
const hexOf = (/** @type {string} */ colour) => String(Object.assign(scratch, { fillStyle: colour }).fillStyle);

/** @type {Map<string, Colours>} */
const themes = new Map(); // by background

/**
 * Colours, fonts and magnification for an element, from the theme around it.
 * @type {(element: Element) => Theme}
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const value = (/** @type {string} */ name, /** @type {string} */ otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const background = value("--st-background-color", "#FCFCFA");
  if (!themes.has(background)) {
    const palette = luminance(channels(hexOf(background))) > 0.25 ? PALETTES.light : PALETTES.dark;
    themes.set(background, {
      ...palette, background,
      right: scale(palette.right), signed: scale(palette.signed), surprise: scale(palette.surprise),
    });
  }
  return {
    .../** @type {Colours} */ (themes.get(background)),
    sans: value("--st-font", "sans-serif"),
    mono: value("--st-code-font", "monospace"),
    zoom: (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16, // ?present=1 enlarges it
  };
}

const GLYPHS = new Map([["\n", "↵"], ["\t", "⇥"], [" ", "␣"]]);
const NAMES = new Map([["\n", Sentence("new line")], ["\t", Sentence("tab")], [" ", Sentence("space")]]);

/**
 * One visible sign for one character, whatever it is: one cell never disturbs the next.
 * @type {(character: string) => string}
 */
export function glyph(character) {
  const known = GLYPHS.get(character);
  if (known) return known;
  if (/^\p{Z}/u.test(character)) return "⍽";
  if (/^\p{C}/u.test(character)) return "\uFFFD";
  return /^\p{M}/u.test(character) ? "◌" + character : character;
}

/** The place nearest to one asked for, of so many. */
export const within = (/** @type {number} */ at, /** @type {number} */ count) => Math.min(count - 1, Math.max(0, at));

/** A character in words, for those who listen. */
export function spoken(/** @type {string} */ character) {
  if (/^[\p{C}\p{Z}]/u.test(character) && !NAMES.has(character)) return `U+${character.codePointAt(0)?.toString(16)}`;
  const name = NAMES.get(character);
  return name ? _(name) : character;
}

export function signedText(/** @type {number} */ value, digits = 3) {
  return Number.isNaN(value) ? _("not a number") : (value < 0 ? "−" : "+") + decimals(Math.abs(value).toFixed(digits));
}
export const percent = (/** @type {number} */ p) => (p > 0 && p < 0.01 ? "< 1 %" : `${Math.round(100 * p)} %`);

/**
 * A 2-D context on which one unit is one CSS pixel times `zoom`; the canvas is resized only when it must be.
 * @type {(canvas: HTMLCanvasElement, width: number, height: number, zoom?: number, ratio?: number) => Context}
 */
export function contextFor(canvas, width, height, zoom = 1, ratio = window.devicePixelRatio || 1) {
  const pixels = [Math.round(width * zoom * ratio), Math.round(height * zoom * ratio)];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  canvas.style.width = `${width * zoom}px`;
  canvas.style.height = `${height * zoom}px`;
  const context = contextOf(canvas);
  context.setTransform(ratio * zoom, 0, 0, ratio * zoom, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";
  context.direction = "ltr";
  return context;
}

/**
 * Text cut with an ellipsis so that it fits.
 * @type {(context: Context, text: string, width: number) => string}
 */
export function fit(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && context.measureText(letters.join("") + "…").width > width) letters.pop();
  return letters.join("") + "…";
}

/** Whether a place on the signed scale is well below zero: there it is marked, for who sees no colours. */
export const isMarked = (/** @type {number} */ place) => place < 96; // of 256: -0.25 and less of the scale's end
/** On such a place, one of the same hue that is lighter or darker. */
export const lineOn = (/** @type {number} */ place) => (place < 64 ? Math.min(128, place + 80) : 0);

const LEGEND_STOPS = 16; // all scales are straight between so many colours

/**
 * A scale's legend: a bar of it between its two ends, with the mark of what is below zero. Returns the x where it ends.
 * @param {Context} context
 * @param {Theme} theme
 * @param {{ x: number, y: number, title: string, colours: Scale, low: string, high: string, width?: number }} what
 */
export function legend(context, theme, { x, y, title, colours, low, high, width = 64 }) {
  context.font = `12px ${theme.sans}`;
  context.textAlign = "left";
  context.fillStyle = theme.muted;
  const write = (/** @type {string} */ text) => {
    context.fillText(text, x, y);
    x += context.measureText(text).width + 6;
  };
  if (title) write(title);
  write(low);
  const bar = context.createLinearGradient(x, 0, x + width, 0);
  for (let i = 0; i <= LEGEND_STOPS; i++) bar.addColorStop(i / LEGEND_STOPS, colours.fill[Math.round((i / LEGEND_STOPS) * 255)]);
  context.fillStyle = bar;
  context.fillRect(x, y - 5, width, 10);
  if (colours === theme.signed) {
    context.fillStyle = colours.fill[lineOn(0)];
    context.fillRect(x + 3, y - 0.5, width / 8, 1);
  }
  x += width + 6;
  context.fillStyle = theme.muted;
  write(high);
  return x;
}

/**
 * Bytes on the wire: a JSON header, a zero byte, then arrays of numbers, the wider ones first.
 * @type {(bytes: Uint8Array) => Message}
 */
export function unpack(bytes) {
  const end = bytes.indexOf(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const { buffer } = bytes.slice(end + 1); // a copy, so that 16-bit numbers are aligned
  let at = 0;
  const take = (/** @type {any} */ Kind, /** @type {number} */ length) => {
    const array = new Kind(buffer, at, length);
    at += array.byteLength;
    return array;
  };
  return { header, take };
}

/** int8 as the int16 that stands for the same value. */
export const widened = (/** @type {number} */ number) => (number === -128 ? -32768 : number * 258);
/** int16 to a value in [-limit, limit]; -32768 stands for "not a number". */
export const real = (/** @type {number} */ number, limit = 1) => (number === -32768 ? NaN : (number / 32767) * limit);
/** int16 to a place on a scale of 256. */
export const step = (/** @type {number} */ number) => (number === -32768 ? 128 : (number + 32768) >> 8);
