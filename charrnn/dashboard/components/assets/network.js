// The network drawn, with data flowing through it: a step of training played, stepped and pointed at.

import { _, decimals } from "./language.js";
import { glyph, legend, percent, spoken } from "./shared.js";
import { grid } from "./grid.js";
import { boxOf, measured, spotAt } from "./network_layout.js";
import { drawColumns, drawNames, moved } from "./network_picture.js";
import { number } from "./network_numbers.js";
import { PHASES, beats, ends, equations, filled, frameOf, lineAt, lineOf, phaseOf, sentence } from "./network_story.js";
import { button, make, renderer, sharedChoice } from "./stage.js";

/** @import { Frame, Spot, Part } from "./network_story.js" */

const PACES = [1800, 800, 300, 0]; // ms for a beat; 0: a whole character at once
const CHARACTER = 900; // ms for that, and before the next character is gone on to
const PANEL = [300, 420]; // pixels of the equations beside the picture, at least and at most
const STYLE = `
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; font-size: calc(13px * var(--zoom)); }
  .group { display: flex; gap: 4px; align-items: center; color: var(--muted); }
  .bar button { font-size: calc(13px * var(--zoom)); border: 1px solid var(--border); }
  .bar .play { width: 64px; color: var(--text); }
  .bar .phase { width: auto; padding: 0 12px; font-size: calc(14px * var(--zoom)); }
  .bar .phase[aria-pressed=true] { background: var(--accent); color: var(--background); font-weight: 600; }
  .bar input { width: 84px; accent-color: var(--accent); }
  .narrow .bar .phase { padding: 0 9px; }
  .sentence { margin: 10px 0 6px; min-height: 1.5em; font-size: calc(15px * var(--zoom)); font-weight: 600; }
  .both { display: grid; gap: 14px 20px; grid-template-columns: minmax(0, 1fr) var(--beside); }
  .below { grid-template-columns: minmax(0, 1fr); }
  .picture { position: relative; min-width: 0; }
  .panels { display: flex; flex-direction: column; gap: 14px; }
  .equations { box-sizing: border-box; padding: 8px 6px; border: 1px solid var(--border); border-radius: 8px;
               background: var(--panel); color: var(--muted); font-size: calc(13px * var(--zoom)); }
  .equations h3 { margin: 6px 8px 2px; font-size: 1em; }
  .equations p { margin: 6px 8px 2px; font-size: .85em; }
  .line { padding: 3px 8px; border-radius: 5px; font-family: var(--st-code-font); white-space: pre-wrap; break-inside: avoid; }
  .gated .panels { display: contents; } /* there are many: those on the way back stand below, side by side */
  .gated .equations:last-child { grid-column: 1 / -1; columns: calc(290px * var(--zoom)); }
  .gated :is(h3, p) { column-span: all; }
  .line .numbers { display: block; font-size: .92em; color: var(--mark); overflow-wrap: anywhere; }
  .line.past { color: var(--text); }
  @media (forced-colors: active) { .lit, [aria-pressed=true] { outline: 2px solid Highlight; } }
  .line.lit { color: var(--text); font-weight: 600; background: color-mix(in srgb, var(--mark) 20%, transparent); }
  .line.lit .numbers { font-weight: 400; }
  .card p { margin: 0 0 3px; }
  .card code { font-family: var(--st-code-font); font-size: .95em; }
`;

