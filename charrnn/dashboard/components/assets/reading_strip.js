// The reading strip: one held-out sentence, read again and again by the same network as it learns.

import { contextFor, glyph, percent, signedText, spoken, unpack } from "./shared.js";
import { button, keepInView, make, placeBeside, renderer, savePicture, sharedChoice } from "./stage.js";
import { drawCells, drawLabels, drawLegends, held, layoutOf } from "./strip_picture.js";

/** @import { Layout, Strip } from "./strip_picture.js" */

const STYLE = `
  .card table { border-collapse: collapse; width: 100%; table-layout: fixed; }
  .card td, .card p { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .card td { padding: 0; line-height: 1.45; }
  .card .sign { width: 1.6em; font-family: var(--st-code-font); }
  .card .number { width: 5.2em; text-align: right; }
  .card .bar { height: .75em; background: var(--muted); opacity: .45; min-width: 1px; }
  .card .came td { font-weight: 600; }
  .card .came .bar { background: var(--accent); opacity: 1; }
  .card p { margin: 0 0 4px; }
  .card .units { border-top: 1px solid var(--border); margin-top: 5px; padding-top: 4px; color: var(--muted); }
  .card .units td { line-height: 1.25; }
`;

export default renderer(STYLE, (stage) => {
  const labels = make("canvas", { at: { "aria-hidden": "true" } });
  const cells = make("canvas", { tabIndex: 0, at: { role: "img" } });
  const legends = make("canvas", { at: { "aria-hidden": "true" } });
  const scroller = make("div", { className: "scroller" }, [cells]);
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  const said = make("div", { className: "spoken", at: { "aria-live": "polite" } });
  const moves = [button("Character before", "‹", () => move(-1)), button("Next character", "›", () => move(1))];
  const tools = make("div", { className: "tools" }, [...moves, button("Save the strip as PNG", "⤓", save)]);
  const foot = make("div", { className: "foot" }, [legends, tools]);
  stage.root.append(make("div", { className: "row" }, [labels, scroller]), foot, card, said);

  /** @type {Choice<number | null>} */
  const pin = sharedChoice(stage, "pinned");
  /** @type {Strip} */
  let frame;
  /** @type {Layout} */
  let layout;
  /** @type {number | null} */
  let hover = null;

  function show(/** @type {Uint8Array} */ bytes) {
    frame = frameOf(bytes);
    pin.hear(frame.pinned);
    if (pin.value !== null && pin.value >= frame.columns) pin.value = null;
    if (hover !== null && hover >= frame.columns) hover = null;
    cells.setAttribute("aria-label", alternative(frame));
    stage.ready = true;
  }

  function paint() {
    const { theme } = stage;
    layout = layoutOf(frame, stage.width / theme.zoom);
    drawLabels(contextFor(labels, layout.labels, layout.height, theme.zoom), layout, theme);
    const context = contextFor(cells, layout.cells, layout.height, theme.zoom);
    drawCells(context, frame, layout, theme, { pinned: pin.value, hover, ratio: (window.devicePixelRatio || 1) * theme.zoom });
    const room = layout.width - (layout.narrow ? 132 : 140) / theme.zoom; // beside the buttons
    drawLegends(contextFor(legends, room, 24, theme.zoom), frame, layout, theme, pin.value);
    for (const one of moves) one.hidden = pin.value === null;
    showCard(pin.value ?? hover);
  }

  function showCard(/** @type {number | null} */ j) {
    if (j === null) {
      card.hidden = true;
      return;
    }
    fill(card, frame, j);
    const { zoom } = stage.theme;
    const left = (layout.labels + j * layout.cell) * zoom - scroller.scrollLeft;
    const column = { left, right: left + layout.cell * zoom };
    placeBeside(card, { ...column, width: stage.width, wish: 196 * zoom, bottom: layout.height * zoom });
  }

  function columnAt(/** @type {MouseEvent} */ event) {
    if (!layout) return null;
    const j = Math.floor((event.clientX - cells.getBoundingClientRect().left) / (layout.cell * stage.theme.zoom));
    return j >= 0 && j < frame.columns ? j : null;
  }

  function point(/** @type {number | null} */ j) {
    if (j === hover) return;
    hover = j;
    stage.redraw();
  }

  function choose(/** @type {number | null} */ j) {
    pin.choose(j);
    said.textContent = j === null ? "" : describe(frame, j);
    stage.redraw();
  }

  function move(/** @type {number} */ by) {
    const start = pin.value ?? (by > 0 ? -1 : frame.columns);
    const j = Math.min(frame.columns - 1, Math.max(0, start + by));
    keepInView(scroller, j * layout.cell * stage.theme.zoom, layout.cell * stage.theme.zoom);
    choose(j);
  }

  function save() {
    savePicture("reading-strip.png", stage.theme, layout.labels + layout.cells, layout.height + 28, (context) => {
      drawLabels(context, layout, stage.theme);
      context.translate(layout.labels, 0);
      drawCells(context, frame, layout, stage.theme, { pinned: pin.value });
      context.translate(-layout.labels, layout.height + 4);
      drawLegends(context, frame, layout, stage.theme, pin.value);
    });
  }

  cells.onpointermove = (event) => event.pointerType === "mouse" && point(columnAt(event));
  cells.onpointerleave = () => point(null);
  cells.onclick = (event) => {
    const j = columnAt(event);
    choose(j === pin.value ? null : j);
  };
  stage.root.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) {
      event.preventDefault();
      move(by);
    } else if (event.key === "Escape" && pin.value !== null) choose(null);
  };
  scroller.onscroll = () => showCard(pin.value ?? hover);

  return { show, paint };
});

