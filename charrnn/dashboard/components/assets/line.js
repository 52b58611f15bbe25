// A line of text in the page's own style, for figures that move.

import { follow } from "../charrnn.link/live.js";
import { themeOf, unpack } from "../charrnn.link/shared.js";

const lines = new WeakMap();

export default ({ data, parentElement }) => {
  if (!lines.has(parentElement)) lines.set(parentElement, raise(parentElement));
  lines.get(parentElement).take(data);
  return () => setTimeout(() => parentElement.isConnected || lines.get(parentElement)?.leave());
};

function raise(parentElement) {
  const line = document.createElement("p");
  Object.assign(line.style, { margin: 0, fontVariantNumeric: "tabular-nums" });
  parentElement.append(line);
  return follow(line, (message) => {
    const { spans, size } = unpack(message).header;
    const { muted } = themeOf(parentElement);
    line.style.fontSize = `${size}rem`;
    line.replaceChildren(...spans.map(([text, style]) => {
      const span = document.createElement(style === "strong" ? "strong" : "span");
      span.textContent = text;
      if (style === "muted") span.style.color = muted;
      return span;
    }));
  });
}
