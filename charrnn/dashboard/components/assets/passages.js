// Passages of text, one or several side by side: what is to be continued, the text, and where it begins to differ.

import { _ } from "./language.js";
import { glyph, unpack } from "./shared.js";
import { STYLE as COPIED, copier } from "./copied.js";
import { make, renderer } from "./stage.js";

const STYLE = `${COPIED}
  .passages { --least: calc(220px * var(--zoom)); display: grid; gap: 14px;
              grid-template-columns: repeat(auto-fill, minmax(max(min(100%, var(--least)), var(--part)), 1fr)); }
  figure { position: relative; display: flex; flex-direction: column; margin: 0; min-width: 0; }
  figcaption { min-height: 28px; padding-right: 48px; line-height: 28px; color: var(--muted); font-size: calc(14px * var(--zoom)); }
  pre { flex: 1 0 auto; margin: 0; padding: 10px 12px; box-sizing: border-box; height: var(--height); overflow: auto; border-radius: 6px;
        background: var(--panel); font: max(14px * var(--zoom), 0.8vw)/1.6 var(--st-code-font); unicode-bidi: plaintext;
        scrollbar-width: thin; min-height: 2.6em; }
  .wrapped pre { white-space: break-spaces; overflow-wrap: anywhere; }
  pre:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
  .prime { color: var(--accent); }
  .blank { color: var(--muted); }
  mark { background: none; color: inherit; text-decoration: underline 2px var(--accent); text-underline-offset: 3px; }
  .changed { background: color-mix(in srgb, var(--mark) 16%, transparent); }
  figcaption[hidden] ~ .copy { margin: 4px; background: var(--panel); }
  @media (hover: hover) {
    .copy { opacity: 0; }
    figure:hover .copy, .copy:focus-visible, .copy.done { opacity: 1; }
  }
  @media (pointer: coarse) {
    figcaption { min-height: 44px; line-height: 44px; }
    figcaption[hidden] + pre { padding-right: 52px; }
  }
`;

/** @typedef {{ title: string, prime?: string, text: string, known?: [number, number][], changed?: string }} Passage */

export default renderer(STYLE, (stage) => {
  const list = make("div", { className: "passages" });
  stage.root.append(list);
  /** @type {ReturnType<typeof block>[]} */
  const blocks = [];

  function show(/** @type {Uint8Array} */ bytes) {
    /** @type {{ passages: Passage[], across: number, wrap: boolean, height: number | null }} */
    const { passages, across, wrap, height } = unpack(bytes).header;
    list.style.setProperty("--part", `calc((100% - ${14 * (across - 1)}px) / ${across})`);
    const higher = `${(height ?? 0) / 800} * min(100vh, 60vw)`; // where the screen is large
    list.style.setProperty("--height", height === null ? "auto" : `max(${height}px * var(--zoom), ${higher})`);
    list.classList.toggle("wrapped", wrap);
    while (blocks.length > passages.length) blocks.pop()?.element.remove();
    passages.forEach((passage, at) => {
      if (at === blocks.length) {
        blocks.push(block());
        list.append(blocks[at].element);
      }
      blocks[at].fill(passage, height !== null || !wrap);
    });
    stage.ready = true;
  }

  return { show, paint() {} };
});

/** One passage, built once; filled again, only what has changed is touched, so that it stays scrolled and selected. */
function block() {
  const caption = make("figcaption");
  const parts = ["prime", "text", "changed"].map((className) => make("span", { className }));
  const pre = make("pre", { at: { role: "group" } }, parts);
  let marked = "", whole = "";
  const [copy, said] = copier(() => whole);
  const fill = (/** @type {Passage} */ { title, prime = "", text, known = [], changed = "" }, /** @type {boolean} */ scrolled) => {
    write(caption, title);
    caption.hidden = !title;
    if (marked !== String(known)) parts[1].textContent = ""; // the same text with other marks
    marked = String(known);
    whole = prime + text + changed;
    const blank = !(text + changed).trim(); // else nothing would be seen of it
    pre.classList.toggle("blank", blank);
    [prime, text, changed].forEach((words, at) => write(parts[at], blank && at ? signs(words) : words, at === 1 ? known : []));
    pre.setAttribute("aria-label", title || _("text"));
    copy.setAttribute("aria-label", _("Copy {title}", { title: title || _("text") }));
    pre.tabIndex = scrolled ? 0 : -1;
  };
  return { element: make("figure", {}, [caption, pre, copy, said]), fill };
}

/** Blank characters as signs, lines as they are. */
const signs = (/** @type {string} */ blank) => Array.from(blank, (one) => (one === "\n" ? `${glyph(one)}\n` : glyph(one))).join("");

/** @type {(element: HTMLElement, words: string, known?: [number, number][]) => void} */
function write(element, words, known = []) {
  if (element.textContent === words) return;
  const characters = Array.from(words); // as Python counts them
  let end = 0;
  const parts = known.flatMap(([from, to]) => {
    const before = characters.slice(end, from).join("");
    end = to;
    return [before, make("mark", { textContent: characters.slice(from, to).join("") })];
  });
  element.replaceChildren(...parts, characters.slice(end).join(""));
}
