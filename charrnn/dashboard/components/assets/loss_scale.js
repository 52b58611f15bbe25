// The loss curve's units, scales and ticks: where a step and a loss lie, and how they are written.

/**
 * The units of a loss. Hesitating between N characters is a loss of ln N, so that N on a logarithmic axis, nats and
 * bits are one linear scale of nats: a change of unit moves only the ticks.
 */
export const UNITS = {
  choices: { label: "hesitates between", of: Math.exp, nats: Math.log, written: choices },
  nats: { label: "nats", of: (nats) => nats, nats: (value) => value, written: (v) => v.toFixed(2) },
  bits: { label: "bits", of: (nats) => nats / Math.LN2, nats: (bits) => bits * Math.LN2, written: (v) => v.toFixed(2) },
};

function choices(number) {
  return number >= 10 ? String(Math.round(number)) : number.toFixed(number < 2 ? 2 : 1);
}

/** A loss in nats, written in a unit. */
export const inUnit = (nats, unit) => UNITS[unit].written(UNITS[unit].of(nats));

/** A step on an axis: 300, 1k, 1.5k, 1M. */
export function short(step) {
  for (const [size, letter] of [[1e6, "M"], [1e3, "k"]]) {
    if (step >= size) return `${+(step / size).toFixed(6)}${letter}`;
  }
  return String(step);
}

/** Steps lie on a logarithmic axis from `first` to `last`, between x `left` and `right`. */
export function stepScale(first, last, left, right) {
  const from = Math.log(first), width = (right - left) / (Math.log(last) - from);
  return {
    first, last,
    at: (step) => left + (Math.log(Math.max(step, 1)) - from) * width,
    stepAt: (x) => Math.exp(from + (x - left) / width),
  };
}

/** Losses lie on a linear axis of nats from `floor` to `top`, between y `bottom` and `up`. */
export function lossScale(floor, top, bottom, up) {
  const height = (bottom - up) / (top - floor);
  return { floor, top, at: (nats) => bottom - (Math.min(Math.max(nats, floor), top) - floor) * height };
}

/** Round steps for grid and labels; the roundest come first, so that they keep their labels where room is short. */
export function stepTicks({ first, last }) {
  if (last / first < 8) return even(first, last, 5).filter(Number.isInteger);
  const ticks = [];
  for (let ten = 10 ** Math.floor(Math.log10(first)); ten <= last; ten *= 10) {
    for (let k = 1; k < 10; k++) ticks.push({ step: k * ten, rank: [1, 5, 2].indexOf(k) });
  }
  const rank = (tick) => (tick.rank < 0 ? 9 : tick.rank);
  const seen = ticks.filter(({ step }) => step >= first * 0.999 && step <= last * 1.001);
  return seen.sort((a, b) => rank(a) - rank(b)).map(({ step }) => step);
}

/** Whether a step may bear a label: powers of ten, with room twice and five times them, any where few are seen. */
export const isLabelled = (step, { first, last, at }) =>
  last / first < 8 || (at(10) - at(1) < 75 ? "1" : "125").includes(String(step)[0]);

const CHOICES = [[1, 10, 100, 1000, 10000], [2, 5, 20, 50, 200, 500, 2000], [3, 30, 300], [1.5, 4, 7, 15, 70]].flat();

/** Round losses in a unit, as nats; the roundest first. */
export function lossTicks({ floor, top }, unit, count) {
  const { of, nats } = UNITS[unit];
  const inside = (value) => nats(value) >= floor && nats(value) <= top;
  const round = unit === "choices" ? CHOICES.filter(inside) : [];
  if (round.length > 2) return round.map((value) => ({ nats: nats(value), label: String(value) }));
  const ticks = even(of(floor), of(top), count);
  const decimals = Math.max(...ticks.map((value) => String(value).split(".")[1]?.length ?? 0));
  return ticks.map((value) => ({ nats: nats(value), label: value.toFixed(decimals) }));
}

/** Multiples of 1, 2 or 5 times a power of ten, about `count` of them between two values. */
function even(low, high, count) {
  const wanted = (high - low) / count;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  const by = ten * [1, 2, 5, 10].find((k) => k * ten >= wanted);
  const from = Math.ceil(low / by), ticks = [];
  for (let k = from; k * by <= high; k++) ticks.push(+(k * by).toPrecision(9));
  return ticks;
}

/**
 * Where labels go that would like to stand at `wanted` (rising): as near to it as they can without touching, in the
 * same order. Labels that would touch form a group around the mean of their wishes.
 */
export function spread(wanted, gap, low, high) {
  const groups = [];
  const start = ({ mean, size }) => Math.max(low, Math.min(mean - ((size - 1) * gap) / 2, high - (size - 1) * gap));
  for (const y of wanted) {
    let group = { mean: y, size: 1 };
    while (groups.length && start(groups.at(-1)) + groups.at(-1).size * gap > start(group)) {
      const above = groups.pop(), size = above.size + group.size;
      group = { mean: (above.mean * above.size + group.mean * group.size) / size, size };
    }
    groups.push(group);
  }
  return groups.flatMap((group) => Array.from({ length: group.size }, (_, k) => start(group) + k * gap));
}