/**
 * @param {Uint8Array} bytes
 * @returns {Strip}
 */
function frameOf(bytes) {
  const { header, take } = unpack(bytes);
  /** @type {string[]} */
  const text = Array.from(header.text);
  const columns = text.length;
  /** @type {string[]} */
  const top = Array.from(header.top);
  const best = columns ? top.length / columns : 0;
  const topP = take(Uint16Array, top.length);
  const surprise = Float32Array.from(take(Uint16Array, columns), (number) => number / 1000);
  const units = header.units.map((/** @type {string} */ name) => ({ name, values: take(Int16Array, columns) }));
  const rows = header.rows.map((/** @type {{ label: string, guess: string }} */ { label, guess }) => {
    const characters = Array.from(guess);
    return { label, guess: characters, p: take(Uint8Array, characters.length) };
  });
  const now = {
    label: header.now,
    guess: text.map((_, j) => top[j * best]),
    p: Uint8Array.from(text, (_, j) => Math.round(topP[j * best] / 257)),
  };
  /** @type {Strip["likeliest"]} */
  const likeliest = (j) => Array.from({ length: best }, (_, k) => [top[j * best + k], topP[j * best + k] / 65535]);
  return { text, columns, rows, now, surprise, units, likeliest, reach: header.reach, pinned: header.pinned };
}

function alternative(/** @type {Strip} */ { text, now, columns }) {
  const right = now.guess.filter((character, j) => character === text[j]).length;
  return `The text that came: ${text.join("")} — ${now.label}: ${now.guess.join("")} — ` +
    `${percent(right / columns)} of ${columns} guessed right. Arrow keys pin a character, Escape lets it go.`;
}

/**
 * @param {HTMLElement} card
 * @param {Strip} frame
 * @param {number} j
 */
function fill(card, frame, j) {
  const bits = frame.surprise[j];
  const cell = (/** @type {string} */ className, /** @type {string | Node} */ content) => make("td", { className }, [content]);
  const likeliest = frame.likeliest(j).map(([character, p]) => {
    const bar = make("div", { className: "bar" });
    bar.style.width = `${100 * p}%`;
    const came = character === frame.text[j];
    const cells = [cell("sign", glyph(character)), cell("", bar), cell("number", (came ? "✓ " : "") + percent(p))];
    return make("tr", { className: came ? "came" : "" }, cells);
  });
  const units = frame.units.map((unit) => {
    return make("tr", {}, [cell("", unit.name), cell("number", signedText(held(unit, j)))]);
  });
  card.replaceChildren(
    make("p", { textContent: `came ${glyph(frame.text[j])} · ${percent(2 ** -bits)} · ${bits.toFixed(1)} bits` }),
    make("table", {}, likeliest),
    make("div", { className: "units", hidden: !units.length }, [make("table", {}, units)]),
  );
}

/**
 * @param {Strip} frame
 * @param {number} j
 */
function describe(frame, j) {
  const guesses = frame.likeliest(j).map(([character, p]) => `${spoken(character)} ${percent(p)}`);
  const units = frame.units.map((unit) => `${unit.name} ${signedText(held(unit, j))}`);
  const came = `Came: ${spoken(frame.text[j])}, ${frame.surprise[j].toFixed(1)} bits.`;
  const holding = units.length ? ` Held: ${units.join(", ")}.` : "";
  return `Character ${j + 1} of ${frame.columns}. ${came} Likeliest: ${guesses.join(", ")}.${holding}`;
}
