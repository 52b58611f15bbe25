// What is told of the drawn network: its equations with the numbers of one place in them, and the course of a step.

import { Sentence, _ } from "./language.js";
import { CELLS } from "./network_cells.js";
import { bracketed, number } from "./network_numbers.js";
import { glyph, percent, unpack } from "./shared.js";

/** @import { Cell } from "./network_cells.js" */

/** @typedef {{ name: string, norm: number | null, cut: number, size: number, change: number | null }} Summed */
/** @typedef {"read" | "W_xh" | "W_hh" | "kept" | "state" | "W_hy" | "guess" | "came" | "share"} Part */
/**
 * A place in a column: i counts units from the top, or guesses; s the cell's strips, 0 elsewhere.
 * @typedef {{ part: Part, k: number, i: number, s: number }} Spot
 */

/**
 * One step of training as it is drawn (network.py says what each is): K columns, U units.
 * @typedef {object} Frame
 * @property {Cell} cell
 * @property {string[]} read
 * @property {string[]} came
 * @property {number[]} at
 * @property {number} N
 * @property {number} T
 * @property {number} cut - the first of the N columns that training learns from
 * @property {boolean} last
 * @property {number[]} units
 * @property {number} H
 * @property {boolean} chosen
 * @property {Summed[]} summed
 * @property {number} clip
 * @property {string} optimizer
 * @property {string} step
 * @property {number} place
 * @property {[number, number]} places
 * @property {(k: number) => Guess[]} likeliest
 * @property {Float32Array} loss
 * @property {Float32Array} y - of the character that came, as dy
 * @property {Float32Array} dy
 * @property {Float32Array} total - ln Σ e^y
 * @property {Float32Array} share
 * @property {Float32Array} back - as kept: what comes back from the next column, through W_hh and beside it
 * @property {Float32Array} kept
 * @property {Record<string, Float32Array>} held - K rows of U, by their letters
 * @property {Float32Array} bias - a row of U for each of the cell's biases
 * @property {number} limit - of the cell state, that with the largest value in the picture; 1 without one
 */

export const PHASES = [Sentence("reads"), Sentence("predicts"), Sentence("is told"), Sentence("learns")];
const AFTER = /** @type {const} */ (["y", "p", "loss", "dy"]); // the lines of the beats after those of the cell
const PHASE_OF = [1, 1, 2, 3];

/** The beat at which the loss is told, and that at which the last column's part of it has flown back. */
export const toldAt = (/** @type {Frame} */ { cell }) => cell.reads.length + AFTER.indexOf("loss");
export const backAt = (/** @type {Frame} */ { cell }) => cell.reads.length + AFTER.length;
/** How many beats a step of so many drawn columns has: forward, back through each, the sum, the update. */
export const beats = (/** @type {Frame} */ frame, /** @type {number} */ columns) => backAt(frame) + columns + 2;
/** When a phase is over. @type {(frame: Frame, phase: number, columns: number) => number} */
export const ends = (frame, phase, columns) =>
  phase === 3 ? beats(frame, columns) : frame.cell.reads.length + PHASE_OF.lastIndexOf(phase) + 1;
/** @type {(frame: Frame, beat: number) => number} */
export const phaseOf = ({ cell }, beat) => (beat < cell.reads.length ? 0 : PHASE_OF[beat - cell.reads.length] ?? 3);

/** @type {(frame: Frame, beat: number, columns: number) => string} */
export function lineAt(frame, beat, columns) {
  const { reads, flows } = frame.cell, back = backAt(frame);
  if (beat < back) return reads[beat]?.[0] ?? AFTER[beat - reads.length];
  if (beat < back + columns) return flows;
  return beat === back + columns ? "sum" : "update";
}

/** @type {(frame: Frame) => { group: string, lines: [line: string, formula: string][] }[]} */
export const equations = ({ cell, clip, optimizer }) => [
  { group: Sentence("forward"), lines: [
    ...written(cell.forward), ["y", "y = h W_hy + b_y"], ["p", "p = softmax(y)"], ["loss", _("loss = −ln p[came]")]] },
  { group: Sentence("backward"), lines: [
    ["dy", _("dy = p − o(came)")], ...written(cell.backward), ["sum", cell.summed],
    ["update", _("clip to ±{clip}, then {optimizer}", { clip, optimizer })]] },
];

const written = (/** @type {Cell["forward"]} */ lines) =>
  lines.map(([line, formula]) => /** @type {[string, string]} */ ([line, formula]));

/** The line of the equations that a part of the picture belongs to, on the way forward or back. */
export function lineOf(/** @type {Frame} */ { cell }, /** @type {Spot} */ { part, s }, /** @type {boolean} */ learning) {
  /** @type {Record<Part, [string, string]>} */
  const lines = {
    ...cell.lines, state: cell.strips[s].lines, W_hy: ["y", "sum"],
    guess: ["p", "dy"], came: ["loss", "dy"], share: ["dh", "dh"],
  };
  return lines[part][learning ? 1 : 0];
}

/**
 * A line of the equations with the numbers of a spot in it.
 * @type {(frame: Frame, line: string, spot: Spot) => string}
 */
export function filled(frame, line, spot) {
  const { k, part } = spot;
  const [c, y, p] = guessed(frame, spot), came = c === frame.came[k];
  switch (line) {
    case "y": return `y[${glyph(c)}] = ${number(y)}`;
    case "p": return `p[${glyph(c)}] = e^(${number(y)} − ${bracketed(frame.total[k])}) = ${number(p)}`;
    case "loss": return _("−ln {p} = {loss} nats", { p: number(Math.exp(-frame.loss[k])), loss: number(frame.loss[k]) });
    case "dy": return frame.dy[k] === 0 ? _("0: this loss does not count here") : dyFilled(frame, k, c, p, came);
    case "sum": return summedOf(frame, part).map(({ name, norm }) => `‖d${name}‖ = ${number(norm)}`).join("  ");
    case "update": return updated(frame, part);
  }
  if (line === "dh" && part === "share") {
    return _("{share} = {size} over all {H} units", { share: frame.cell.share, size: number(frame.share[k]), H: frame.H });
  }
  return ofUnit(frame, line, spot);
}

