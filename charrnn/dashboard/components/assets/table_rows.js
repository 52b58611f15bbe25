// One table's elements, and how they are filled: again and again, touching only the cells that have changed, so that it
// stays scrolled and is cheap. Of a table that is scrolled only the rows in sight exist.

import { make } from "./stage.js";

const ROW = 28; // height of a row of a table that is scrolled, in CSS pixels

export const STYLE = `
  .scroller { overflow: auto; max-height: var(--height); position: relative; }
  .scroller:focus-visible, tr:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
  table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: calc(14px * var(--zoom)); line-height: 1.5; }
  caption { text-align: left; padding: 2px 0 6px; color: var(--text); }
  th, td { padding: 3px 10px; text-align: left; border-bottom: 1px solid var(--border); }
  th { position: sticky; top: 0; z-index: 1; font-weight: 400; color: var(--muted); background: var(--background); white-space: nowrap; }
  .helped { text-decoration: underline dotted; text-underline-offset: 3px; cursor: help; outline: none; }
  .helped:focus-visible { color: var(--accent); }
  .number, .end { text-align: right; }
  .number, .tick, .bar { white-space: nowrap; }
  .mono { font-family: var(--st-code-font); white-space: pre; }
  .end.mono { color: var(--muted); }
  .strong { font-weight: 600; color: var(--accent); }
  .bar { width: 60%; }
  .bar .room { display: inline-block; vertical-align: middle; width: calc(100% - 5em); height: .8em;
               background: linear-gradient(var(--border) 0 0) var(--zero) 0 / 1px 100% no-repeat; }
  .bar .fill { height: 100%; min-width: 1px; background: var(--muted); opacity: .55; }
  .bar .written { display: inline-block; width: 4.6em; margin-left: .4em; text-align: right; }
  .costs .fill { background: var(--worse); opacity: 1; }
  .costs .better { background: var(--better); }
  .came td { font-weight: 600; }
  .came .fill { background: var(--accent); opacity: 1; }
  td.tick { color: var(--accent); }
  .choice tbody tr { cursor: pointer; }
  .choice tbody tr:hover { background: var(--panel); }
  .choice tr[aria-selected="true"] { background: color-mix(in srgb, var(--accent) 16%, transparent); }
  .narrow th, .narrow td { padding-inline: 6px; }
  .narrow .choice td:first-child { min-width: 7em; }
  @media (pointer: coarse) { .choice td { height: 44px; padding-block: 0; } }
  .scrolled { table-layout: fixed; }
  .scrolled td { height: calc(${ROW}px * var(--zoom)); padding: 0 6px; box-sizing: border-box; overflow: hidden; white-space: pre; }
  .scrolled th { padding-inline: 6px; }
  .scrolled .beyond td { height: var(--rows); border: 0; }
`;

/** Builds the elements for a table; `help(words, cell)` shows what a column's name means, or with "" nothing more. */
export function raised({ columns, rows: names, height }, help) {
  const caption = make("caption"), body = make("tbody"), rows = [];
  const heads = columns.map((column) => head(column, help));
  const headed = columns.some(({ name }) => name);
  const parts = [caption, ...(headed ? [make("thead", {}, [make("tr", {}, heads)])] : []), body];
  const table = make("table", { className: names.length ? "choice" : "" }, parts);
  const scroller = make("div", { className: "scroller" }, [table]);
  if (names.length) table.setAttribute("role", "grid");
  const view = height === null ? whole() : inSight(scroller, table, body, height);
  let shown;

  function fill(now, zoom) {
    shown = now;
    write(caption, now.title);
    caption.classList.toggle("spoken", !now.titled);
    now.columns.forEach((column, at) => (heads[at].help = column.help));
    fillRows(zoom);
  }

  function fillRows(zoom) {
    const { first, end } = view.rows(shown.columns[0].cells.length, zoom);
    while (rows.length > end - first) rows.pop().remove();
    while (rows.length < end - first) body.append((rows[rows.length] = make("tr", {}, shown.columns.map(cell))));
    rows.forEach((row, at) => fillRow(row, shown, first + at));
  }

  function mark(chosen) {
    if (!names.length) return;
    const at = rows.findIndex((row) => row.dataset.name === chosen);
    rows.forEach((row, r) => {
      row.setAttribute("aria-selected", r === at);
      row.tabIndex = r === Math.max(at, 0) ? 0 : -1;
    });
  }

  view.moved = fillRows;
  return { scroller, fill, mark };
}

/** All rows, at their own height. */
const whole = () => ({ rows: (count) => ({ first: 0, end: count }) });

/** The rows in sight and a few around them; what is beyond is as high as its rows would be. */
function inSight(scroller, table, body, height) {
  const [above, below] = [0, 1].map(() => make("tbody", { className: "beyond", at: { "aria-hidden": "true" } }));
  for (const part of [above, below]) part.append(make("tr", {}, [make("td")]));
  body.before(above);
  body.after(below);
  table.classList.add("scrolled");
  scroller.style.setProperty("--height", `calc(${height}px * var(--zoom))`);
  scroller.tabIndex = 0;
  const many = Math.ceil(height / ROW) + 6;
  let size = ROW, from = 0;
  const view = {
    rows(count, zoom = size / ROW) {
      size = ROW * zoom;
      const wanted = Math.floor(scroller.scrollTop / size) - 3;
      const first = Math.max(0, Math.min(wanted - (wanted % 2), count - many)), end = Math.min(count, first + many);
      from = first;
      table.setAttribute("aria-rowcount", count);
      above.style.setProperty("--rows", `${first * size}px`);
      below.style.setProperty("--rows", `${(count - end) * size}px`);
      above.hidden = first === 0;
      below.hidden = end === count;
      return { first, end };
    },
  };
  scroller.onscroll = () => Math.abs(scroller.scrollTop / size - 3 - from) >= 2 && view.moved();
  return view;
}

function head(column, help) {
  const words = make("span", { textContent: column.name });
  const cell = make("th", { scope: "col", className: column.kind === "number" || column.end ? "end" : column.kind }, [words]);
  if (!column.help) return cell;
  Object.assign(words, { className: "helped", tabIndex: 0 });
  words.setAttribute("aria-description", column.help);
  words.onfocus = words.onpointerenter = () => help(cell.help, words);
  words.onblur = words.onpointerleave = () => help("");
  return cell;
}

const styled = ({ kind, mono, end, strong, costs }) =>
  [kind, mono && "mono", end && "end", strong && "strong", costs && "costs"].filter(Boolean).join(" ");

function cell(column) {
  if (column.kind !== "bar") return make("td", { className: styled(column) });
  const room = make("div", { className: "room" }, [make("div", { className: "fill" })]);
  return make("td", { className: styled(column) }, [room, make("span", { className: "written" })]);
}

function fillRow(row, { columns, rows: names, height }, r) {
  if (names.length) row.dataset.name = names[r];
  if (height !== null) row.setAttribute("aria-rowindex", r + 1);
  row.classList.toggle("came", columns.some(({ kind, cells }) => kind === "tick" && cells[r]));
  columns.forEach(({ kind, cells, bars, zero }, c) => {
    const place = row.childNodes[c];
    write(kind === "bar" ? place.lastChild : place, cells[r]);
    if (kind !== "bar") return;
    const [start, width] = bars[r], room = place.firstChild, bar = room.firstChild;
    room.style.setProperty("--zero", `${zero}%`);
    bar.style.marginLeft = `${start}%`;
    bar.style.width = `${width}%`;
    bar.classList.toggle("better", start + width <= zero);
  });
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
