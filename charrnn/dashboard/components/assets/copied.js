// A button that copies a text, on any page: where the browser has no clipboard for scripts (plain http in a class's
// network), the text is selected and copied as a person would.

import { _ } from "./language.js";
import { make } from "./stage.js";

export const STYLE = `
  .copy { position: absolute; top: 0; right: 0; background: transparent; }
  .copy [aria-hidden] { display: block; position: relative; width: 1em; height: 1em; font: calc(14px * var(--zoom))/1 var(--st-font); }
  .copy :empty::before, .copy :empty::after { content: ""; position: absolute; box-sizing: border-box; width: 70%; height: 70%; border: 0.1em solid; border-radius: 0.15em; }
  .copy :empty::before { top: 0; right: 0; border-left: 0; border-bottom: 0; }
  .copy :empty::after { bottom: 0; left: 0; }
  .copy.done { color: var(--accent); }
`; // two sheets are drawn: few fonts have a sign for them
const SHOWN = 1500; // ms that the tick stays

/**
 * The button; `text()` is what it copies. Who makes it says in its aria-label what that is.
 * @param {() => string} text
 */
export function copier(text) {
  const sign = make("span", { at: { "aria-hidden": "true" } });
  const said = make("span", { className: "spoken", at: { role: "status" } });
  const copy = make("button", { type: "button", className: "copy", title: _("Copy") }, [sign]);
  let timer = 0;
  copy.onclick = async () => {
    const done = await copied(text(), copy);
    sign.textContent = done ? "✓" : "";
    copy.classList.toggle("done", done);
    said.textContent = done ? _("Copied") : _("This browser does not let it be copied");
    clearTimeout(timer);
    timer = setTimeout(() => {
      sign.textContent = "";
      copy.classList.remove("done");
      said.textContent = "";
    }, SHOWN);
  };
  return [copy, said];
}

/** @type {(text: string, button: HTMLElement) => Promise<boolean>} */
async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // there is none, or it is forbidden to a page within another
  }
  const field = make("textarea", { value: text, readOnly: true });
  Object.assign(field.style, { position: "fixed", opacity: "0", top: "0" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  button.focus();
  return done;
}
