// A button that copies a text, on any page: where the browser has no clipboard for scripts (plain http in a class's
// network), the text is selected and copied as a person would.

import { make } from "./stage.js";

export const STYLE = `
  .copy { position: absolute; top: 0; right: 0; background: transparent; }
  .copy svg { width: calc(16px * var(--zoom)); height: calc(16px * var(--zoom)); fill: none; stroke: currentColor; stroke-width: 1.5; }
  .copy.done { color: var(--accent); }
`;
const SHEETS = "M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3";
const TICK = "M3 8.5l3.5 3.5L13 4.5";
const SHOWN = 1500; // ms that the tick stays

/**
 * The button; `text()` is what it copies. Who makes it says in its aria-label what that is.
 * @param {() => string} text
 */
export function copier(text) {
  const path = drawn("path", { d: SHEETS });
  const sign = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  sign.append(path);
  const said = make("span", { className: "spoken", at: { role: "status" } });
  const copy = make("button", { type: "button", className: "copy", title: "Copy" }, [sign]);
  let timer = 0;
  copy.onclick = async () => {
    const done = await copied(text(), copy);
    path.setAttribute("d", done ? TICK : SHEETS);
    copy.classList.toggle("done", done);
    said.textContent = done ? "Copied" : "This browser does not let it be copied";
    clearTimeout(timer);
    timer = setTimeout(() => {
      path.setAttribute("d", SHEETS);
      copy.classList.remove("done");
      said.textContent = "";
    }, SHOWN);
  };
  return [copy, said];
}

/** @type {(tag: string, attributes: Record<string, string>) => Element} */
function drawn(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** @type {(text: string, button: HTMLElement) => Promise<boolean>} */
async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return selectedAndCopied(text, button); // there is none, or it is forbidden to a page within another
  }
}

/** @type {(text: string, button: HTMLElement) => boolean} */
function selectedAndCopied(text, button) {
  const field = make("textarea", { value: text, readOnly: true });
  Object.assign(field.style, { position: "fixed", opacity: "0", top: "0" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  button.focus();
  return done;
}
