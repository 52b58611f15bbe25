"""What a notebook shows of the things here: tables in HTML, in which every text is escaped."""

from collections.abc import Iterable
from html import escape
from typing import Any, TypeVar

import numpy as np

LONGEST = 200  # characters of a text, and parts of a list, that are shown
ROWS = 12  # of a list

Tuple = TypeVar("Tuple", bound=tuple[Any, ...])


def table(title: str, rows: Iterable[tuple[str, Any]]) -> str:
    """Names and values under a title, as HTML."""
    lines = (f'<tr><th style="text-align:left">{escape(name)}</th><td>{shown(value)}</td></tr>' for name, value in rows)
    return f"<table><caption><b>{escape(title)}</b></caption>{''.join(lines)}</table>"


def displayed(kind: type[Tuple]) -> type[Tuple]:
    """A class of named tuples that notebooks show as tables."""
    kind._repr_html_ = record  # type: ignore[attr-defined]
    return kind


def record(value: Any) -> str:
    """A named tuple as a table, its fields by their names."""
    return table(type(value).__name__, ((name.replace("_", " "), part) for name, part in value._asdict().items()))


def shown(value: Any) -> str:
    """A value within a table, as HTML: numbers in few digits, large arrays by their shapes."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (float, np.floating)):
        return f"{value:,.4g}"
    if isinstance(value, (int, np.integer)):
        return f"{value:,}"
    if isinstance(value, np.ndarray):
        return array(value)
    if hasattr(value, "_fields"):
        return record(value)
    if isinstance(value, (list, tuple)):
        more = f"<br>… {len(value) - ROWS:,} more" if len(value) > ROWS else ""
        return "<br>".join(map(shown, value[:ROWS])) + more
    text = str(value)
    # A line end as a sign: cells of a table have one line, and runs of spaces that count.
    written = escape(text[:LONGEST].replace("\n", "↵")) + (" …" if len(text) > LONGEST else "")
    return f'<span style="white-space:pre-wrap">{written}</span>'


def array(values: np.ndarray[Any, Any]) -> str:
    """A few numbers as they are, of more the shape and the range."""
    if values.ndim < 2 and values.size <= ROWS and values.dtype.kind in "fiub":
        return ", ".join(map(shown, np.atleast_1d(values)))
    known = values[np.isfinite(values)] if values.dtype.kind in "fiu" else values[:0]
    span = f" from {shown(known.min())} to {shown(known.max())}" if known.size else ""
    return f"{' × '.join(f'{size:,}' for size in values.shape)} array{span}"
