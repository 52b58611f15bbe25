"""Tables: words, numbers, bars and ticks in columns, and a row of them chosen.

All that a person reads in one is written here, so that the browser has only to show it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.wire import pack

from .mounting import mount


class Words(NamedTuple):
    """A column of text."""

    name: str
    cells: Sequence[str]
    help: str = ""
    mono: bool = False  # in the typewriter's letters, every space kept
    end: bool = False  # set against the right edge
    strong: bool = False


class Numbers(NamedTuple):
    """A column of numbers, all with as many digits behind the point; what is no number is left out."""

    name: str
    values: ArrayLike
    digits: int = 0
    help: str = ""
    plus: bool = False  # a sign before those above 0 too


class Bars(NamedTuple):
    """A column of bars from 0, each with what it says beside it."""

    name: str
    values: ArrayLike
    limits: tuple[float, float]  # the least and the largest that there is room for; 0 lies within or at an end
    written: Sequence[str]
    help: str = ""
    costs: bool = False  # what is above 0 is drawn as worse (brown), what is below as better (blue)


class Ticks(NamedTuple):
    """A column that marks the rows in which something came true."""

    name: str
    values: Sequence[bool]
    help: str = ""


Column = Words | Numbers | Bars | Ticks


class Table(NamedTuple):
    """Columns of equal length under a title."""

    title: str
    columns: Sequence[Column]
    titled: bool = True  # False where a heading stands above already: then only those who listen are told
    rows: Sequence[str] = ()  # by what a row is called when it is chosen; without, none can be
    height: int | None = None  # CSS pixels of a table whose many rows, a line each, are scrolled; none is chosen there


def table(data: bytes, *, key: str, on_choose: Callable[[str | None], None] | None = None) -> str | None:
    """Draw tables that were encoded; return which row was chosen, None at first.

    ``on_choose`` is called with each new choice before the page runs again.
    """
    chosen: str | None = mount("table", data, key=key, choice="chosen", on_choice=on_choose)
    return chosen


def encode_table(*tables: Table, across: int = 1, chosen: str | None = None) -> bytes:
    """The tables as sent, to be drawn at most ``across`` of them side by side.

    ``chosen`` moves the choice when it differs from the message before; otherwise the person's own stays. Raises
    ValueError where lengths do not agree.
    """
    listed = [one._asdict() | {"columns": _columns(one), "rows": list(one.rows)} for one in tables]
    return pack({"tables": listed, "across": across, "chosen": chosen})


def number(value: float, digits: int, plus: bool = False) -> str:
    """A number as it stands in a column, with the typographer's minus; "" for what is none."""
    if not np.isfinite(value):
        return ""
    rounded = round(value, digits) + 0.0  # and no minus before a 0
    return f"{rounded:{'+' if plus else ''},.{digits}f}".replace("-", "−")


def _columns(one: Table) -> list[dict[str, Any]]:
    columns = [_column(column) for column in one.columns]
    lengths = {len(column["cells"]) for column in columns} | ({len(one.rows)} if one.rows else set())
    if len(lengths) != 1:
        raise ValueError(f"{one.title}: columns of one length are needed, not {sorted(lengths)}")
    return columns


def _column(column: Column) -> dict[str, Any]:
    """A column as sent: how it is drawn, and the text of each cell."""
    about = {"name": column.name, "help": column.help}
    match column:
        case Words():
            style = {"mono": column.mono, "end": column.end, "strong": column.strong}
            return about | {"kind": "words", "cells": list(column.cells)} | style
        case Numbers():
            values = np.asarray(column.values, float).tolist()
            return about | {"kind": "number", "cells": [number(v, column.digits, column.plus) for v in values]}
        case Bars():
            return about | {"kind": "bar", "cells": list(column.written), "costs": column.costs} | _drawn(column)
        case Ticks():
            return about | {"kind": "tick", "cells": ["✓" if value else "" for value in column.values]}


def _drawn(bars: Bars) -> dict[str, Any]:
    """Where each bar begins and how long it is, and where 0 lies, in percent of the column's room."""
    low, high = bars.limits
    values = np.clip(np.nan_to_num(np.asarray(bars.values, float)), low, high)
    if not low <= 0 <= high or low == high or len(values) != len(bars.written):
        raise ValueError(f"{bars.name}: limits around 0 and a word for each of {len(values)} bars are needed")
    starts, ends = (100 * (end(values, 0) - low) / (high - low) for end in (np.minimum, np.maximum))
    return {"zero": round(-100 * low / (high - low), 2), "bars": np.stack([starts, ends - starts], 1).round(2).tolist()}
