// A button that copies a text, on any page: where the browser has no clipboard for scripts (plain http in a class's
// network), the text is selected and copied as a person would.

import { make } from "./stage.js";

export const STYLE = `
  .copy { position: absolute; top: 0; right: 0; background: transparent; }
  .copy [aria-hidden] { font: calc(17px * var(--zoom))/1 var(--st-font); }
  .copy.done { color: var(--accent); }
`;
const SHOWN = 1500; // ms that the tick stays
const COPY = "⧉";

/**
 * The button; `text()` is what it copies. Who makes it says in its aria-label what that is.
 * @param {() => string} text
 */
export function copier(text) {
  const sign = make("span", { textContent: COPY, at: { "aria-hidden": "true" } });
  const said = make("span", { className: "spoken", at: { role: "status" } });
  const copy = make("button", { type: "button", className: "copy", title: "Copy" }, [sign]);
  let timer = 0;
  copy.onclick = async () => {
    const done = await copied(text(), copy);
    sign.textContent = done ? "✓" : COPY;
    copy.classList.toggle("done", done);
    said.textContent = done ? "Copied" : "This browser does not let it be copied";
    clearTimeout(timer);
    timer = setTimeout(() => {
      sign.textContent = COPY;
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
