// The life of a component: built once, shown again with each frame or theme, taken down without a trace.

import { follow, inTurn } from "./live.js";
import { contextFor, themeOf } from "./shared.js";

const BUTTON = 44; // the width of one, in CSS pixels, where fingers press it
const NEAR = "300px"; // how near a picture is to what is seen of the page, to be held drawn
/** The style of what is there for those who listen alone. */
export const UNSEEN = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;";
const STYLE = `
  :host { display: block; }
  .stage { position: relative; font-family: var(--st-font); color: var(--text); font-variant-numeric: tabular-nums; }
  .row { display: flex; }
  .scroller { overflow-x: auto; overflow-y: hidden; flex: 1; min-width: 0; scrollbar-width: thin; }
  canvas { display: block; outline: none; }
  .scroller:has(canvas:focus-visible) { outline: 2px solid var(--accent); outline-offset: -1px; border-radius: 2px; }
  .foot { display: flex; align-items: center; justify-content: space-between; }
  .tools { display: flex; }
  button { width: 32px; height: 28px; padding: 0; border: 0; border-radius: 6px; display: grid; place-items: center;
           background: var(--background); color: var(--muted); font: 22px/1 var(--st-font); cursor: pointer; }
  button:hover { color: var(--text); background: var(--panel); }
  button:focus-visible { outline: 2px solid var(--accent); }
  .narrow button { width: ${BUTTON}px; height: ${BUTTON}px; }
  @media (pointer: coarse) { button { width: ${BUTTON}px; height: ${BUTTON}px; } }
  [hidden] { display: none !important; }
  .card { position: absolute; z-index: 1; pointer-events: none; box-sizing: border-box; padding: 8px 10px;
          border: 1px solid var(--border); border-radius: 6px; background: var(--background); font-size: calc(12px * var(--zoom));
          box-shadow: 0 4px 14px rgb(0 0 0 / 18%); }
  .spoken { ${UNSEEN} }
`;

/**
 * An element with properties, attributes (in `at`) and children. Text arrives as text only.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Made<Tag>} [properties]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, { at = {}, ...properties } = /** @type {Made<Tag>} */ ({}), children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(at)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Of the theme, what a component's style sheet may use, as --text and so on.
const STYLED = /** @type {const} */ (["text", "muted", "border", "panel", "accent", "mark", "background", "zoom"]);

/** Have the style sheet around an element know the theme. */
export function dress(/** @type {HTMLElement} */ root, /** @type {Theme} */ theme) {
  for (const name of STYLED) root.style.setProperty(`--${name}`, String(theme[name]));
}

/**
 * What Streamlit calls with each frame: the first time `build` makes something of the element, which is then drawn anew
 * each time, and leaves together with the page.
 * @param {(parentElement: Streamlit["parentElement"]) => { draw(given: Streamlit): void, leave(): void }} build
 */
export function lasting(build) {
  /** @type {WeakMap<Streamlit["parentElement"], ReturnType<typeof build>>} */
  const built = new WeakMap();
  /** @type {(given: Streamlit) => Leave} */
  return (given) => {
    const { parentElement } = given, mine = built.get(parentElement) ?? build(parentElement);
    built.set(parentElement, mine);
    mine.draw(given);
    // Also called for a frame that a newer one overtook while the script was loading, with the element still there.
    return () => setTimeout(() => {
      if (parentElement.isConnected || !built.delete(parentElement)) return;
      mine.leave();
    });
  };
}

/**
 * A component with a stage of its own: `build(stage)` runs once and returns `show(data)` and `paint()`: take in a new
 * frame, and draw the present one (again after a change of width, theme or fonts).
 * @type {(style: string, build: (stage: Stage) => Pick<Stage, "show" | "paint">) => (given: Streamlit) => Leave}
 */
