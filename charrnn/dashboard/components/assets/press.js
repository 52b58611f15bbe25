// A button whose press goes over the channel, and whose answer is a new picture of it: Streamlit, which redraws the page
// for each press, comes in only where no answer arrives.

import { STYLE as KEYS, keys } from "./keys.js";
import { follow, inTurn, press } from "./live.js";
import { inkOn, themeOf, unpack } from "./shared.js";
import { UNSEEN, dress, lasting, make } from "./stage.js";

const UNANSWERED = 1000; // ms
const STYLE = `
  .all { position: relative; }
  .spoken { ${UNSEEN} }
  button { display: flex; align-items: center; justify-content: center; gap: 0.5rem; min-height: 2.5rem;
           min-width: 5.5rem; padding: 0.25rem 0.75rem; cursor: pointer; border: 1px solid var(--accent);
           border-radius: var(--st-button-radius); background: var(--accent); color: var(--ink);
           font: 0.875rem/1.4 var(--st-font); }
  button { scroll-margin-bottom: -8rem; } /* in the player, which always is in view: see page.css */
  button:hover { filter: brightness(0.9); }
  button:active { filter: brightness(0.75); }
  button:focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 50%, transparent); }
  [aria-hidden] { font: 1rem/1 "Material Symbols Rounded"; width: 1em; overflow: hidden; }
  @media (pointer: coarse) { button { min-height: 44px; } }
  @media (max-width: 640px) { button { min-width: 88px; } }
`;

export default lasting((parentElement) => {
  const sign = make("span", { at: { "aria-hidden": "true" } });
  const label = make("span");
  const element = make("button", { type: "button" }, [sign, label]);
  const told = make("div", { className: "spoken", at: { role: "status" } });
  /** @type {(name: string) => void} */
  let ask;
  let timer = 0;
  element.onclick = () => {
    const { name } = element;
    clearTimeout(timer);
    timer = setTimeout(() => ask(name), press(name) ? UNANSWERED : 0);
  };
  const page = keys({ " ": () => element.click(), ".": () => press("step") || ask("step") });
  const sheet = make("style", { textContent: STYLE + KEYS });
  const all = make("div", { className: "all" }, [element, told, ...page.parts]);
  parentElement.append(sheet, all);
  const picture = follow(element, (message) => {
    const { header } = unpack(message);
    if (header.name !== element.name) clearTimeout(timer); // answered
    if (element.name && told.textContent !== header.said) told.textContent = header.said; // not what stands at first
    Object.assign(element, { name: header.name, title: header.help });
    sign.textContent = header.icon;
    label.textContent = header.label;
  });

  return {
    draw({ data, setTriggerValue }) {
      const theme = themeOf(all);
      dress(all, theme);
      all.style.setProperty("--ink", inkOn(theme.accent));
      ask = (name) => inTurn(() => setTriggerValue("pressed", name));
      picture.take(data);
    },
    leave() {
      page.leave();
      picture.leave();
      sheet.remove();
      all.remove();
    },
  };
});
