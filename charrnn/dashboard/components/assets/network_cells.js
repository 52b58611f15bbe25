// The cells as they are drawn: what stands in a column, in which order it comes about, and their equations, with the
// letters of network/rnn.py, gru.py and lstm.py, and with the numbers of one unit in them.

import { Sentence } from "./language.js";
import { bracketed, number } from "./network_numbers.js";

/** @typedef {(name: string) => number} Of - a quantity of one unit in one column, or a bias of that unit, by its letter */
/** @typedef {[line: string, formula: string, filled: (of: Of, u: number, gate: string) => string]} Equation */
/**
 * A row of units in a column: its letter and what it is called, the gradient that flows back through it, the beat at which
 * it comes about, its lines on the way forward and back, and its width beside the others.
 * @typedef {{ name: string, told: string, back: string, beat: number, lines: [string, string], wide: number }} Strip
 */
/**
 * @typedef {object} Cell
 * @property {string} source - the module that it is
 * @property {string} title - of what stands in a column
 * @property {Strip[]} strips - from left to right; the last is h
 * @property {string[]} biases - the blocks of b_h
 * @property {Equation[]} forward - what makes a state
 * @property {Equation[]} backward - from dy on
 * @property {[line: string, told: string][]} reads - what happens until there is a new state, by beats; {H} stands for how many units
 * @property {string} flows - the line by which what is learned goes back through a column
 * @property {Record<"read" | "W_xh" | "W_hh" | "kept", [string, string]>} lines - of what is not a strip
 * @property {string} kept - what of a state reaches the next one beside W_hh, "" for nothing
 * @property {number} keeps - the beat at which that does so
 * @property {string} bar - what is called the gradient at a column
 * @property {string} share - what it is
 * @property {string} summed - how the gradient of W_hh is summed
 */

/** @type {Cell} */
const rnn = {
  source: "network/rnn.py",
  title: Sentence("state h"),
  strips: [{ name: "h", told: "", back: "dh", beat: 2, lines: ["h", "dz"], wide: 1 }],
  biases: ["b"],
  forward: [
    ["z", "z = W_xh[x] + b_h", (of, u) => `z[${u}] = ${number(of("z") - of("b"))} + ${bracketed(of("b"))} = ${number(of("z"))}`],
    ["h", "h = tanh(z + h₋₁ W_hh)", (of, u) => `h[${u}] = tanh(${number(of("z"))} + ${bracketed(of("q"))}) = ${number(of("h"))}`],
  ],
  backward: [
    ["dh", "dh = dy W_hyᵀ + dz₊₁ W_hhᵀ", (of, u) => sum(`dh[${u}]`, of("told"), of("dh") - of("told"))],
    ["dz", "dz = dh (1 − h²)", (of, u) => `dz[${u}] = ${number(of("dh"))} · (1 − ${bracketed(of("h"))}²) = ${number(of("dz"))}`],
  ],
  reads: [
    ["z", Sentence("a row of W_xh comes in.")],
    ["h", Sentence("What it carried from the character before comes in through W_hh.")],
    ["h", Sentence("Both are added, and tanh makes the new state of it: {H} numbers from −1 to 1.")],
  ],
  flows: "dz",
  lines: { read: ["z", "dz"], W_xh: ["z", "sum"], W_hh: ["h", "sum"], kept: ["h", "sum"] },
  kept: "",
  keeps: 0,
  bar: Sentence("gradient here, ‖dh‖"),
  share: "‖dh‖",
  summed: "dW_hh = Σ h₋₁ᵀ dz, …",
};

