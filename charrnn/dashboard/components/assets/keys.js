// The keys of the whole page. None acts while one types, or on what has a use for it.

import { Sentence, _ } from "./language.js";
import { UNSEEN, make } from "./stage.js";

/** @type {[key: string, does: string][]} */
const KEYS = [
  [Sentence("Space"), Sentence("trains, and pauses")], [".", Sentence("takes one step")], ["?", Sentence("shows these keys")],
  [Sentence("Arrows"), Sentence("move in a picture that has the focus; Escape lets go")],
  [Sentence("Escape"), Sentence("closes what was opened")],
];
const TYPED = "input, textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=menu], [role=dialog], dialog";
const IDLE = "body, main, [role=application]"; // on all else that has the focus space presses, opens or ticks
const NOTE = "charrnn.keys";
export const STYLE = `
  .keys { position: absolute; bottom: calc(100% + 0.5rem); left: 0; }
  .keys:not(:focus-visible) { ${UNSEEN} }
  dialog { padding: 1rem 1.25rem; border: 1px solid var(--border); border-radius: 8px; color: var(--text);
           background: var(--background); font: 1rem/1.6 var(--st-font); }
  dialog::backdrop { background: rgb(0 0 0 / 40%); }
  h2 { margin: 0 0 0.5rem; font-size: 1.1rem; }
  th { padding-right: 1.5rem; text-align: left; font-family: var(--st-code-font); }
  label, form { display: block; margin-top: 0.75rem; }
  input { accent-color: var(--accent); }
`;

/**
 * A list of the keys, and a button that shows it, which is there for who comes to it by keys. Returns both, and `leave`.
 * @param {{ [key: string]: () => void }} acts - what each key does beside "?"
 */
export function keys(acts) {
  const act = make("input", { type: "checkbox", checked: wanted() });
  act.onchange = () => want(act.checked);
  const rows = KEYS.map(([key, does]) => make("tr", {}, [make("th", { textContent: key === "." ? key : _(key), scope: "row" }), make("td", { textContent: _(does) })]));
  const title = make("h2", { textContent: _("Keys"), id: "title" });
  const list = make("dialog", { at: { "aria-labelledby": "title" } }, [
    title, make("table", {}, rows), make("label", {}, [act, " ", _("They act")]),
    make("form", { method: "dialog" }, [make("button", { textContent: _("Close"), autofocus: true })]),
  ]);
  const show = () => list.showModal();
  const shown = make("button", { type: "button", className: "keys", textContent: _("Keys"), onclick: show });

  function press(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {Element} */ (event.composedPath()[0]), { key } = event;
    if (!act.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    const does = key === "?" ? show : acts[key];
    if (!does || target.closest(TYPED) || (key === " " && !target.matches(IDLE))) return;
    event.preventDefault();
    does();
  }

  document.addEventListener("keydown", press);
  return { parts: [shown, list], leave: () => document.removeEventListener("keydown", press) };
}

function wanted() {
  try {
    return localStorage.getItem(NOTE) !== "off";
  } catch {
    return true; // storage is forbidden
  }
}

function want(/** @type {boolean} */ on) {
  try {
    localStorage.setItem(NOTE, on ? "on" : "off");
  } catch {
    // storage is forbidden: it holds until the page is left
  }
}
