// A line of text in the page's own style, for figures that move.

import { follow } from "../charrnn.link/live.js";
import { themeOf, unpack } from "../charrnn.link/shared.js";

const STYLES = { "": "", strong: "font-weight: 600", muted: "color: var(--muted)" };

const lines = new WeakMap();

export default ({ data, parentElement }) => {
  if (!lines.has(parentElement)) lines.set(parentElement, raise(parentElement));
  const { element, picture } = lines.get(parentElement);
  element.style.setProperty("--muted", themeOf(parentElement).muted);
  picture.take(data);
  return () => setTimeout(() => parentElement.isConnected || picture.leave());
};

function raise(parentElement) {
  const element = document.createElement("p");
  Object.assign(element.style, { margin: 0, fontVariantNumeric: "tabular-nums" });
  parentElement.append(element);
  const picture = follow(element, (message) => {
    const { spans, size } = unpack(message).header;
    const pieces = element.children;
    element.style.fontSize = `${size}rem`;
    while (pieces.length > spans.length) element.lastChild.remove();
    while (pieces.length < spans.length) element.append(document.createElement("span"));
    spans.forEach(([text, style], k) => { // what stays as it is, is not laid out anew
      if (pieces[k].textContent !== text) pieces[k].textContent = text;
      if (pieces[k].className !== style) Object.assign(pieces[k], { className: style, style: STYLES[style] });
    });
  });
  return { element, picture };
}