/** @type {Cell} */
const gru = {
  source: "network/gru.py",
  title: Sentence("gates and state"),
  strips: [
    { name: "r", told: Sentence("reset gate r"), back: "da_r", beat: 2, lines: ["gates", "da_r"], wide: 1 },
    { name: "z", told: Sentence("update gate z"), back: "da_z", beat: 2, lines: ["gates", "da_z"], wide: 1 },
    { name: "n", told: Sentence("candidate n"), back: "da_n", beat: 3, lines: ["n", "da_n"], wide: 1 },
    { name: "h", told: Sentence("state h"), back: "dh", beat: 4, lines: ["h", "dh"], wide: 1.6 },
  ],
  biases: ["b_r", "b_z", "b_n", "b_m"],
  forward: [
    ["a", "a = W_xh[x] + b_rzn", (of, u, gate) => comesIn(of, u, among("rzn", gate) || "z")],
    ["q", "q = h₋₁ W_hh + [0, 0, b_m]", (of, u, gate) => {
      const k = among("rzn", gate) || "z", b = k === "n" ? of("b_m") : 0;
      return b ? sum(`q_n[${u}]`, of("q_n") - b, b) : `q_${k}[${u}] = ${number(of(`q_${k}`))}`;
    }],
    ["gates", "r, z = σ(a + q)", (of, u, gate) => opened(of, u, gate, "rz", (k) =>
      `${number(of(`a_${k}`))} + ${bracketed(of(`q_${k}`))}`)],
    ["n", "n = tanh(a_n + r q_n)", (of, u) =>
      `n[${u}] = tanh(${number(of("a_n"))} + ${number(of("r"))} · ${bracketed(of("q_n"))}) = ${number(of("n"))}`],
    ["h", "h = n + z (h₋₁ − n)", (of, u) =>
      `h[${u}] = ${number(of("n"))} + ${number(of("z"))} · (${number(of("h before"))} − ${bracketed(of("n"))}) = ${number(of("h"))}`],
  ],
  backward: [
    ["dh", "dh = dy W_hyᵀ + dh₊₁ z₊₁ + dq₊₁ W_hhᵀ", (of, u) =>
      sum(`dh[${u}]`, of("told"), of("kept"), of("dh") - of("told") - of("kept"))],
    ["da_n", "da_n = dh (1 − z) (1 − n²)", (of, u) =>
      `da_n[${u}] = ${number(of("dh"))} · (1 − ${number(of("z"))}) · (1 − ${bracketed(of("n"))}²) = ${number(of("da_n"))}`],
    ["da_z", "da_z = dh (h₋₁ − n) z (1 − z)", (of, u) =>
      `da_z[${u}] = ${number(of("dh"))} · (${number(of("h before"))} − ${bracketed(of("n"))}) · ${slope(of("z"))} = ${number(of("da_z"))}`],
    ["da_r", "da_r = da_n q_n r (1 − r)", (of, u) =>
      `da_r[${u}] = ${number(of("da_n"))} · ${bracketed(of("q_n"))} · ${slope(of("r"))} = ${number(of("da_r"))}`],
    ["dq", "dq_r, dq_z = da_r, da_z;  dq_n = da_n r", (of, u) =>
      `dq_n[${u}] = ${number(of("da_n"))} · ${number(of("r"))} = ${number(of("dq_n"))}`],
  ],
  reads: [
    ["a", Sentence("a row of W_xh comes in, a part of it for each gate and one for the candidate.")],
    ["q", Sentence("What it carried from the character before comes in through W_hh.")],
    ["gates", Sentence("Two gates open so far: r lets the state before into the candidate, z keeps it as it is. 0 is closed, 1 open.")],
    ["n", Sentence("The candidate n is what a state without memory would be, and as much of the old one as r lets in.")],
    ["h", Sentence("The new state h: {H} numbers, the old ones as far as z is open, else the candidate.")],
  ],
  flows: "dh",
  lines: { read: ["a", "da_n"], W_xh: ["a", "sum"], W_hh: ["q", "dq"], kept: ["h", "dh"] },
  kept: "z h",
  keeps: 4,
  bar: Sentence("gradient here, ‖dh‖"),
  share: "‖dh‖",
  summed: "dW_hh = Σ h₋₁ᵀ dq, …",
};

