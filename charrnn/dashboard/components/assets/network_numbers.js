// Numbers as they stand beside the drawn network.

import { _, decimals } from "./language.js";

/** Four decimals, a small one as so much times a power of ten. */
export function number(/** @type {number | null} */ value) {
  if (value === null || !Number.isFinite(value)) return _("not a number");
  const size = Math.abs(value), sign = value < 0 ? "−" : "";
  if (size >= 1e5 || (size < 5e-4 && size > 0)) {
    const [digits, power] = size.toExponential(2).split("e");
    return `${sign}${decimals(digits)}·10${raised(Number(power))}`;
  }
  return sign + decimals(size.toFixed(4));
}

/** The same within a formula, where a sign would stand beside another one. */
export const bracketed = (/** @type {number} */ value) => (value < 0 ? `(${number(value)})` : number(value));

export const raised = (/** @type {number} */ power) =>
  String(power).replace(/[-\d]/g, (digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]);
