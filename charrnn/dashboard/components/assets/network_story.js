// What is told of the drawn network: its equations with the numbers of one place in them, and the course of a step.

import { glyph, percent, unpack } from "./shared.js";

/** @typedef {{ name: string, norm: number | null, cut: number, size: number, change: number | null }} Summed */
/** @typedef {"read" | "W_xh" | "W_hh" | "state" | "W_hy" | "guess" | "came" | "share"} Part */
/** @typedef {{ part: Part, k: number, i: number }} Spot - of a column; i counts units from the top, or guesses */

/**
 * One step of training as it is drawn (network.py says what each is): K columns, U units.
 * @typedef {object} Frame
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
 * @property {Record<"z" | "recurrent" | "h" | "told" | "dh" | "dz", Float32Array>} held - K rows of U
 * @property {Float32Array} bias
 */

export const PHASES = ["reads", "predicts", "is told", "learns"];
/** The beats of a step before it flows back: what of rnn.py's equations each is, and its phase. */
const FORWARD = /** @type {const} */ (["z", "h", "h", "y", "p", "loss", "dy"]);
const PHASE_OF = [0, 0, 0, 1, 1, 2, 3];
export const TOLD = FORWARD.indexOf("loss"), BACK = FORWARD.length; // beats: the loss; the last column, going back

/** @typedef {"z" | "h" | "y" | "p" | "loss" | "dy" | "dh" | "dz" | "sum" | "update"} Line */

/** How many beats a step of so many drawn columns has: forward, back through each, the sum, the update. */
export const beats = (/** @type {number} */ columns) => BACK + columns + 2;
/** When a phase is over. */
export const ends = (/** @type {number} */ phase, /** @type {number} */ columns) =>
  phase === 3 ? beats(columns) : PHASE_OF.lastIndexOf(phase) + 1;
export const phaseOf = (/** @type {number} */ beat) => PHASE_OF[beat] ?? 3;

/** @type {(beat: number, columns: number) => Line} */
export function lineAt(beat, columns) {
  if (beat < BACK) return FORWARD[beat];
  if (beat < BACK + columns) return "dz";
  return beat === BACK + columns ? "sum" : "update";
}

/** @type {(frame: Frame) => { group: string, lines: [Line, string][] }[]} */
export const equations = ({ clip, optimizer }) => [
  { group: "forward", lines: [
    ["z", "z = W_xh[x] + b_h"], ["h", "h = tanh(z + h₋₁ W_hh)"], ["y", "y = h W_hy + b_y"], ["p", "p = softmax(y)"],
    ["loss", "loss = −ln p[came]"]] },
  { group: "backward", lines: [
    ["dy", "dy = p − o(came)"], ["dh", "dh = dy W_hyᵀ + dz₊₁ W_hhᵀ"], ["dz", "dz = dh (1 − h²)"],
    ["sum", "dW_hh = Σ h₋₁ᵀ dz, …"], ["update", `clip to ±${clip}, then ${optimizer}`]] },
];

/** A number as it is written beside the picture: four decimals, a small one as so much times a power of ten. */
export function number(/** @type {number | null} */ value) {
  if (value === null || !Number.isFinite(value)) return "not a number";
  const size = Math.abs(value), sign = value < 0 ? "−" : "";
  if (size >= 1e5 || (size < 5e-4 && size > 0)) {
    const [digits, power] = size.toExponential(2).split("e");
    return `${sign}${digits}·10${raised(Number(power))}`;
  }
  return sign + size.toFixed(4);
}

/** The same within a formula, where a sign would stand beside another one. */
const within = (/** @type {number} */ value) => (value < 0 ? `(${number(value)})` : number(value));

export const raised = (/** @type {number} */ power) =>
  String(power).replace(/[-\d]/g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]);

/** The line of the equations that a part of the picture belongs to, on the way forward or back. */
export function lineOf(/** @type {Spot} */ { part }, /** @type {boolean} */ learning) {
  /** @type {Record<Part, [Line, Line]>} */
  const lines = {
    read: ["z", "dz"], W_xh: ["z", "sum"], state: ["h", "dz"], W_hh: ["h", "sum"], W_hy: ["y", "sum"],
    guess: ["p", "dy"], came: ["loss", "dy"], share: ["dh", "dh"],
  };
  return lines[part][learning ? 1 : 0];
}

/**
 * A line of the equations with the numbers of a spot in it.
 * @type {(frame: Frame, line: Line, spot: Spot) => string}
 */
