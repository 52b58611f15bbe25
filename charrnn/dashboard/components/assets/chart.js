// One chart or several side by side: exact values under the pointer, keys that walk from point to point.

import { drawChart, layoutOf, reading } from "./chart_picture.js";
import { contextFor, glyph, spoken, unpack } from "./shared.js";
import { button, make, placeBeside, renderer, savePicture } from "./stage.js";

const STYLE = `
  .stage { display: flex; flex-wrap: wrap; gap: 16px 24px; }
  .panel { flex: 1 1 calc(250px * var(--zoom)); min-width: 0; }
  .figure { position: relative; }
  .figure .tools { position: absolute; top: 0; right: 0; }
  .heading { font-weight: 600; line-height: 1.5; }
  .note { color: var(--muted); font-size: calc(13px * var(--zoom)); line-height: 1.4; margin-bottom: 6px; }
  @media (pointer: fine) { .narrow button { width: 32px; height: 28px; } }
  canvas { touch-action: pan-y pinch-zoom; cursor: crosshair; border-radius: 2px; }
  canvas:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px; }
  .card b { display: block; }
  .card table { border-collapse: collapse; width: 100%; }
  .card td { padding: 0; line-height: 1.4; }
  .card td + td { text-align: right; padding-left: 8px; white-space: nowrap; }
`;

export default renderer(STYLE, (stage) => {
  const panels = [];

  function show(bytes) {
    const frames = framesOf(bytes);
    while (panels.length < frames.length) panels.push(raisePanel(stage));
    for (const { root } of panels.splice(frames.length)) root.remove();
    panels.forEach((panel, k) => panel.show(frames[k]));
    stage.ready = true;
  }

  function paint() {
    const sizes = panels.map((panel) => panel.measure()); // all first, or the browser lays out anew after each drawing
    panels.forEach((panel, k) => panel.paint(sizes[k]));
  }

  return { show, paint };
});

/** A chart with its heading, at the end of the stage. */
function raisePanel(stage) {
  const heading = make("div", { className: "heading" }), note = make("div", { className: "note" });
  const canvas = make("canvas", { tabIndex: 0, at: { role: "img" } });
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  const said = make("div", { className: "spoken", at: { "aria-live": "polite" } });
  const tools = make("div", { className: "tools" }, [button("Save the chart as PNG", "⤓", save)]);
  const figure = make("div", { className: "figure" }, [canvas, tools, card, said]);
  const root = make("div", { className: "panel" }, [heading, note, figure]);
  stage.root.append(root);

  let frame, layout;
  let chosen = null; // {at, k, x}: which of the layers that can be pointed at, its point, and where on the axis

  function show(next) {
    frame = next;
    if (chosen && !frame.named[chosen.at]) chosen = null;
    canvas.setAttribute("aria-label", alternative(frame));
    for (const [element, text] of [[heading, frame.heading], [note, frame.note]]) {
      element.textContent = text;
      element.hidden = !text;
    }
  }

  function measure() {
    const { zoom } = stage.theme;
    const [width, head, room] = [root.clientWidth, tools.offsetHeight, tools.offsetWidth].map((size) => size / zoom);
    return { width, head, tools: room };
  }

  function paint(size) {
    const { theme } = stage;
    layout = layoutOf(frame, canvas.getContext("2d"), { ...size, theme });
    const point = pointed();
    drawChart(contextFor(canvas, size.width, layout.height, theme.zoom), frame, layout, theme, point);
    showCard(point);
  }

  /** The point that is chosen: it stays where it is on the axis while others come and go; a sign stays itself. */
  function pointed() {
    if (!chosen) return null;
    const { at, k, x } = chosen, layer = frame.named[at];
    if (layer.signs) return { layer, k: Math.min(k, layer.points - 1) };
    return { layer, k: layer.xs[k] === x ? k : beside(layer.xs, x) };
  }

  function showCard(point) {
    card.hidden = !point;
    if (!point) return;
    const { zoom } = stage.theme, { layer, k } = point;
    card.replaceChildren(...cardOf(frame, point));
    const at = layout.x.at(layer.xs[k]), up = layout.y.at(layer.ys[k]);
    const left = (at - 6) * zoom, right = (at + 6) * zoom;
    placeBeside(card, { left, right, width: layout.width * zoom, wish: 208 * zoom, bottom: (up - 8) * zoom });
  }

  function choose(to) {
    if (to?.at === chosen?.at && to?.k === chosen?.k) return;
    chosen = to;
    paint(measure());
  }

  /** As `choose`, and said to those who listen. */
  function tell(to) {
    choose(to);
    said.textContent = to ? describe(frame, pointed()) : "";
  }

  function placeOf(at, k) {
    return { at, k, x: frame.named[at].xs[k] };
  }

  /** The nearest of all points, or with bars the one whose column it is. */
  function nearest(event) {
    const box = canvas.getBoundingClientRect(), { zoom } = stage.theme;
    const x = (event.clientX - box.left) / zoom, y = (event.clientY - box.top) / zoom;
    let best = null, least = Infinity;
    frame.named.forEach((layer, at) => layer.xs.forEach((value, k) => {
      const away = Math.hypot(layout.x.at(value) - x, layer.shape === "bars" ? 0 : layout.y.at(layer.ys[k]) - y);
      if (away < least) [best, least] = [placeOf(at, k), away];
    }));
    return best;
  }

  function move(along, between) {
    const point = pointed();
    if (!frame.named.length) return;
    if (!point) return tell(placeOf(0, along < 0 ? frame.named[0].points - 1 : 0));
    const at = Math.min(frame.named.length - 1, Math.max(0, chosen.at + between));
    const layer = frame.named[at];
    const k = at === chosen.at ? point.k + along : beside(layer.xs, chosen.x);
    tell(placeOf(at, Math.min(layer.points - 1, Math.max(0, k))));
  }

  function save() {
    const { width, height } = layout;
    savePicture(`${frame.name}.png`, stage.theme, width, height, (context) => {
      drawChart(context, frame, layout, stage.theme);
    });
  }

  canvas.onpointermove = (event) => layout && event.pointerType === "mouse" && choose(nearest(event));
  canvas.onpointerleave = (event) => event.pointerType === "mouse" && layout && choose(null);
  canvas.onclick = (event) => layout && tell(nearest(event));
  canvas.onblur = () => layout && tell(null);
  canvas.onkeydown = (event) => {
    const several = frame?.named.length > 1;
    const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], Home: [-Infinity, 0], End: [Infinity, 0] };
    const by = (several ? { ...keys, ArrowUp: [0, -1], ArrowDown: [0, 1] } : keys)[event.key];
    if (!layout || event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) {
      event.preventDefault();
      move(...by);
    } else if (event.key === "Escape") tell(null);
  };

  return { root, show, measure, paint };
}