export default renderer(STYLE, (stage) => {
  const phases = PHASES.map((name, phase) => make("button", {
    type: "button", className: "phase", textContent: _(name), onclick: () => go(ends(frame, phase, columns())),
  }));
  const playing = button(_("Play"), _("Play"), () => (plays ? halt() : play()));
  playing.classList.add("play");
  const controls = [button(_("Step back"), "◀", () => go(Math.ceil(time) - 1)), playing, button(_("Step forward"), "▶", () => go(Math.floor(time) + 1))];
  const moves = [button(_("Character before"), "‹", () => move(-1)), button(_("Next character"), "›", () => move(1))];
  const pace = make("input", { type: "range", min: "0", max: "3", step: "1", value: "1", at: { "aria-label": _("Speed") } });
  const group = (/** @type {(Node | string)[]} */ parts) => make("div", { className: "group" }, parts);
  const bar = make("div", { className: "bar" }, [
    group(phases), group(controls), group([_("slow"), pace, _("one character at a time")]), group([_("character"), ...moves])]);
  const told = make("p", { className: "sentence" }), panels = make("div", { className: "panels" });
  const box = make("div", { className: "picture" }), both = make("div", { className: "both" }, [box, panels]);
  stage.root.append(bar, told, both);

  // The picture is a grid of what can be pointed at, with the equations beside it; what is picked stays in the browser.
  /** @type {Stage} */
  const beside = Object.create(stage, {
    root: { value: box }, width: { get: () => stage.width - (isWide() ? panelWidth() + 20 : 0) },
    setStateValue: { value: () => {} },
  });
  const shown = grid(beside, "spot", (bytes) => pictureOf(frameOf(bytes)));
  const place = /** @type {Choice<number>} */ (sharedChoice(stage, "place"));
  /** @type {Frame} */
  let frame;
  /** @type {ReturnType<typeof measured>} */
  let size;
  /** @type {Spot | null} */
  let pointed = null;
  let time = Infinity, plays = false, since = 0, stamp = 0;
  let ticks = false, drawn = { phase: -1, time: 0 }; // whether a frame of the play is drawn; what was drawn last
  /** @type {{ line: string, row: HTMLElement, numbers: HTMLElement }[]} */
  let lines = [];

  const isWide = () => stage.width >= 760 * stage.theme.zoom;
  const panelWidth = () => stage.theme.zoom * Math.min(PANEL[1], Math.max(PANEL[0], (0.26 * stage.width) / stage.theme.zoom));
  const columns = () => size?.columns.length ?? 1;
  const end = () => beats(frame, columns());
  const learning = () => phaseOf(frame, beat()) === 3;
  const beat = () => Math.max(0, Math.ceil(time) - 1);

  function show(/** @type {Uint8Array} */ bytes) {
    const before = frame;
    shown.show(bytes);
    place.hear(frame.place);
    if (plays && before && before.place !== frame.place) time = Number(PACES[Number(pace.value)] ? 0 : end());
    if (before?.clip !== frame.clip || before?.optimizer !== frame.optimizer || before?.cell !== frame.cell) writeEquations();
    stage.ready = true;
  }

  function writeEquations() {
    lines = [];
    panels.replaceChildren(...equations(frame).map(({ group, lines: formulas }) => make("div", { className: "equations" }, [
      make("h3", { textContent: _(group) }),
      ...formulas.map(([line, formula]) => {
        const numbers = make("span", { className: "numbers" });
        const row = make("div", { className: "line" }, [formula, numbers]);
        row.dataset.line = line;
        lines.push({ line, row, numbers });
        return row;
      }),
    ])));
    panels.lastElementChild?.append(make("p", { textContent: _("{source}, as it is run", { source: frame.cell.source }) }));
  }

  /** @type {(made: Frame) => Picture<Spot>} */
  function pictureOf(made) {
    frame = made;
    return {
      file: "network.png", alternative: alternative(frame), picked: null, cardWidth: 250,
      has: ({ part, k, i, s }) => k < frame.at.length && (part !== "state" || (i < frame.units.length && s < frame.cell.strips.length)),
      measure(width) {
        size = measured(frame, width);
        time = Math.min(time, end());
        return { names: size.names, cells: size.columns.length * size.wide, height: size.height };
      },
      cellAt: (x, y) => spotAt(frame, size, x, y),
      place(spot) {
        const [x, y, width, height] = boxOf(frame, size, spot);
        return { x, width, bottom: Math.min(size.height, y + height + 70) };
      },
      beside: (spot, down, across) => besideOf(spot, down, across),
      card: (spot) => {
        const line = lineOf(frame, spot, learning());
        return [make("p", { textContent: title(frame, spot) }), make("code", { textContent: filled(frame, line, spot) })];
      },
      say: (spot) => `${title(frame, spot)}: ${filled(frame, lineOf(frame, spot, learning()), spot)}`,
      drawNames: (context, theme) => drawNames(context, theme, frame, size),
      drawCells(context, theme, picked, hover, span) {
        pointed = hover ?? picked;
        drawColumns(context, theme, frame, size, time, [picked, hover], span);
      },
      drawLegend(context, theme) {
        const { strips } = frame.cell, title = strips.length > 1 ? "" : "h";
        const x = legend(context, theme, { x: 0, y: 12, title, colours: theme.signed, low: "−1", high: "+1" });
        const said = frame.held.c ? [_("c up to ±{limit}", { limit: decimals(frame.limit.toFixed(1)) })] : [];
        if (learning() && size.names > 64) {
          said.push(title ? _("beside it dh, sign and power of ten") : _("beside it its gradient, sign and power of ten"));
        }
        context.fillText(said.join("; "), x + 8, 12);
      },
    };
  }

  /** The parts of a column from top to bottom, for keys. */
  function besideOf(/** @type {Spot | null} */ spot, /** @type {number} */ down, /** @type {number} */ across) {
    const last = size.columns.length - 1;
    const strips = frame.cell.strips.length, column = spot ? size.columns.indexOf(spot.k) : last;
    if (!spot) return /** @type {Spot} */ ({ part: "state", k: size.columns[last], i: 0, s: strips - 1 });
    const to = spot.part === "state" ? column * strips + spot.s + across : (column + across) * strips; // counted in strips
    const within = Math.min((last + 1) * strips - 1, Math.max(0, to)), at = Math.floor(within / strips), k = size.columns[at];
    /** @type {(part: Part, many: number) => Spot[]} */
    const many = (part, many) => Array.from({ length: many }, (_, i) => ({ part, k, i, s: part === "state" ? within % strips : 0 }));
    const all = [
      ...many("came", 1), ...many("guess", frame.likeliest(k).length), ...many("W_hy", 1), ...many("state", frame.units.length),
      ...many("kept", Number(frame.cell.kept !== "")), ...many("W_hh", 1), ...many("W_xh", 1), ...many("read", 1), ...many("share", 1)];
    const here = all.findIndex(({ part, i }) => part === spot.part && i === spot.i);
    return all[Math.min(all.length - 1, Math.max(0, here + down))];
  }

  function paint() {
    both.classList.toggle("below", !isWide());
    both.classList.toggle("gated", frame.cell.strips.length > 1);
    both.style.setProperty("--beside", `${panelWidth()}px`);
    const now = beat(), phase = phaseOf(frame, now);
    shown.paint(ticks && phase === drawn.phase ? moved(frame, size, drawn.time, time) : undefined);
    drawn = { phase, time };
    const present = lineAt(frame, now, columns());
    const spot = pointed ?? /** @type {Spot} */ ({ part: present === "p" || present === "y" ? "came" : "read", k: frame.at.length - 1, i: 0, s: 0 });
    const lit = pointed ? lineOf(frame, pointed, learning()) : present;
    const reached = lines.findIndex(({ line }) => line === present);
    lines.forEach(({ line, row, numbers }, i) => {
      row.classList.toggle("lit", line === lit);
      row.classList.toggle("past", i <= reached);
      write(numbers, filled(frame, line, spot));
      numbers.style.visibility = i <= reached || line === lit ? "" : "hidden"; // so that nothing moves
    });
    phases.forEach((one, i) => mark(one, "aria-pressed", String(i === phase)));
    write(told, sentence(frame, now, columns()));
    mark(told, "aria-live", plays ? "off" : "polite");
    write(playing, plays ? _("Pause") : _("Play"));
    for (const name of ["title", "aria-label"]) mark(playing, name, String(playing.textContent));
    moves[0].disabled = frame.place <= frame.places[0];
    moves[1].disabled = frame.place >= frame.places[1];
  }

  function go(/** @type {number} */ to) {
    halt();
    time = Math.min(end(), Math.max(1, to));
    stage.redraw();
  }

  function halt() {
    plays = false;
    stage.redraw();
  }

  function play() {
    plays = true;
    if (time >= end() && PACES[Number(pace.value)]) time = 0;
    stamp = performance.now();
    since = 0;
    requestAnimationFrame(tick);
    stage.redraw();
  }

  /** One frame of the play: a beat goes on smoothly, or at once where less motion is wished for. */
  function tick(/** @type {number} */ now) {
    if (!plays || !stage.root.isConnected) return;
    const passed = now - stamp, ms = PACES[Number(pace.value)], whole = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stamp = now;
    since += passed;
    if (!ms) time = end();
    else if (!whole) time = Math.min(end(), time + passed / ms);
    else if (since >= ms && time < end()) {
      time = Math.floor(time) + 1;
      since = 0;
    }
    if (time < end()) since = whole ? since : 0;
    else if (since >= CHARACTER) {
      since = 0;
      if (place.value >= frame.places[1]) plays = false;
      else if (place.value === frame.place) move(1);
    }
    ticks = true;
    stage.redraw();
    ticks = false;
    requestAnimationFrame(tick);
  }

  function move(/** @type {number} */ by) {
    place.choose(Math.min(frame.places[1], Math.max(frame.places[0], place.value + by)));
    stage.redraw();
  }

  bar.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.target === pace || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(by > 0 ? Math.floor(time) + 1 : Math.ceil(time) - 1);
  };
  return { show, paint };
});

