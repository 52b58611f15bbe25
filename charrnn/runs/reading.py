"""What can be read of a run in the store: what is damaged is left out, and named."""

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from charrnn.runs import earlier
from charrnn.runs.history import Array, joined, unpacked
from charrnn.runs.store_types import Listing, Note, Saved, StoredCheckpoint, StoreError, Summary

DAMAGE = (sqlite3.DatabaseError, ValueError, TypeError)
PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_NOMEM")  # no damage: later it may be read

RUN = "SELECT about, digest, text FROM runs JOIN corpora USING (digest) WHERE token = ?"
NOTES = "SELECT step, kind, value FROM notes WHERE token = ? ORDER BY rowid"
STEPS = "SELECT step, kept FROM checkpoints WHERE token = ? AND typeof(step) = 'integer' ORDER BY step"
STATE = "SELECT state FROM checkpoints WHERE token = ? AND step = ?"
LINES = """
SELECT token, about,
    (SELECT max(step) FROM checkpoints c WHERE c.token = r.token),
    (SELECT rows FROM thinned t WHERE t.token = r.token),
    (SELECT value FROM notes n WHERE n.token = r.token AND kind = 'held_out' ORDER BY step DESC LIMIT 1)
FROM runs r WHERE token IN (SELECT value FROM json_each(?))
"""

Part = TypeVar("Part")


def run(database: sqlite3.Connection, token: str) -> Saved | None:
    """The run with this token, None where there is none. Raises StoreError where there is nothing to open."""
    found = database.execute(RUN, (token,)).fetchone()
    if not found:
        return None
    try:
        about, digest, text = dict(json.loads(found[0])), found[1], zlib.decompress(found[2]).decode()
    except (zlib.error, *DAMAGE) as error:
        raise StoreError(
            "This run cannot be opened: its text or its settings are damaged where it is saved."
        ) from error
    damaged: list[str] = []
    curve = _part(damaged, "its loss curve", lambda: history(database, token)) or [joined([])]
    [rows] = _part(damaged, "what was noted of it", lambda: database.execute(NOTES, (token,)).fetchall()) or [[]]
    notes = [_part(damaged, f"a note at step {row[0]}", lambda row=row: note(*row)) for row in rows]  # type: ignore[misc]
    checkpoints = [
        _part(damaged, f"step {step:,}", lambda step=step, kept=kept: checkpoint(database, token, step, kept))  # type: ignore[misc]
        for step, kept in database.execute(STEPS, (token,)).fetchall()
    ]
    return Saved(about, digest, text, curve[0], _all(notes), _all(checkpoints), tuple(damaged))


def history(database: sqlite3.Connection, token: str) -> Array:
    """The saved history of a run. Raises ValueError, TypeError where it is damaged."""
    row = database.execute("SELECT rows FROM thinned WHERE token = ?", (token,)).fetchone()
    return unpacked(row[0]) if row else earlier.history(database, token, cuts(database, token))


def cuts(database: sqlite3.Connection, token: str) -> list[int]:
    """The steps to which a run may go back."""
    return [row[0] for row in database.execute(STEPS, (token,))]


def note(step: Any, kind: Any, value: Any) -> Note:
    """A note as it was saved. Raises ValueError, TypeError where it is none."""
    found = Note(step, kind, json.loads(value))
    if not isinstance(step, int) or not found.sound:
        raise ValueError("this is no note")
    return found


def checkpoint(database: sqlite3.Connection, token: str, step: int, kept: Any) -> StoredCheckpoint:
    """A stored step. Raises TypeError where its state is no bytes."""
    state = database.execute(STATE, (token, step)).fetchone()[0]
    return StoredCheckpoint(step, memoryview(state).tobytes(), bool(kept))


def state(database: sqlite3.Connection, token: str, step: int) -> bytes | None:
    """The state of a stored step, None where there is none such."""
    row = database.execute(STATE, (token, step)).fetchone()
    return bytes(row[0]) if row and isinstance(row[0], bytes) else None


def listing(database: sqlite3.Connection, tokens: Sequence[str]) -> Listing:
    """Those of the runs that are there, in the order of the tokens."""
    lines, unreadable = {}, 0
    for token, *row in database.execute(LINES, (json.dumps(tokens),)).fetchall():
        try:
            lines[token] = summary(*row)
        except DAMAGE:
            unreadable += 1
    return Listing({token: lines[token] for token in tokens if token in lines}, unreadable)


def summary(about: str, step: int | None, rows: bytes | None, held_out: str | None) -> Summary:
    """A run in a line; of one whose history is still kept as by an earlier version, which tidying ends, without it."""
    history = unpacked(rows) if rows else joined([])
    return Summary(json.loads(about), step or 0, history, json.loads(held_out) if held_out else None)


def _part(damaged: list[str], name: str, read: Callable[[], Part]) -> list[Part]:
    """What can be read, in a list; an empty one, and the name among what is damaged, where it cannot."""
    try:
        return [read()]
    except DAMAGE as error:
        if getattr(error, "sqlite_errorname", "").startswith(PASSING):
            raise
        damaged.append(name)
        return []


def _all(parts: list[list[Part]]) -> list[Part]:
    return [part for found in parts for part in found]
