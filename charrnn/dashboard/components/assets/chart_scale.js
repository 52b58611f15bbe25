// A chart's axes: scales, ticks, and how numbers are written in each form: number, count, percent, power.

import { decimalsOf, even, linearScale, logScale, logTicks, raised, short } from "./scales.js";

const DIGITS = 4; // of an exact value
const minus = (text) => text.replace("-", "−");

/** 0.00032 as 3.2 × 10⁻⁴, a power of ten as itself; what is of everyday size stays as it is. */
function power(value, digits) {
  if (!value || (Math.abs(value) >= 0.01 && Math.abs(value) < 10_000)) return plain(value, digits);
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const ten = `10${raised(+exponent)}`;
  return +mantissa === 1 ? ten : `${minus(String(+mantissa))} × ${ten}`;
}

const plain = (value, digits) => minus(value.toLocaleString("en", { maximumSignificantDigits: digits }));

/** One number of an axis, as exactly as it is known. */
export function exact(value, { form, names }) {
  if (Number.isNaN(value)) return "not a number";
  if (names.length) return names[value] ?? "";
  if (form === "percent") return `${plain(100 * value, 3)} %`;
  if (form === "count") return value.toLocaleString("en", { maximumFractionDigits: 1 });
  return form === "power" || Math.abs(value) < 1e-3 ? power(value, 3) : plain(value, DIGITS);
}

/** An axis's scale between two pixels. */
export const scaleOf = ({ log, low, high }, from, to) => (log ? logScale : linearScale)(low, high, from, to);

/** Ticks of an axis, about `count` where it is linear: {at, label}, those that keep their labels longest first. */
export function ticksOf(axis, scale, count) {
  const { form, log, names } = axis;
  if (names.length) return names.map((label, k) => ({ at: scale.at(k), label, bare: true }));
  if (log) {
    const written = form === "count" ? short : (value) => power(value, 2);
    const ticks = logTicks(scale).filter(({ value }) => form !== "count" || Number.isInteger(value));
    return ticks.map(({ value, labelled }) => ({ at: scale.at(value), label: labelled ? written(value) : "" }));
  }
  const unit = form === "percent" ? 100 : 1;
  const ticks = even(unit * axis.low, unit * axis.high, Math.max(1, count));
  const small = ticks.some((value) => value && Math.abs(value) < 1e-4);
  const decimals = decimalsOf(ticks);
  const fixed = (value) => (small ? power(value, 2) : minus(value.toFixed(decimals)));
  const written = { percent: (value) => `${fixed(value)} %`, count: short }[form] ?? fixed;
  return ticks.map((value) => ({ at: scale.at(value / unit), label: written(value) }));
}