export const renderer = (style, build) => lasting((parentElement) => {
  const root = make("div", { className: "stage" });
  const sheet = make("style", { textContent: STYLE + style });
  parentElement.append(sheet, root);
  const stage = /** @type {Stage} */ ({ root, width: 0, ready: false });
  stage.redraw = () => {
    stage.width ||= root.clientWidth; // later the observer tells it: asking has the browser lay out the page at once
    if (!stage.width || !stage.ready) return; // folded away, or nothing to show yet
    root.classList.toggle("narrow", stage.width < 640 * stage.theme.zoom);
    stage.paint();
    if (away) empty();
  };
  // Chromium without a graphics card copies every canvas of the page with each frame that changes anything on it: one out
  // of sight keeps its place only.
  let away = false;
  const empty = () => root.querySelectorAll("canvas").forEach((canvas) => (canvas.width = 0));
  const sight = new IntersectionObserver((entries) => {
    away = !entries[entries.length - 1].isIntersecting;
    if (away) empty();
    else stage.redraw();
  }, /** @type {IntersectionObserverInit} */ ({ rootMargin: NEAR, scrollMargin: NEAR })); // TypeScript knows only one
  sight.observe(root);
  Object.assign(stage, build(stage));
  const picture = follow(root, (message) => {
    stage.show(message);
    stage.redraw();
  });
  const observer = new ResizeObserver(() => {
    if (root.clientWidth === stage.width) return;
    stage.width = root.clientWidth;
    stage.redraw();
  });
  observer.observe(root);
  document.fonts.addEventListener("loadingdone", stage.redraw); // a canvas asks for fonts, and does not wait for them

  return {
    draw({ data, setStateValue }) {
      stage.setStateValue = setStateValue;
      stage.theme = themeOf(root);
      dress(root, stage.theme);
      if (data) picture.take(data);
      stage.redraw();
    },
    leave() {
      document.fonts.removeEventListener("loadingdone", stage.redraw);
      observer.disconnect();
      sight.disconnect();
      picture.leave();
      sheet.remove();
      root.remove();
    },
  };
});

/**
 * A choice that both sides may change. A local one shows at once and is told to Python a little later. Python's wins
 * when it differs from what Python said before, except within a second of a local one: then it is only an echo.
 * @template Value
 * @param {Stage} stage
 * @param {string} name
 * @returns {Choice<Value | null>}
 */
export function sharedChoice(stage, name) {
  /** @type {string | undefined} */
  let heard;
  let chosenAt = -Infinity, timer = 0;
  const choice = /** @type {Choice<Value | null>} */ ({ value: null });
  choice.hear = (value) => {
    const said = JSON.stringify(value);
    if (said !== heard && performance.now() - chosenAt > 1000) choice.value = value;
    heard = said;
  };
  choice.choose = (value) => {
    choice.value = value;
    chosenAt = performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => inTurn(() => stage.setStateValue(name, value)), 120); // a held arrow key tells only where it stops
  };
  return choice;
}

/** What a picture in which keys move says of itself: to a screen reader, which hands them on then, and to keys.js. */
export const MOVED_IN = { role: "application", "aria-roledescription": "picture" };

/** @type {Record<string, [down: number, across: number]>} */
const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity],
};

/**
 * What a key asks for: a move by so many cells, to let go of what is picked, or nothing.
 * @type {(event: KeyboardEvent) => { by?: [down: number, across: number], away?: boolean }}
 */
export const asked = ({ key, ctrlKey, metaKey, altKey }) =>
  ctrlKey || metaKey || altKey ? {} : { by: STEPS[key], away: key === "Escape" };

/** @type {(label: string, sign: string, onclick: () => void) => HTMLButtonElement} */
export function button(label, sign, onclick) {
  return make("button", { type: "button", title: label, textContent: sign, onclick, at: { "aria-label": label } });
}

/**
 * What stands around a picture: below it a legend and buttons, a card over it, and words for those who listen.
 * @param {Stage} stage
 * @param {HTMLButtonElement[]} buttons
 */
export function surroundings(stage, buttons) {
  const legend = make("canvas", { at: { "aria-hidden": "true" } });
  const foot = make("div", { className: "foot" }, [legend, make("div", { className: "tools" }, buttons)]);
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  const said = make("div", { className: "spoken", at: { "aria-live": "polite" } });
  const legendContext = () => {
    const { zoom } = stage.theme;
    return contextFor(legend, (stage.width - BUTTON * buttons.length) / zoom, 24, zoom);
  };
  return { foot, card, said, legendContext };
}

/**
 * Beside a column and inside the box; on its right if there is room, since that hides only what is to come.
 * @type {(card: HTMLElement, where: { left: number, right: number, width: number, wish: number }) => void}
 */
export function placeBeside(card, { left, right, width, wish }) {
  const onRight = width - right >= wish || width - right >= left;
  const room = Math.min(wish, (onRight ? width - right : left) - 6);
  card.style.width = `${room}px`;
  card.style.left = `${onRight ? right + 6 : left - 6 - room}px`;
  card.hidden = false;
}
