// The loss over the steps, drawn for the width that there is: what the page draws with a library that a file cannot bring.

import { _, decimals } from "./language.js";

/** @typedef {{ x: (step: number) => number, y: (nats: number) => number, right: number, bottom: number }} Axes */

const HEIGHT = 230, LEFT = 38, RIGHT = 112, TOP = 8, BOTTOM = 36, LINE = 12; // CSS pixels
const ROUND = [1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

/**
 * Draw losses in a host; what is returned draws them anew with another step marked.
 * @type {(host: HTMLElement, losses: Losses) => (step: number) => void}
 */
export function curveIn(host, losses) {
  const svg = made("svg", { role: "img", "aria-label": inWords(losses) });
  let shown = 0, width = 0;
  const paint = () => width && svg.replaceChildren(...drawn(losses, shown, axesOf(losses, width)));
  host.append(svg);
  new ResizeObserver(() => {
    if (host.clientWidth === width) return;
    width = host.clientWidth;
    paint();
  }).observe(host);
  return (step) => {
    shown = step;
    paint();
  };
}

/** @type {(losses: Losses) => string} */
function inWords({ steps, smoothed, heldOut }) {
  const [step, held] = heldOut[heldOut.length - 1] ?? [0, null];
  const last = steps.length - 1;
  if (last < 0) return _("Untrained.");
  const told = _("The smoothed loss comes to {loss} at step {step}.", { loss: choices(smoothed[last]), step: steps[last] });
  const beside = held !== null && _("The held-out loss comes to {loss} at step {step}.", { loss: choices(held), step });
  return beside ? `${told} ${beside}` : told;
}

const choices = (/** @type {number | null} */ nats) => 
  nats === null ? _("no number") : _("{n} characters", { n: decimals(Math.exp(nats).toPrecision(2)) });

/** @type {(losses: Losses, width: number) => Axes} */
function axesOf({ steps, smoothed, low, heldOut, rivals }, width) {
  const known = [...smoothed, ...low, ...heldOut.map(([, nats]) => nats), ...rivals.map(([, nats]) => nats)];
  const all = known.filter((nats) => nats !== null);
  const least = Math.max(0, Math.min(...all) - 0.1), most = Math.min(Math.max(...all), 2 * rivals[0][1]) + 0.1;
  const last = Math.max(100, steps[steps.length - 1] ?? 0), right = width - RIGHT, bottom = HEIGHT - BOTTOM;
  return {
    x: (step) => LEFT + (Math.log(Math.max(step, 1)) / Math.log(last)) * (right - LEFT),
    y: (nats) => Math.max(TOP, Math.min(bottom, bottom - ((nats - least) / (most - least)) * (bottom - TOP))),
    right, bottom,
  };
}

/** @type {(losses: Losses, shown: number, axes: Axes) => SVGElement[]} */
function drawn({ steps, smoothed, low, high, heldOut, rivals }, shown, axes) {
  const { x, y, right, bottom } = axes;
  const row = (/** @type {(number | null)[]} */ column) =>
    column.flatMap((nats, k) => (nats === null ? [] : [`${x(steps[k]).toFixed(1)},${y(nats).toFixed(1)}`]));
  const { parts, labels } = rivalsIn(rivals, axes);
  return [
    ...grid(axes, steps[steps.length - 1] ?? 0),
    ...parts,
    made("polygon", { class: "band", points: [...row(low), ...row(high).reverse()].join(" ") }),
    made("polyline", { class: "line", points: row(smoothed).join(" ") }),
    ...heldOut.flatMap(([step, nats]) => (nats === null ? [] : [made("circle", { class: "held-out", cx: x(step), cy: y(nats), r: 2.5 })])),
    made("line", { class: "shown", x1: x(shown), x2: x(shown), y1: TOP, y2: bottom }),
    ...labels,
    made("text", { x: (LEFT + right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, _("training steps")),
  ];
}

/** @type {(axes: Axes, last: number) => SVGElement[]} */
function grid({ x, y, right, bottom }, last) {
  const across = Array.from({ length: 8 }, (_, power) => 10 ** power).filter((step) => step <= Math.max(100, last));
  const up = ROUND.filter((count) => y(Math.log(count)) > TOP && y(Math.log(count)) < bottom);
  return [
    ...across.flatMap((step) => [
      made("line", { class: "grid", x1: x(step), x2: x(step), y1: TOP, y2: bottom }),
      made("text", { x: x(step), y: bottom + 14, "text-anchor": "middle" }, step < 1000 ? `${step}` : step < 1e6 ? `${step / 1000}k` : `${step / 1e6}M`),
    ]),
    ...up.flatMap((count) => [
      made("line", { class: "grid", x1: LEFT, x2: right, y1: y(Math.log(count)), y2: y(Math.log(count)) }),
      made("text", { x: LEFT - 5, y: y(Math.log(count)) + 4, "text-anchor": "end" }, String(count)),
    ]),
  ];
}

/**
 * What the network is compared to: a line each, and a label that none other covers.
 * @type {(rivals: Losses["rivals"], axes: Axes) => { parts: SVGElement[], labels: SVGElement[] }}
 */
function rivalsIn(rivals, { y, right }) {
  let free = 0;
  const sorted = [...rivals].sort(([, one], [, other]) => other - one);
  return {
    parts: sorted.map(([, nats]) => made("line", { class: "rival", x1: LEFT, x2: right, y1: y(nats), y2: y(nats) })),
    labels: sorted.map(([name, nats]) => {
      const place = Math.max(free, y(nats) + 4);
      free = place + LINE;
      return made("text", { x: right + 6, y: place }, name);
    }),
  };
}

/** @type {(name: string, at: Record<string, string | number>, text?: string) => SVGElement} */
function made(name, at, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(at)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}
