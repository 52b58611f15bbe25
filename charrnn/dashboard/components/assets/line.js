// A line of text in the page's own style, for figures that move.

import { follow } from "./live.js";
import { themeOf, unpack } from "./shared.js";
import { lasting, make } from "./stage.js";

/** @type {Record<string, string>} */
const STYLES = { "": "", strong: "font-weight: 600", muted: "color: var(--muted)" };

export default lasting((parentElement) => {
  const element = make("p");
  Object.assign(element.style, { margin: 0, fontVariantNumeric: "tabular-nums" });
  parentElement.append(element);
  const picture = follow(element, (message) => {
    /** @type {{ spans: [text: string, style: string][], size: number }} */
    const { spans, size } = unpack(message).header;
    const pieces = element.children;
    element.style.fontSize = `${size}rem`;
    while (pieces.length > spans.length) element.lastChild?.remove();
    while (pieces.length < spans.length) element.append(make("span"));
    spans.forEach(([text, style], k) => { // what stays as it is, is not laid out anew
      if (pieces[k].textContent !== text) pieces[k].textContent = text;
      if (pieces[k].className !== style) Object.assign(pieces[k], { className: style, style: STYLES[style] });
    });
  });

  return {
    draw({ data }) {
      element.style.setProperty("--muted", themeOf(element).muted);
      picture.take(data);
    },
    leave() {
      picture.leave();
      element.remove();
    },
  };
});