// Both leave alone what is so already: the page would be laid out anew for it.
function write(/** @type {HTMLElement} */ element, /** @type {string} */ words) {
  if (element.textContent !== words) element.textContent = words;
}

function mark(/** @type {HTMLElement} */ element, /** @type {string} */ name, /** @type {string} */ value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What a spot is, in words. */
function title(/** @type {Frame} */ frame, /** @type {Spot} */ { part, k, i, s }) {
  const read = `“${spoken(frame.read[k])}”`, came = `“${spoken(frame.came[k])}”`;
  switch (part) {
    case "read": return _("it read {read}", { read });
    case "state": {
      const unit = _("unit {unit} after reading {read}", { unit: frame.units[i], read });
      return [_(frame.cell.strips[s].told), unit].filter(Boolean).join(", ");
    }
    case "guess": return _("{sign} as the next, {p}",
      { sign: glyph(frame.likeliest(k)[i][0]), p: percent(frame.likeliest(k)[i][1]) });
    case "came": return _("{came} came", { came });
    case "share": return _("gradient of the state after {read}", { read });
    default: return {
      W_xh: _("what comes in"), W_hh: _("what is carried over"), W_hy: _("what the state says"),
      kept: _("what is kept as it was"),
    }[part] + `: ${part === "kept" ? frame.cell.kept : part}`;
  }
}

function alternative(/** @type {Frame} */ frame) {
  const last = frame.at.length - 1, guesses = frame.likeliest(last).map(([c, p]) => `${spoken(c)} ${percent(p)}`).join(", ");
  return _(
    "The network unrolled over “{text}” at {step}. It read {read}, guessed {guesses}; {came} came: a loss of {loss} nats. " +
    "Its gradient, column by column: {shares}. Arrow keys point at what is drawn, Escape lets go; the numbers stand in the " +
    "tables below.",
    {
      text: frame.read.join(""), step: frame.step, read: spoken(frame.read[last]), guesses, came: spoken(frame.came[last]),
      loss: number(frame.loss[last]), shares: Array.from(frame.share, number).join(", "),
    },
  );
}