function framesOf(bytes) {
  const { header, take } = unpack(bytes);
  return header.map((chart) => frameOf(chart, take));
}

function frameOf(chart, take) {
  const layers = chart.layers.map((layer) => {
    const xs = take(Float32Array, layer.points);
    const columns = Object.fromEntries(layer.has.map((name) => [name, take(Float32Array, layer.points)]));
    const { y: ys, to: tos, ...also } = columns;
    return { ...layer, xs, ys, tos, also };
  });
  return { ...chart, layers, named: layers.filter(({ name, points }) => name && points) };
}

/** Place of the number that is nearest to a value. */
function beside(numbers, value) {
  let best = 0;
  numbers.forEach((number, k) => {
    if (Math.abs(number - value) < Math.abs(numbers[best] - value)) best = k;
  });
  return best;
}

function cardOf(frame, point) {
  const cell = (text) => make("td", { textContent: text });
  const rows = reading(frame, point).map((row) => make("tr", {}, row.map(cell)));
  return [make("b", { textContent: nameOf(point, glyph) }), make("table", {}, rows)];
}

const nameOf = ({ layer, k }, say) => (layer.signs ? `${say(Array.from(layer.signs)[k])}, ${layer.name}` : layer.name);

const describe = (frame, point) => {
  return `${nameOf(point, spoken)}: ${reading(frame, point).map(([name, value]) => `${name} ${value}`).join(", ")}.`;
};

/** The course of each line and the size of each cloud, in words. */
function alternative(frame) {
  const values = (layer, k) => reading(frame, { layer, k }).map(([, value]) => value);
  const courses = frame.named.map((layer) => {
    if (layer.signs) return `${layer.name}: ${Array.from(layer.signs, spoken).join(" ")}`;
    if (frame.square) return `${layer.name}: ${layer.points} points`;
    const told = layer.shape === "steps" ? [layer.ys.indexOf(Math.max(...layer.ys))] : [0, layer.points - 1];
    return `${layer.name}: ${told.map((k) => values(layer, k)).map(([x, y]) => `${y} at ${x}`).join(", ")}`;
  });
  const rules = frame.layers.filter(({ shape, label }) => shape === "rule" && label).map(({ label }) => label);
  const axes = `Across: ${frame.x.title}; up: ${frame.y.title}.`;
  const keys = "Arrow keys move from point to point, Escape leaves them.";
  return `${frame.alt}. ${axes} ${[...courses, ...rules].join("; ")}. ${keys}`;
}
