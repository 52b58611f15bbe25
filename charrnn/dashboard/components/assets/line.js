// A line of text in the page's own style, for figures that move.

import { follow } from "./live.js";
import { themeOf, unpack } from "./shared.js";

/** @type {Record<string, string>} */
const STYLES = { "": "", strong: "font-weight: 600", muted: "color: var(--muted)" };

/** @type {WeakMap<Streamlit["parentElement"], ReturnType<typeof raise>>} */
const lines = new WeakMap();

export default (/** @type {Streamlit} */ { data, parentElement }) => {
  const line = lines.get(parentElement) ?? raise(parentElement);
  lines.set(parentElement, line);
  const { element, picture } = line;
  element.style.setProperty("--muted", themeOf(/** @type {HTMLElement} */ (parentElement)).muted);
  picture.take(data);
  return () => setTimeout(() => parentElement.isConnected || picture.leave());
};

function raise(/** @type {Streamlit["parentElement"]} */ parentElement) {
  const element = document.createElement("p");
  Object.assign(element.style, { margin: 0, fontVariantNumeric: "tabular-nums" });
  parentElement.append(element);
  const picture = follow(element, (message) => {
    /** @type {{ spans: [text: string, style: string][], size: number }} */
    const { spans, size } = unpack(message).header;
    const pieces = element.children;
    element.style.fontSize = `${size}rem`;
    while (pieces.length > spans.length) element.lastChild?.remove();
    while (pieces.length < spans.length) element.append(document.createElement("span"));
    spans.forEach(([text, style], k) => { // what stays as it is, is not laid out anew
      if (pieces[k].textContent !== text) pieces[k].textContent = text;
      if (pieces[k].className !== style) Object.assign(pieces[k], { className: style, style: STYLES[style] });
    });
  });
  return { element, picture };
}
