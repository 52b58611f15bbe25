// Scales and ticks: where a number lies on an axis, which round numbers stand there, how labels keep apart.

/**
 * Numbers lie on a linear axis from `low` to `high`, between pixels `from` and `to`.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 */
export function linearScale(low, high, from, to) {
  const pixels = (to - from) / (high - low);
  return { low, high, at: (/** @type {number} */ value) => from + (value - low) * pixels };
}

/**
 * Numbers lie on a logarithmic axis; those below `least`, as step 0 on an axis from 1, stand where it does.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 */
export function logScale(low, high, from, to, least = low) {
  const start = Math.log(low), pixels = (to - from) / (Math.log(high) - start);
  return {
    low, high,
    at: (/** @type {number} */ value) => from + (Math.log(Math.max(value, least)) - start) * pixels,
    valueAt: (/** @type {number} */ pixel) => Math.exp(start + (pixel - from) / pixels),
  };
}

/**
 * Multiples of 1, 2 or 5 times a power of ten, about `count` of them between two values.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function even(low, high, count) {
  const wanted = (high - low) / count;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  const by = ten * ([1, 2, 5].find((k) => k * ten >= wanted) ?? 10);
  const from = Math.ceil(low / by), ticks = [];
  for (let k = from; k * by <= high; k++) ticks.push(+(k * by).toPrecision(9));
  return ticks;
}

/**
 * Decimals that tell some round numbers apart.
 * @param {number[]} ticks
 */
export const decimalsOf = (ticks) => Math.max(0, ...ticks.map((value) => String(value).split(".")[1]?.length ?? 0));

const RANKS = [1, 5, 2]; // powers of ten are the roundest, then five times them, then twice
const ROOM = 75; // pixels of a power of ten from which others may bear labels too, and
const DENSE = 40; // from which lines may stand between them

/**
 * Round numbers on a logarithmic axis, the roundest first, so that they keep their labels where room is short.
 * @param {ReturnType<typeof linearScale>} scale
 */
export function logTicks({ low, high, at }) {
  if (high / low < 8) return even(low, high, 5).map((value) => ({ value, labelled: true }));
  const ticks = [], room = Math.abs(at(10 * low) - at(low));
  for (let n = Math.floor(Math.log10(low)); 10 ** n <= high * 1.001; n++) {
    for (let k = 1; k < (room < DENSE ? 2 : 10); k++) {
      const rank = RANKS.indexOf(k);
      const labelled = room < ROOM ? rank === 0 : rank >= 0;
      ticks.push({ value: +(k * 10 ** n).toPrecision(9), labelled, rank: rank < 0 ? RANKS.length : rank });
    }
  }
  const seen = ticks.filter(({ value }) => value >= low * 0.999 && value <= high * 1.001);
  return seen.sort((a, b) => a.rank - b.rank);
}

/**
 * An exponent: ⁻⁴.
 * @param {number} exponent
 */
export const raised = (exponent) => Array.from(`${exponent}`, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[+sign] ?? "⁻").join("");

/**
 * A step on an axis: 300, 1k, 1.5k, 1M.
 * @param {number} step
 */
export function short(step) {
  for (const [size, letter] of /** @type {const} */ ([[1e6, "M"], [1e3, "k"]])) {
    if (step >= size) return `${+(step / size).toFixed(6)}${letter}`;
  }
  return String(step);
}

/**
 * Where labels go that would like to stand at `wanted` (rising): as near to it as they can without touching, in the
 * same order. Labels that would touch form a group around the mean of their wishes.
 * @param {number[]} wanted
 * @param {number} gap
 * @param {number} low
 * @param {number} high
 */
export function spread(wanted, gap, low, high) {
  /** @typedef {{ mean: number, size: number }} Group */
  /** @type {Group[]} */
  const groups = [];
  const start = (/** @type {Group} */ { mean, size }) => Math.max(low, Math.min(mean - ((size - 1) * gap) / 2, high - (size - 1) * gap));
  for (const y of wanted) {
    let group = { mean: y, size: 1 };
    for (let above = groups.at(-1); above && start(above) + above.size * gap > start(group); above = groups.at(-1)) {
      const size = above.size + group.size;
      group = { mean: (above.mean * above.size + group.mean * group.size) / size, size };
      groups.pop();
    }
    groups.push(group);
  }
  return groups.flatMap((group) => Array.from({ length: group.size }, (_, k) => start(group) + k * gap));
}
