// Pictures that move: of each the newest is shown, whether Streamlit brought it or the channel (dashboard/live.py).

const UNKNOWN = 4404; // the session is gone
const NEAR = "20px"; // how near a picture is to what is seen of the page, to be sent
const NEAR_TO = /** @type {IntersectionObserverInit} */ ({ rootMargin: NEAR, scrollMargin: NEAR }); // TypeScript knows only one
const PAGE = ""; // its name among the parts
const AGAIN = 1000; // ms until the channel is asked for again, or the page without one
const WIDE = matchMedia("(min-width: 1800px)"); // in which pictures take half as many characters more
const NARROW = matchMedia("(max-width: 640px)"); // in which tables have fewer columns
const ANOTHER = 5000; // ms within which the page of another session is on its way

/** @type {Set<{ name: string, seen: boolean, take: (bytes: Uint8Array) => void }>} */
const followers = new Set(); // Streamlit may have two of one name for a moment, and keep either
const decoder = new TextDecoder();
/** @type {Map<string, () => void>} */
const parts = new Map(); // name: what has it redrawn
/** @type {Map<string, { element: Element, seen: boolean }>} */
const places = new Map(); // where the parts stand that move: those out of sight are not redrawn
/** @type {WebSocket | undefined} */
let socket;
let path = "", owed = false, turn = Promise.resolve();

/** A message without its seal, and what that says. */
function opened(/** @type {Uint8Array} */ bytes) {
  const length = bytes[bytes.length - 2] + 256 * bytes[bytes.length - 1];
  /** @type {[server: string, name: string, drawn: number, version: number]} */
  const [server, name, drawn, version] = JSON.parse(decoder.decode(bytes.subarray(-2 - length, -2)));
  return { message: bytes.subarray(0, -2 - length), server, name, drawn, version };
}

/**
 * What shows messages by `show` in `element` follows the picture that it is first given. Returns `take`, for what
 * Streamlit brings, and `leave`.
 * @type {(element: Element, show: (message: Uint8Array) => void) => Followed}
 */
export function follow(element, show) {
  const follower = { name: "", seen: false, take };
  let latest = { server: "", drawn: 0, version: 0 };
  /** @type {IntersectionObserver | undefined} */
  let observer;

  function take(/** @type {Uint8Array} */ bytes) {
    const { message, server, name, drawn, version } = opened(bytes);
    const before = drawn < latest.drawn || (drawn === latest.drawn && version < latest.version);
    if (before && server === latest.server) return; // a newer one came by the other way
    latest = { server, drawn, version };
    if (name && (name !== follower.name || !followers.has(follower))) watch(name);
    show(message);
  }

  function watch(/** @type {string} */ name) {
    leave();
    follower.name = name;
    followers.add(follower);
    observer = new IntersectionObserver((entries) => {
      const seen = entries[entries.length - 1].isIntersecting;
      if (seen === follower.seen) return;
      follower.seen = seen;
      say();
    }, NEAR_TO);
    observer.observe(element);
  }

  function leave() {
    observer?.disconnect();
    followers.delete(follower);
    follower.seen = false;
  }

  return { take, leave };
}

/**
 * Speak to the channel at `path`; where it asks for a part of the page, `ask()` has that redrawn.
 * @type {(to: string, part: string, ask: () => void) => void}
 */
export function connect(to, part, ask) {
  parts.set(part, ask);
  place(part);
  if (to === path) return;
  path = to;
  socket?.close();
  open();
}

/** Note where a part stands, and from now on whether that is in sight. */
function place(/** @type {string} */ part) {
  const element = document.querySelector(`.st-key-part-${part}`), before = places.get(part);
  if (element === before?.element) return;
  if (before) passing.unobserve(before.element);
  places.delete(part);
  if (!element) return;
  places.set(part, { element, seen: false });
  passing.observe(element);
}

const passing = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const one = [...places.values()].find(({ element }) => element === target);
    if (one) one.seen = isIntersecting;
  }
  say();
}, NEAR_TO);

/** Have the server do what a button says; false where there is no channel to say it over. */
export function press(/** @type {string} */ name) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ press: name }));
  return true;
}

function open() {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = new WebSocket(url);
  socket = mine;
  let heard = false;
  mine.binaryType = "arraybuffer";
  mine.onopen = () => {
    heard = true;
    measure();
    say();
  };
  mine.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : show(new Uint8Array(data)));
  mine.onclose = ({ code }) => {
    if (mine !== socket) return;
    if (code === UNKNOWN) return lost(mine);
    if (!heard && !document.hidden) parts.get(PAGE)?.(); // something between lets none through: then the page itself is redrawn
    setTimeout(() => mine === socket && open(), AGAIN);
  };
}

/**
 * The session is gone. Streamlit opens another, which has a channel of its own, but draws no page there for a browser
 * whose page was at rest as its connection dropped: that is loaded once more, as soon as somebody looks at it.
 */
function lost(/** @type {WebSocket} */ mine) {
  setTimeout(() => {
    if (mine !== socket) return;
    if (document.hidden) document.addEventListener("visibilitychange", () => lost(mine), { once: true });
    else location.reload();
  }, ANOTHER);
}

function show(/** @type {Uint8Array} */ bytes) {
  const { name } = opened(bytes);
  followers.forEach((follower) => follower.name === name && follower.take(bytes));
}

function hear(/** @type {{ redraw?: string[] }} */ { redraw }) {
  if (redraw) atLeisure(() => redraw.forEach((part) => inTurn(() => parts.get(part)?.())));
  else requestAnimationFrame(say); // not before what has come is painted, and not while the page is hidden
}

/** When the browser has nothing else to do, so that what is told then is sent before somebody clicks. */
function atLeisure(/** @type {() => void} */ ask) {
  if ("requestIdleCallback" in window) requestIdleCallback(ask, { timeout: 500 });
  else ask();
}

/**
 * Have Streamlit told something, one thing after the other: of all that it is told before a timeout of 0 is over, it
 * redraws a single part of the page.
 * @param {() => void} tell
 */
export function inTurn(tell) {
  turn = turn.then(tell).catch(reportError).then(() => new Promise((next) => setTimeout(next)));
}

/** What is in sight; it also says that there is time for more. */
function say() {
  owed = document.hidden;
  if (!owed && socket?.readyState === WebSocket.OPEN) {
    const pictures = [...followers].filter(({ seen }) => seen).map(({ name }) => name);
    const sight = pictures.concat([...places.keys()].filter((part) => places.get(part)?.seen));
    socket.send(JSON.stringify([...new Set(sight)]));
  }
}

/** How wide the window is. */
function measure() {
  const width = WIDE.matches ? "wide" : NARROW.matches ? "narrow" : "usual";
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ width }));
}

for (const query of [WIDE, NARROW]) query.addEventListener("change", measure);
document.addEventListener("visibilitychange", () => owed && say());
