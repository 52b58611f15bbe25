// What the page's own elements cannot be given from Python: sections have headings, a help button says what it helps
// with, and a panel that opens takes the focus, which goes back where it came from once it is closed.

import { _ } from "./language.js";

const OPENER = '[aria-haspopup="dialog"][aria-expanded="true"]';
/** @type {{ panel: HTMLElement, opener: HTMLElement } | undefined} */
let open;
let due = false;

function tend() {
  due = false;
  for (const title of document.querySelectorAll("summary p:not([role])")) {
    title.role = "heading";
    title.ariaLevel = title.closest("details")?.parentElement?.closest("details") ? "3" : "2";
  }
  for (const help of document.querySelectorAll('button[aria-label="Help"]')) help.ariaLabel = _("Help: {what}", { what: beside(help) });
  leave();
  enter();
}

/** The words beside a button that has none. */
function beside(/** @type {Element} */ button) {
  /** @type {Element | null} */
  let around = button;
  while (around && !around.textContent?.trim()) around = around.parentElement;
  return around?.textContent?.trim().slice(0, 80);
}

function enter() {
  const panel = /** @type {HTMLElement | null} */ (document.querySelector('[role="dialog"]:not([tabindex])'));
  const opener = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(OPENER))].find((one) => one.checkVisibility());
  if (!panel || !opener) return;
  panel.tabIndex = -1; // itself, not a field in it: that would raise a phone's keyboard
  panel.focus({ preventScroll: true });
  open = { panel, opener };
}

function leave() {
  if (!open || open.panel.isConnected) return;
  if (document.activeElement === document.body) open.opener.focus({ preventScroll: true });
  open = undefined;
}

new MutationObserver(() => {
  if (!due) requestAnimationFrame(tend);
  due = true;
}).observe(document.body, { childList: true, subtree: true });
