// Cells in rows and columns: their names at the left, a legend and buttons below, a card beside the cell that is pointed
// at or picked. cells.js and reading_strip.js say what is drawn and told; pointer, keys and Python's choice are here.

import { _ } from "./language.js";
import { contextFor, contextOf } from "./shared.js";
import { MOVED_IN, asked, button, make, placeBeside, sharedChoice, surroundings } from "./stage.js";

const MARGIN = 12; // around a picture that is saved

/**
 * @template Cell
 * @param {Stage} stage
 * @param {string} name - of the choice that Python is told
 * @param {(bytes: Uint8Array) => Picture<Cell>} open
 * @param {[label: string, sign: string, across: number][]} moves - buttons that move what is picked
 */
export function grid(stage, name, open, moves = []) {
  const names = make("canvas", { at: { "aria-hidden": "true" } });
  const cells = make("canvas", { tabIndex: 0, at: MOVED_IN });
  const scroller = make("div", { className: "scroller" }, [cells]);
  const movers = moves.map(([label, sign, across]) => button(label, sign, () => move(0, across)));
  const { foot, card, said, legendContext } = surroundings(stage, [...movers, button(_("Save as PNG"), "⤓", save)]);
  stage.root.append(make("div", { className: "row" }, [names, scroller]), foot, card, said);

  /** @type {Choice<Cell | null>} */
  const pick = sharedChoice(stage, name);
  /** @type {Picture<Cell>} */
  let picture;
  /** @type {Size | undefined} */
  let size; // of the picture as it was last drawn
  /** @type {Cell | null} */
  let hover = null;

  function show(/** @type {Uint8Array} */ bytes) {
    picture = open(bytes);
    size = undefined;
    pick.hear(picture.picked);
    if (pick.value !== null && !picture.has(pick.value)) pick.value = null;
    if (hover !== null && !picture.has(hover)) hover = null;
    cells.setAttribute("aria-label", picture.alternative);
    stage.ready = true;
  }

  /** Draw it; with `moved`, only the cells between these places, where no others have changed since it was last drawn. */
  function paint(/** @type {Span | undefined} */ moved = undefined) {
    const { theme } = stage, { zoom } = theme, whole = !moved || !size;
    const now = picture.measure(stage.width / zoom);
    /** @type {Span} */
    const span = whole ? [0, now.cells] : moved;
    size = now;
    if (whole) picture.drawNames(contextFor(names, now.names, now.height, zoom), theme);
    between(cells, span, zoom, () => {
      picture.drawCells(contextFor(cells, now.cells, now.height, zoom), theme, pick.value, hover, span);
    });
    if (whole) picture.drawLegend(legendContext(), theme, pick.value);
    for (const mover of movers) mover.hidden = pick.value === null;
    showCard();
  }

  function showCard() {
    const at = hover ?? pick.value;
    card.hidden = at === null || !size;
    if (at === null || !size) return;
    card.replaceChildren(...picture.card(at));
    const { zoom } = stage.theme, { x, width, bottom } = picture.place(at);
    const left = (size.names + x) * zoom - scroller.scrollLeft, right = left + width * zoom;
    placeBeside(card, { left, right, width: stage.width, wish: picture.cardWidth * zoom });
    card.style.top = `${Math.max(0, bottom * zoom - card.offsetHeight)}px`;
  }

  function cellAt(/** @type {MouseEvent} */ event) {
    const box = cells.getBoundingClientRect(), { zoom } = stage.theme;
    return size ? picture.cellAt((event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom) : null;
  }

  function point(/** @type {Cell | null} */ at) {
    if (same(at, hover)) return;
    hover = at;
    stage.redraw();
  }

  function choose(/** @type {Cell | null} */ at) {
    pick.choose(at);
    said.textContent = at === null ? "" : picture.say(at);
    stage.redraw();
  }

  function move(/** @type {number} */ down, /** @type {number} */ across) {
    if (!size) return;
    const at = picture.beside(pick.value, down, across);
    const { x, width } = picture.place(at);
    keepInView(scroller, x * stage.theme.zoom, width * stage.theme.zoom);
    hover = null;
    choose(at);
  }

  function save() {
    const { theme } = stage, { names, cells, height } = picture.measure(stage.width / theme.zoom);
    const canvas = document.createElement("canvas");
    const context = contextFor(canvas, names + cells + 2 * MARGIN, height + 28 + 2 * MARGIN, 1, 2);
    context.fillStyle = theme.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.translate(MARGIN, MARGIN);
    picture.drawNames(context, theme);
    context.translate(names, 0);
    picture.drawCells(context, theme, pick.value, null, [0, cells]);
    context.translate(-names, height + 4);
    picture.drawLegend(context, theme, pick.value);
    canvas.toBlob((blob) => {
      if (!blob) return; // larger than this browser can save
      const link = make("a", { href: URL.createObjectURL(blob), download: picture.file });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }

  cells.onpointermove = (event) => event.pointerType === "mouse" && point(cellAt(event));
  cells.onpointerleave = () => point(null);
  cells.onclick = (event) => {
    const at = cellAt(event);
    choose(same(at, pick.value) ? null : at);
  };
  stage.root.onkeydown = (event) => {
    const { by, away } = asked(event);
    if (by) {
      event.preventDefault();
      move(...by);
    } else if (away && pick.value !== null) choose(null);
  };
  scroller.onscroll = showCard;

  return { show, paint };
}

/** Draw nothing on a canvas but between two places. @type {(canvas: HTMLCanvasElement, span: Span, zoom: number, draw: () => void) => void} */
function between(canvas, [from, to], zoom, draw) {
  const context = contextOf(canvas), scale = zoom * (window.devicePixelRatio || 1);
  const left = Math.floor(from * scale), right = Math.ceil(to * scale); // whole pixels: a cut through one would be seen
  context.save();
  context.resetTransform();
  context.beginPath();
  context.rect(left, 0, right - left, canvas.height);
  context.clip();
  draw();
  context.restore();
}

/** @type {(one: unknown, other: unknown) => boolean} */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Scrolls only when the place would be hidden, and then a little further.
 * @type {(scroller: HTMLElement, x: number, width: number) => void}
 */
function keepInView(scroller, x, width) {
  const { scrollLeft, clientWidth } = scroller;
  if (x < scrollLeft) scroller.scrollLeft = x - 3 * width;
  else if (x + width > scrollLeft + clientWidth) scroller.scrollLeft = x + 4 * width - clientWidth;
}