/** @type {Cell} */
const lstm = {
  source: "network/lstm.py",
  title: Sentence("gates, c and h"),
  strips: [
    { name: "f", told: Sentence("forget gate f"), back: "da_f", beat: 2, lines: ["gates", "da_f"], wide: 1 },
    { name: "i", told: Sentence("input gate i"), back: "da_i", beat: 2, lines: ["gates", "da_i"], wide: 1 },
    { name: "g", told: Sentence("candidate g"), back: "da_g", beat: 2, lines: ["g", "da_g"], wide: 1 },
    { name: "c", told: Sentence("cell state c"), back: "dc", beat: 3, lines: ["c", "dc"], wide: 1.6 },
    { name: "o", told: Sentence("output gate o"), back: "da_o", beat: 2, lines: ["gates", "da_o"], wide: 1 },
    { name: "h", told: Sentence("state h"), back: "dh", beat: 4, lines: ["h", "dh"], wide: 1.6 },
  ],
  biases: ["b_o", "b_i", "b_f", "b_g"],
  forward: [
    ["a", "a = W_xh[x] + h₋₁ W_hh + b_h", (of, u, gate) => {
      const k = among("oifg", gate) || "f", a = of(`a_${k}`), q = of(`q_${k}`), b = of(`b_${k}`);
      return sum(`a_${k}[${u}]`, a - q - b, q, b);
    }],
    ["gates", "o, i, f = σ(a_o), σ(a_i), σ(a_f)", (of, u, gate) => opened(of, u, gate, "oif", (k) => number(of(`a_${k}`)))],
    ["g", "g = tanh(a_g)", (of, u) => `g[${u}] = tanh(${number(of("a_g"))}) = ${number(of("g"))}`],
    ["c", "c = f c₋₁ + i g", (of, u) => `c[${u}] = ${number(of("f"))} · ${bracketed(of("c before"))} + ${number(of("i"))} · ` +
      `${bracketed(of("g"))} = ${number(of("c"))}`],
    ["h", "h = o tanh(c)", (of, u) => `h[${u}] = ${number(of("o"))} · tanh(${number(of("c"))}) = ${number(of("h"))}`],
  ],
  backward: [
    ["dh", "dh = dy W_hyᵀ + da₊₁ W_hhᵀ", (of, u) => sum(`dh[${u}]`, of("told"), of("dh") - of("told"))],
    ["dc", "dc = dh o (1−tanh²c) + dc₊₁ f₊₁", (of, u) => `dc[${u}] = ${number(of("dh"))} · ${number(of("o"))} · ` +
      `(1 − tanh²(${number(of("c"))})) + ${bracketed(of("kept"))} = ${number(of("dc"))}`],
    ["da_o", "da_o = dh tanh(c) o (1 − o)", (of, u) =>
      `da_o[${u}] = ${number(of("dh"))} · tanh(${number(of("c"))}) · ${slope(of("o"))} = ${number(of("da_o"))}`],
    ["da_i", "da_i = dc g i (1 − i)", (of, u) =>
      `da_i[${u}] = ${number(of("dc"))} · ${bracketed(of("g"))} · ${slope(of("i"))} = ${number(of("da_i"))}`],
    ["da_f", "da_f = dc c₋₁ f (1 − f)", (of, u) =>
      `da_f[${u}] = ${number(of("dc"))} · ${bracketed(of("c before"))} · ${slope(of("f"))} = ${number(of("da_f"))}`],
    ["da_g", "da_g = dc i (1 − g²)", (of, u) =>
      `da_g[${u}] = ${number(of("dc"))} · ${number(of("i"))} · (1 − ${bracketed(of("g"))}²) = ${number(of("da_g"))}`],
  ],
  reads: [
    ["a", Sentence("a row of W_xh comes in, a part of it for each gate and one for the candidate.")],
    ["a", Sentence("What it carried from the character before comes in through W_hh, and b_h is added.")],
    ["gates", Sentence("Three gates open so far: f to keep, i to let in, o to let out. 0 is closed, 1 open. g is what could be let in.")],
    ["c", Sentence("The cell state c: what it was, as far as f is open, and of the candidate as much as i lets in.")],
    ["h", Sentence("What o lets out of it is the new state h: {H} numbers from −1 to 1.")],
  ],
  flows: "dc",
  lines: { read: ["a", "da_g"], W_xh: ["a", "sum"], W_hh: ["a", "dh"], kept: ["c", "dc"] },
  kept: "f c",
  keeps: 3,
  bar: Sentence("gradient of h and c"),
  share: "‖dh, dc₊₁ f₊₁‖",
  summed: "dW_hh = Σ h₋₁ᵀ da, …",
};

export const CELLS = { rnn, gru, lstm };

/** A gate that is one of these, else "". */
const among = (/** @type {string} */ gates, /** @type {string} */ gate) => (gate.length === 1 && gates.includes(gate) ? gate : "");

/** Terms added up. */
const sum = (/** @type {string} */ name, /** @type {number} */ first, /** @type {number[]} */ ...others) =>
  `${name} = ${[number(first), ...others.map(bracketed)].join(" + ")} = ${number(others.reduce((a, b) => a + b, first))}`;

/** o (1 − o), the slope of a gate. */
const slope = (/** @type {number} */ gate) => `${number(gate)} · (1 − ${number(gate)})`;

/** What comes into a gate, of W_xh and its bias. @type {(of: Of, u: number, gate: string) => string} */
const comesIn = (of, u, gate) => sum(`a_${gate}[${u}]`, of(`a_${gate}`) - of(`b_${gate}`), of(`b_${gate}`));

/**
 * How far gates are open: the one that is pointed at with what opens it, else all.
 * @type {(of: Of, u: number, gate: string, gates: string, from: (gate: string) => string) => string}
 */
const opened = (of, u, gate, gates, from) => among(gates, gate)
  ? `${gate}[${u}] = σ(${from(gate)}) = ${number(of(gate))}`
  : `[${u}] = ${Array.from(gates, (k) => number(of(k))).join(", ")}`;
