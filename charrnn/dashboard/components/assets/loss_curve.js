// The loss curve: a run's loss over its steps, beside what it is compared to.

import { contextFor, unpack } from "./shared.js";
import { drawCurve, layoutOf } from "./loss_picture.js";
import { inUnit, UNITS } from "./loss_scale.js";
import { button, make, placeBeside, renderer, savePicture } from "./stage.js";

const STYLE = `
  .head { display: flex; align-items: center; justify-content: space-between; }
  .units { display: flex; gap: 2px; }
  .head .worded { width: auto; padding: 0 8px; font-size: calc(13px * var(--zoom)); white-space: nowrap; }
  .units button[aria-pressed=true] { color: var(--text); background: var(--panel); font-weight: 600; }
  @media (pointer: fine) { .narrow button { width: 32px; height: 28px; } }
  canvas { touch-action: pan-y pinch-zoom; cursor: crosshair; border-radius: 2px; }
  canvas:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
  .card table { border-collapse: collapse; width: 100%; }
  .card td { padding: 0; line-height: 1.4; }
  .card td + td { text-align: right; padding-left: 8px; white-space: nowrap; }
  .card .main { font-weight: 600; }
  .card .mark { color: var(--mark); overflow-wrap: anywhere; }
`;
const KEPT = "charrnn.loss-unit";
const NEAR = 12; // pixels between a held-out point or a mark and the crosshair whose card tells of it

export default renderer(STYLE, (stage) => {
  const canvas = make("canvas", { tabIndex: 0, at: { role: "img" } });
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  const said = make("div", { className: "spoken", at: { "aria-live": "polite" } });
  const units = Object.entries(UNITS).map(([name, { label }]) => worded(label, () => measureIn(name)));
  const all = worded("whole curve", () => zoomTo(null));
  const tools = make("div", { className: "tools" }, [all, button("Save the curve as PNG", "⤓", save)]);
  const choice = make("div", { className: "units", at: { role: "group", "aria-label": "Unit of the loss" } }, units);
  stage.root.append(make("div", { className: "head" }, [choice, tools]), canvas, card, said);

  let frame, layout, unit = keptUnit(), zoom = null;
  let step = null; // the crosshair's: it stays where it is while points are added, thinned or taken back
  let drag = null; // {from, to}: the stretch being drawn, in pixels

  function show(bytes) {
    frame = frameOf(bytes);
    if (zoom && !(frame.steps.at(-1) > zoom[0])) zoom = null; // started over
    if (!frame.steps.length) step = null;
    canvas.setAttribute("aria-label", alternative(frame));
    stage.ready = true;
  }

  function paint() {
    const { theme } = stage;
    units.forEach((one, k) => one.setAttribute("aria-pressed", String(Object.keys(UNITS)[k] === unit)));
    all.hidden = !zoom;
    const width = stage.width / theme.zoom;
    const context = contextFor(canvas, width, frame.height, theme.zoom);
    layout = layoutOf(frame, context, { width, unit, zoom, theme });
    const point = step === null ? null : nearest(frame.steps, step);
    const stretch = drag?.moved ? [drag.from, drag.to].sort((a, b) => a - b) : null;
    drawCurve(context, frame, layout, theme, { point, stretch });
    showCard(stretch ? null : point);
  }

  function showCard(point) {
    card.hidden = point === null;
    if (point === null) return;
    card.replaceChildren(...cardOf(reading(frame, layout, point), unit));
    const { zoom: magnified } = stage.theme;
    const { plot, x } = layout;
    const at = x.at(frame.steps[point]);
    const beside = { left: (at - 4) * magnified, right: (at + 4) * magnified, width: plot.right * magnified };
    placeBeside(card, { ...beside, wish: 176 * magnified, bottom: 0 });
    card.style.top = `${canvas.offsetTop + (plot.top + 4) * magnified}px`; // a curve falls: there is room above it
  }

  function measureIn(name) {
    unit = name;
    keepUnit(name);
    stage.redraw();
  }

  function zoomTo(stretch) {
    zoom = stretch;
    step = null;
    stage.redraw();
  }

  function point(at) {
    if (at === step) return;
    step = at;
    stage.redraw();
  }

  /** As `point`, and said to those who listen. */
  function choose(at) {
    point(at);
    said.textContent = at === null ? "" : describe(reading(frame, layout, nearest(frame.steps, at)));
  }

  function move(by) {
    const shown = shownSteps();
    const from = step === null ? (by > 0 ? -1 : shown.length) : nearest(shown, step);
    if (shown.length) choose(shown[Math.min(shown.length - 1, Math.max(0, from + by))]);
  }

  function save() {
    const { width, height } = layout;
    savePicture("loss-curve.png", stage.theme, width, height, (context) => {
      drawCurve(context, frame, layout, stage.theme);
    });
  }

  const across = (event) => (event.clientX - canvas.getBoundingClientRect().left) / stage.theme.zoom;
  const within = (x) => Math.min(layout.plot.right, Math.max(layout.plot.left, x));
  const shownSteps = () => between(frame.steps, layout.x.low, layout.x.high);
  const stepAt = (x) => {
    const shown = shownSteps();
    return shown.length ? shown[nearest(shown, layout.x.valueAt(within(x)))] : null;
  };

  canvas.onpointerdown = (event) => {
    if (!layout || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    drag = { from: within(across(event)), to: within(across(event)), moved: false };
  };
  canvas.onpointermove = (event) => {
    if (!layout) return;
    if (!drag) return event.pointerType === "mouse" && point(stepAt(across(event)));
    drag.to = within(across(event));
    drag.moved ||= Math.abs(drag.to - drag.from) > 6;
    if (drag.moved) stage.redraw();
  };
  canvas.onpointerup = () => {
    const [from, to] = drag ? [drag.from, drag.to].sort((a, b) => a - b) : [];
    const stretch = drag?.moved ? [layout.x.valueAt(from), layout.x.valueAt(to)] : null;
    const tapped = drag && !drag.moved;
    drag = null;
    if (tapped) choose(stepAt(from));
    else if (stretch && between(frame.steps, ...stretch).length > 1) zoomTo(stretch);
    else stage.redraw();
  };
  canvas.onpointercancel = () => {
    drag = null;
    stage.redraw();
  };
  canvas.onpointerleave = (event) => event.pointerType === "mouse" && !drag && frame && point(null);
  canvas.onblur = () => frame && choose(null);
  canvas.ondblclick = () => zoomTo(null);
  canvas.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!layout || event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) {
      event.preventDefault();
      move(by);
    } else if (event.key === "Escape") choose(null);
  };

  return { show, paint };
});