export function filled(frame, line, spot) {
  const { k, part } = spot, { held, units } = frame;
  const i = part === "state" ? spot.i : strongest(frame), at = k * units.length + i, u = units[i];
  const of = (/** @type {keyof Frame["held"]} */ name) => held[name][at];
  const [c, y, p] = guessed(frame, spot), came = c === frame.came[k];
  switch (line) {
    case "z": return `z[${u}] = ${number(of("z") - frame.bias[i])} + ${within(frame.bias[i])} = ${number(of("z"))}`;
    case "h": return `h[${u}] = tanh(${number(of("z"))} + ${within(of("recurrent"))}) = ${number(of("h"))}`;
    case "y": return `y[${glyph(c)}] = ${number(y)}`;
    case "p": return `p[${glyph(c)}] = e^(${number(y)} − ${within(frame.total[k])}) = ${number(p)}`;
    case "loss": return `−ln ${number(Math.exp(-frame.loss[k]))} = ${number(frame.loss[k])} nats`;
    case "dy": return frame.dy[k] === 0 ? "0: this loss does not count here" : dyFilled(frame, k, c, p, came);
    case "dh": return part === "share"
      ? `‖dh‖ = ${number(frame.share[k])} over all ${frame.H} units`
      : `dh[${u}] = ${number(of("told"))} + ${within(of("dh") - of("told"))} = ${number(of("dh"))}`;
    case "dz": return `dz[${u}] = ${number(of("dh"))} · (1 − ${within(of("h"))}²) = ${number(of("dz"))}`;
    case "sum": return summedOf(frame, part).map(({ name, norm }) => `‖d${name}‖ = ${number(norm)}`).join("  ");
    case "update": return updated(frame, part);
  }
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

/** Which of the units drawn the last loss pulls at most. */
function strongest(/** @type {Frame} */ { units, held, at }) {
  const last = held.told.subarray((at.length - 1) * units.length);
  return last.reduce((best, value, i) => (Math.abs(value) > Math.abs(last[best]) ? i : best), 0);
}

/** The array pointed at, else that which carries the state. */
function summedOf(/** @type {Frame} */ { summed }, /** @type {Part} */ part) {
  const name = part.startsWith("W_") ? part : "W_hh";
  return summed.filter((one) => one.name === name);
}

function updated(/** @type {Frame} */ frame, /** @type {Part} */ part) {
  const [{ name, cut, size, change }] = summedOf(frame, part);
  const clipped = `${cut} of ${size.toLocaleString("en")} entries of d${name} cut`;
  return change === null ? `${clipped}; its memory of this step is not at hand` : `${clipped}; ${name} moves by ‖Δ‖ = ${number(change)}`;
}

/** What happens at a beat, in a sentence. */
export function sentence(/** @type {Frame} */ frame, /** @type {number} */ beat, /** @type {number} */ columns) {
  const k = frame.at.length - 1, [best, p] = frame.likeliest(k)[0];
  const read = `“${glyph(frame.read[k])}”`, came = `“${glyph(frame.came[k])}”`;
  const told = [
    `It reads ${read}: a row of W_xh comes in.`,
    "What it carried from the character before comes in through W_hh.",
    `Both are added, and tanh makes the new state of it: ${frame.H} numbers from −1 to 1.`,
    "Through W_hy the state gives every character a score.",
    `Softmax makes probabilities of the scores: it guesses “${glyph(best)}”, ${percent(p)} sure.`,
    `It is told: ${came} came. It had given it ${percent(Math.exp(-frame.loss[k]))}: a loss of ${number(frame.loss[k])} nats.`,
    "What each probability should have been otherwise, dy, goes back through W_hy.",
  ];
  if (beat < BACK) return told[beat];
  if (beat < BACK + columns) {
    return `It read ${read}, guessed, and was told ${came}. What it learns from that flows back along the same arrows` +
      (frame.share[0] < frame.share[k] ? ", and fades." : ".");
  }
  const learned = Math.min(frame.N, frame.N - frame.cut);
  if (beat === BACK + columns) return `What the ${learned} characters that learning looks back at say to each weight is summed.`;
  return `Entries beyond ±${frame.clip} are cut, and ${frame.optimizer} moves the weights.`;
}

/** @type {(bytes: Uint8Array) => Frame} */
export function frameOf(bytes) {
  const { header, take } = unpack(bytes);
  /** @type {string[]} */
  const read = Array.from(header.read), top = Array.from(header.top);
  const K = read.length, U = header.units.length, best = top.length / K;
  const p = take(Float32Array, K * best);
  const [loss, y, dy, total, share] = Array.from({ length: 5 }, () => take(Float32Array, K));
  const [z, recurrent, h, told, dh, dz] = Array.from({ length: 6 }, () => take(Float32Array, K * U));
  return {
    ...header, read, came: Array.from(header.came), loss, y, dy, total, share,
    cut: Math.max(0, header.N - header.T), held: { z, recurrent, h, told, dh, dz }, bias: take(Float32Array, U),
    likeliest: (k) => Array.from({ length: best }, (_, i) => [top[k * best + i], p[k * best + i]]),
  };
}
