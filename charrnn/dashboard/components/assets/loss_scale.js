// The loss curve's units, scales and ticks: where a step and a loss lie, and how they are written.

import { decimalsOf, even, logScale, logTicks, raised } from "./scales.js";

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
  if (number >= 1e5) return `10${raised(Math.round(Math.log10(number)))}`;
  return number >= 10 ? String(Math.round(number)) : number.toFixed(number < 2 ? 2 : 1);
}

/** A loss in nats, written in a unit. */
export const inUnit = (nats, unit) => UNITS[unit].written(UNITS[unit].of(nats));

/** Losses lie on a linear axis of nats from `floor` to `top`, between y `bottom` and `up`. */
export function lossScale(floor, top, bottom, up) {
  const height = (bottom - up) / (top - floor);
  return { floor, top, at: (nats) => bottom - (Math.min(Math.max(nats, floor), top) - floor) * height };
}

/** Steps lie on a logarithmic axis; what came before the first stands at 1. */
export const stepScale = (first, last, left, right) => logScale(first, last, left, right, 1);

/** Round steps for grid and labels; the roundest come first, so that they keep their labels where room is short. */
export const stepTicks = (x) => logTicks(x).filter(({ value }) => Number.isInteger(value));

const MANY = [5, 10, 20, 40, 80].map((power) => 10 ** power); // after training has blown up
const CHOICES = [[1, 10, 100, 1000, 10000], MANY, [2, 5, 20, 50, 200, 500, 2000], [3, 30, 300], [1.5, 4, 7, 15, 70]].flat();

/** Round losses in a unit, as nats; the roundest first. */
export function lossTicks({ floor, top }, unit, count) {
  const { of, nats } = UNITS[unit];
  const inside = (value) => nats(value) >= floor && nats(value) <= top;
  const round = unit === "choices" ? CHOICES.filter(inside) : [];
  if (round.length > 2) return round.map((value) => ({ nats: nats(value), label: value >= 1e5 ? choices(value) : String(value) }));
  const ticks = even(of(floor), of(top), count);
  const decimals = decimalsOf(ticks);
  return ticks.map((value) => ({ nats: nats(value), label: value.toFixed(decimals) }));
}