const worded = (text, onclick) => make("button", { type: "button", className: "worded", textContent: text, onclick });

function keptUnit() {
  try {
    const kept = localStorage.getItem(KEPT);
    return Object.hasOwn(UNITS, kept) ? kept : "choices";
  } catch {
    return "choices"; // storage is forbidden
  }
}

function keepUnit(name) {
  try {
    localStorage.setItem(KEPT, name);
  } catch {
    // storage is forbidden or full: the choice lasts as long as the page
  }
}

function frameOf(bytes) {
  const { header, take } = unpack(bytes);
  const { points, measured, limit } = header;
  const [steps, heldSteps] = [points, measured].map((length) => Array.from(take(Uint32Array, length)));
  const nats = (length) => Array.from(take(Uint16Array, length), (number) => (number / 65535) * limit);
  const [smooth, low, high] = [nats(points), nats(points), nats(points)];
  const rivals = header.rivals.sort((a, b) => b.nats - a.nats);
  const heldOut = { steps: heldSteps, nats: nats(measured) };
  return { ...header, steps, smooth, low, high, heldOut, rivals };
}

const between = (steps, first, last) => steps.filter((step) => step >= first && step <= last);

/** Place of the number nearest to a value; numbers rise. */
function nearest(numbers, value) {
  let low = 0, high = numbers.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle;
    else high = middle;
  }
  return value - numbers[low] <= numbers[high] - value ? low : high;
}

/** What is known at a point, and near it on the screen. */
function reading({ steps, smooth, low, high, heldOut, marks, limit }, { x }, k) {
  const near = (step) => Math.abs(x.at(step) - x.at(steps[k])) <= NEAR;
  const held = nearest(heldOut.steps, steps[k]);
  const measured = near(heldOut.steps[held]) ? { step: heldOut.steps[held], nats: heldOut.nats[held] } : null;
  const turned = marks.filter(({ step }) => near(step));
  return { step: steps[k], nats: smooth[k], low: low[k], high: high[k], measured, turned, limit };
}

const count = (step) => step.toLocaleString("en");
const range = ({ low, high, limit }, unit) => {
  const [least, greatest] = [inUnit(low, unit), (high >= limit ? "over " : "") + inUnit(high, unit)];
  return least === greatest ? least : `${least} to ${greatest}`;
};

function cardOf(at, unit) {
  const cell = (text) => make("td", { textContent: text });
  const row = (name, value, className = "") => make("tr", { className }, [cell(name), cell(value)]);
  const rows = [row("step", count(at.step)), row("hesitates between", inUnit(at.nats, "choices"), "main")];
  rows.push(row("smoothed", `${inUnit(at.nats, "nats")} nats`), row("", `${inUnit(at.nats, "bits")} bits`));
  rows.push(row("each step", range(at, unit)));
  if (at.measured) rows.push(row(`held out at ${count(at.measured.step)}`, inUnit(at.measured.nats, unit)));
  const turned = at.turned.map(({ step, label }) => {
    return make("div", { className: "mark", textContent: `${label} at ${count(step)}` });
  });
  return [make("table", {}, rows), ...turned];
}

function describe(at) {
  const nats = (value) => `${inUnit(value, "nats")} nats`;
  const losses = `${inUnit(at.nats, "choices")} characters, ${nats(at.nats)}, ${inUnit(at.nats, "bits")} bits`;
  const held = at.measured ? ` Held out at step ${count(at.measured.step)}: ${nats(at.measured.nats)}.` : "";
  const turned = at.turned.map(({ step, label }) => ` At step ${count(step)}: ${label}.`).join("");
  return `Step ${count(at.step)}: hesitates between ${losses}. Each step ${range(at, "nats")} nats.${held}${turned}`;
}

function alternative({ steps, smooth, heldOut, rivals }) {
  const last = steps.length - 1;
  const written = (nats) => inUnit(nats, "nats");
  const course = steps.length
    ? `${written(smooth[0])} nats at step ${count(steps[0])}, ${written(smooth[last])} at step ${count(steps[last])}`
    : "nothing learned yet";
  const held = heldOut.steps.length ? `; held out ${written(heldOut.nats.at(-1))}` : "";
  const others = rivals.map(({ name, nats }) => `${name} ${written(nats)}`).join(", ");
  return `Loss over training steps: ${course}${held}. Rivals: ${others}. Arrow keys move along it, Escape leaves it.`;
}
