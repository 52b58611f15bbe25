// Tables of words, numbers, bars and ticks. Up and down choose a row where rows can be chosen, Escape lets go.

import { unpack } from "./shared.js";
import { STYLE as ROWS, raised } from "./table_rows.js";
import { make, renderer, sharedChoice } from "./stage.js";

const STYLE = `${ROWS}
  .tables { display: grid; gap: 14px; align-items: start;
            grid-template-columns: repeat(auto-fill, minmax(max(min(100%, 300px * var(--zoom)), var(--part)), 1fr)); }
  .card { max-width: min(340px, 100%); }
`;

export default renderer(STYLE, (stage) => {
  const list = make("div", { className: "tables" });
  const card = make("div", { className: "card", hidden: true, at: { "aria-hidden": "true" } });
  stage.root.append(list, card);

  const chosen = sharedChoice(stage, "chosen"); // by what a row is called
  let tables = [];

  function show(bytes) {
    const { header } = unpack(bytes);
    chosen.hear(header.chosen);
    list.style.setProperty("--part", `calc((100% - ${14 * (header.across - 1)}px) / ${header.across})`);
    const shapes = header.tables.map(shape);
    if (JSON.stringify(shapes) !== JSON.stringify(tables.map((one) => one.shape))) {
      tables = header.tables.map((one, at) => ({ shape: shapes[at], ...raised(one, help) }));
      list.replaceChildren(...tables.map(({ scroller }) => scroller));
    }
    header.tables.forEach((one, at) => tables[at].fill(one, stage.theme.zoom));
    stage.ready = true;
  }

  function paint() {
    const { signed } = stage.theme;
    stage.root.style.setProperty("--worse", signed.fill[0]);
    stage.root.style.setProperty("--better", signed.fill[255]);
    tables.forEach((one) => one.mark(chosen.value));
  }

  function help(words, cell) {
    card.hidden = !words;
    if (!words) return;
    card.textContent = words;
    const box = cell.getBoundingClientRect(), outer = stage.root.getBoundingClientRect();
    card.style.left = `${Math.max(0, Math.min(box.left - outer.left, stage.width - card.offsetWidth))}px`;
    card.style.top = `${box.bottom - outer.top + 4}px`;
  }

  function choose(row) {
    chosen.choose(row?.dataset.name ?? null);
    stage.redraw();
    row?.focus();
  }

  list.onclick = (event) => {
    const row = event.target.closest("tr[data-name]");
    if (row) choose(row.dataset.name === chosen.value ? null : row);
  };
  list.onkeydown = (event) => {
    const row = event.target.closest("tr[data-name]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const { firstChild, lastChild } = row.parentNode;
    const keys = { ArrowUp: row.previousSibling ?? row, ArrowDown: row.nextSibling ?? row, Home: firstChild, End: lastChild };
    const to = { ...keys, Enter: row, " ": row, Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };

  return { show, paint };
});

/** What a table's elements depend on besides the words, numbers and bars in it. */
const shape = ({ columns, rows, height }) => ({
  columns: columns.map(({ cells, bars, help, zero, ...rest }) => ({ ...rest, helped: Boolean(help) })),
  choice: rows.length > 0,
  height,
});