/** A line of the cell's own, of the unit at a spot, else of the one that the last loss pulls at most. */
function ofUnit(/** @type {Frame} */ { cell, held, units, bias, at }, /** @type {string} */ line, /** @type {Spot} */ spot) {
  const U = units.length, last = held.told.subarray((at.length - 1) * U), inside = spot.part === "state";
  const i = inside ? spot.i : last.reduce((best, value, i) => (Math.abs(value) > Math.abs(last[best]) ? i : best), 0);
  const of = (/** @type {string} */ name) => held[name]?.[spot.k * U + i] ?? bias[cell.biases.indexOf(name) * U + i];
  const equation = [...cell.forward, ...cell.backward].find(([name]) => name === line);
  return equation?.[2](of, units[i], inside ? cell.strips[spot.s].name : "") ?? "";
}

/** @type {(frame: Frame, k: number, c: string, p: number, came: boolean) => string} */
const dyFilled = (frame, k, c, p, came) => came
  ? `dy[${glyph(c)}] = ${number(frame.dy[k] + 1)} − 1 = ${number(frame.dy[k])}`
  : `dy[${glyph(c)}] = p[${glyph(c)}] = ${number(p)}`;

/** The character whose score is told of at a spot, with its score and probability: a guess, or what came. */
function guessed(/** @type {Frame} */ frame, /** @type {Spot} */ { part, k, i }) {
  const [c, p] = part === "guess" ? frame.likeliest(k)[i] : [frame.came[k], Math.exp(-frame.loss[k])];
  const y = part === "guess" ? Math.log(p) + frame.total[k] : frame.y[k];
  return /** @type {[string, number, number]} */ ([c, y, p]);
}

/** The array pointed at, else that which carries the state. */
function summedOf(/** @type {Frame} */ { summed }, /** @type {Part} */ part) {
  const name = part.startsWith("W_") ? part : "W_hh";
  return summed.filter((one) => one.name === name);
}

function updated(/** @type {Frame} */ frame, /** @type {Part} */ part) {
  const [{ name, cut, size, change }] = summedOf(frame, part);
  const clipped = _("{cut} of {size} entries of d{name} cut", { cut, size: size.toLocaleString(document.documentElement.lang || "en"), name });
  return change === null
    ? _("{clipped}; its memory of this step is not at hand", { clipped })
    : _("{clipped}; {name} moves by ‖Δ‖ = {change}", { clipped, name, change: number(change) });
}

/** What happens at a beat, in a sentence. */
export function sentence(/** @type {Frame} */ frame, /** @type {number} */ beat, /** @type {number} */ columns) {
  const k = frame.at.length - 1, [best, p] = frame.likeliest(k)[0], { reads } = frame.cell, back = backAt(frame);
  const read = `“${glyph(frame.read[k])}”`, came = `“${glyph(frame.came[k])}”`;
  if (beat < reads.length) {
    const told = _(reads[beat][1], { H: frame.H });
    return beat ? told : _("It reads {read}: {told}", { read, told });
  }
  if (beat < back) {
    return [
      _("Through W_hy the state gives every character a score."),
      _("Softmax makes probabilities of the scores: it guesses “{sign}”, {p} sure.", { sign: glyph(best), p: percent(p) }),
      _("It is told: {came} came. It had given it {p}: a loss of {loss} nats.",
        { came, p: percent(Math.exp(-frame.loss[k])), loss: number(frame.loss[k]) }),
      _("What each probability should have been otherwise, dy, goes back through W_hy."),
    ][beat - reads.length];
  }
  if (beat < back + columns) {
    return frame.share[0] < frame.share[k]
      ? _("It read {read}, guessed, and was told {came}. What it learns from that flows back along the same arrows, and fades.",
        { read, came })
      : _("It read {read}, guessed, and was told {came}. What it learns from that flows back along the same arrows.",
        { read, came });
  }
  const learned = Math.min(frame.N, frame.N - frame.cut);
  if (beat === back + columns) return _("What the {learned} characters that learning looks back at say to each weight is summed.", { learned });
  return _("Entries beyond ±{clip} are cut, and {optimizer} moves the weights.", { clip: frame.clip, optimizer: frame.optimizer });
}

/** @type {(bytes: Uint8Array) => Frame} */
export function frameOf(bytes) {
  const { header, take } = unpack(bytes), { cell, held: names, biases, ...story } = header;
  /** @type {string[]} */
  const read = Array.from(header.read), top = Array.from(header.top);
  const K = read.length, U = header.units.length, best = top.length / K;
  const p = take(Float32Array, K * best);
  const [loss, y, dy, total, share, back, kept] = Array.from({ length: 7 }, () => take(Float32Array, K));
  /** @type {Frame["held"]} */
  const held = Object.fromEntries(names.map((/** @type {string} */ name) => [name, take(Float32Array, K * U)]));
  return {
    ...story, cell: CELLS[/** @type {keyof typeof CELLS} */ (cell)], read, came: Array.from(header.came), loss, y, dy, total, share,
    back, kept, held, bias: take(Float32Array, biases * U), cut: Math.max(0, header.N - header.T),
    limit: held.c?.reduce((most, value) => Math.max(most, Math.abs(value)), 1) ?? 1,
    likeliest: (k) => Array.from({ length: best }, (_, i) => [top[k * best + i], p[k * best + i]]),
  };
}
