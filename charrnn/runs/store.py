"""What lasts: runs with their text, history, samples and checkpoints in one SQLite file.

Each worker writes its own run, the engine all else. Where the store fails, StoreError says it in one sentence; training
goes on in memory.
"""

import json
import os
import secrets
import sqlite3
import zlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from charrnn.environment import number
from charrnn.runs import earlier, reading, room
from charrnn.runs.checkpoint_schedule import lasting
from charrnn.runs.database import BUSY_SECONDS, Database, File
from charrnn.runs.history import Array, bins, joined, last, packed, thinned, until
from charrnn.runs.store_types import Listing, Note, Progress, Saved, StoreError, Tidied
from charrnn.sentence import Sentence

RUN_LIMIT = int(1e6 * number("CHARRNN_RUN_LIMIT_MB", 64, 0.001, 1e6))  # bytes of checkpoints; the oldest go first
TOTAL_LIMIT = 2_000_000_000  # bytes of the file
REPLACED = Sentence("This run is no longer saved: it was removed to make room for others, or begun anew.")
VACUUM = 2_000  # pages given back at once, so that those who write need not wait long

SCHEMA = """
CREATE TABLE IF NOT EXISTS corpora (digest TEXT PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    token TEXT PRIMARY KEY, digest TEXT NOT NULL, about TEXT NOT NULL, touched REAL NOT NULL);
CREATE TABLE IF NOT EXISTS thinned (token TEXT PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS history (
    token TEXT, block INTEGER, losses BLOB NOT NULL, gradients BLOB, PRIMARY KEY (token, block));
CREATE TABLE IF NOT EXISTS notes (token TEXT, step INTEGER, kind TEXT, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS runs_in_order ON runs (touched);
CREATE INDEX IF NOT EXISTS notes_of_run ON notes (token, step);
CREATE TABLE IF NOT EXISTS checkpoints (
    token TEXT, step INTEGER, kept INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (token, step));
CREATE TABLE IF NOT EXISTS shown (token TEXT PRIMARY KEY, times INTEGER NOT NULL, frame BLOB);
CREATE TABLE IF NOT EXISTS deleted (token TEXT PRIMARY KEY, seconds REAL NOT NULL);
"""
LAST = "SELECT coalesce(max(touched), 0) + 1 FROM runs"  # the order counts, not the clock, which may be set back
ONE_A_BIN = ("held_out", "seconds")  # of these notes the last one in a bin stays, and those at checkpoints


def home() -> Path:
    """The folder of the store: CHARRNN_HOME, else the user's data folder."""
    return Path(os.environ.get("CHARRNN_HOME") or platformdirs.user_data_dir("charrnn", appauthor=False))


class Store:
    """The file `runs.sqlite` in a folder, made where it is not there. Any thread may use it. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database = Database(folder, SCHEMA)
        self._begun: dict[str, str] = {}  # which beginning of a run it adds to

    def trouble(self) -> str | None:
        """Why nothing can be saved, in one sentence; None where it can."""
        try:
            self.tokens()
        except StoreError as error:
            return str(error)
        return None

    def file(self) -> File | None:
        """Which file has the store's name now, None where there is none."""
        return self._database.file()

    def begin(self, token: str, digest: str, text: str, about: dict[str, Any], step: int) -> int:
        """Save a run's text and settings; forget what it has after the step from which it goes on (0: everything).

        Returns up to which step it has the history: less than `step` where a process died before it had saved all.
        From here on only this store adds to it: what a process that has been replaced still brings is refused.
        """
        begun = self._begun[token] = secrets.token_hex(8)
        with self._database.writing() as database:
            known = database.execute("SELECT 1 FROM corpora WHERE digest = ?", (digest,)).fetchone()
            if not known:
                database.execute("INSERT INTO corpora VALUES (?, ?)", (digest, zlib.compress(text.encode(), 1)))
            row = (token, digest, json.dumps(about | {"begun": begun}))
            database.execute(f"INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ({LAST}))", row)
            room.forget_texts(database)
            for table in ("notes", "checkpoints"):
                database.execute(f"DELETE FROM {table} WHERE token = ? AND step > ?", (token, step or -1))
            rows = until(_readable_history(database, token), step)
            _put_history(database, token, rows)
            return last(rows)

    def add(self, token: str, progress: Progress) -> list[int]:
        """Save what a run has done since, all of it or nothing; return the steps whose checkpoints had to go for it."""
        with self._database.writing() as database:
            touch = f"UPDATE runs SET touched = ({LAST}) WHERE token = ? AND json_extract(about, '$.begun') = ?"
            if not database.execute(touch, (token, self._begun.get(token))).rowcount:
                raise StoreError(REPLACED)
            for step, state, kept in progress.checkpoints:
                database.execute("DELETE FROM checkpoints WHERE token = ? AND NOT kept", (token,))
                before = database.execute("SELECT 1 FROM checkpoints WHERE token = ? AND step = ?", (token, step))
                kept = kept or before.fetchone() is not None
                database.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)", (token, step, kept, state))
            _thin(database, token)
            removed = _limit(database, token)
            for note in progress.notes:
                _put_note(database, token, note)
            if len(progress.history):
                _put_history(database, token, joined([_readable_history(database, token), progress.history]))
            return removed

    def load(self, token: str) -> Saved | None:
        """The run with this token, None where there is none. What is damaged is left out, and named."""
        with self._database.reading(BUSY_SECONDS) as database:  # somebody has asked for it, once
            return reading.run(database, token)

    def state(self, token: str, step: int) -> bytes | None:
        """What a stored step of a run went on from, None where it is not there."""
        with self._database.reading() as database:
            return reading.state(database, token, step)

    def newest(self, token: str) -> int:
        """The newest stored step of a run, 0 where there is none."""
        with self._database.reading() as database:
            found = database.execute("SELECT coalesce(max(step), 0) FROM checkpoints WHERE token = ?", (token,))
            return int(found.fetchone()[0])

    def show(self, token: str, frame: bytes | None) -> None:
        """Have other processes see a frame of a run in between what is saved, or None: the last one, once more."""
        again = "times = times + 1, frame = coalesce(excluded.frame, frame)"
        with self._database.writing() as database:
            row = f"INSERT INTO shown VALUES (?, 1, ?) ON CONFLICT (token) DO UPDATE SET {again}"
            database.execute(row, (token, frame))

    def shown(self, token: str) -> tuple[int, bytes | None]:
        """How often something was shown of a run, and the frame; 0 and None where nothing is."""
        with self._database.reading() as database:
            found = database.execute("SELECT times, frame FROM shown WHERE token = ?", (token,)).fetchone()
            return found or (0, None)

    def hide(self, token: str) -> None:
        """Show nothing of a run any more."""
        with self._database.writing() as database:
            database.execute("DELETE FROM shown WHERE token = ?", (token,))

    def left(self, token: str) -> Saved | None:
        """What this thread still reaches of a run whose file has been removed, None where that is nothing."""
        with self._database.left() as database:
            return reading.run(database, token) if database else None

    def summaries(self, tokens: Sequence[str]) -> Listing:
        """Those of the runs that are there, each in a line, in the order of the tokens; quick for long ones too."""
        with self._database.reading() as database:
            return reading.listing(database, tokens)

    def rename(self, token: str, title: str) -> None:
        """Give a run a title."""
        with self._database.writing() as database:
            change = "UPDATE runs SET about = json_set(about, '$.title', ?) WHERE token = ?"
            database.execute(change, (title, token))

    def keep_changes(self, token: str, step: int, changes: dict[str, float]) -> None:
        """Save what is to be changed when a run goes on from a step; the next beginning forgets it."""
        with self._database.writing() as database:
            change = "UPDATE runs SET about = json_set(about, '$.pending', json(?)) WHERE token = ?"
            database.execute(change, (json.dumps([step, changes]), token))

    def tokens(self) -> list[str]:
        """The tokens of all runs."""
        with self._database.reading() as database:
            return [row[0] for row in database.execute("SELECT token FROM runs")]

    def remove(self, token: str) -> None:
        """Forget a run, and its text where no other run has it."""
        with self._database.writing() as database:
            room.remove(database, token)
        self._shrink()

    def delete(self, token: str, after: float) -> None:
        """Note that a run is to be removed after some seconds, which the next server needs to know."""
        with self._database.writing() as database:
            database.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?)", (token, after))

    def keep(self, token: str) -> None:
        """Undo delete."""
        with self._database.writing() as database:
            database.execute("DELETE FROM deleted WHERE token = ?", (token,))

    def deleted(self) -> dict[str, float]:
        """The runs that are to be removed, each with the seconds after which."""
        with self._database.reading() as database:
            return dict(database.execute("SELECT token, seconds FROM deleted WHERE typeof(seconds) = 'real'"))

    def tidy(self, limit: int = TOTAL_LIMIT, at_work: Collection[str] = ()) -> Tidied:
        """Bring the file within the limit.

        First goes what nobody misses: texts without a run, and of histories that earlier versions kept what is too
        much. Then the largest runs give up their oldest stored steps. Only then whole runs are forgotten, the longest
        untouched first, and never one that is at work.
        """
        self._thin_earlier()
        with self._database.writing() as database:
            room.forget_texts(database)
            given_up = room.thin_largest(database, limit)
            removed = room.remove_oldest(database, limit, at_work)
        self._shrink()
        return Tidied(removed, given_up)

    def _thin_earlier(self) -> None:
        """Thin the histories that earlier versions kept; what takes long is done before others have to wait."""
        with self._database.reading() as database:
            old = earlier.tokens(database)
        for token in old:
            with self._database.reading() as database:
                rows = _readable_history(database, token)
            with self._database.writing() as database:
                if token in earlier.tokens(database):  # the run has not been begun anew meanwhile
                    _put_history(database, token, rows)

    def _shrink(self) -> None:
        """Give free room back, in pieces."""
        before, free = None, 1
        while free and free != before:
            before = free
            with self._database.writing() as database:
                database.execute(f"PRAGMA incremental_vacuum({VACUUM})").fetchall()  # a page a row
                free = room.pragma(database, "freelist_count")


def _readable_history(database: sqlite3.Connection, token: str) -> Array:
    """The saved history of a run, empty where it is damaged."""
    with suppress(ValueError, TypeError):
        return reading.history(database, token)
    return joined([])


def _put_history(database: sqlite3.Connection, token: str, rows: Array) -> None:
    """Save a history, thinned but for the steps to which the run may go back."""
    thin = thinned(rows, reading.cuts(database, token))
    database.execute("INSERT OR REPLACE INTO thinned VALUES (?, ?)", (token, packed(thin)))
    database.execute("DELETE FROM history WHERE token = ?", (token,))


def _put_note(database: sqlite3.Connection, token: str, note: Note) -> None:
    """Save a note, in place of those that are thinned away for it."""
    if note.kind in ONE_A_BIN:
        since = "coalesce((SELECT max(step) FROM checkpoints WHERE token = ?1 AND step < ?3), -1)"
        same = f"SELECT rowid, step FROM notes WHERE token = ?1 AND kind = ?2 AND step > {since} AND step <= ?3"
        found = database.execute(same, (token, note.kind, note.step)).fetchall()
        gone = [(row,) for row, step in found if bins(step) == bins(note.step)]
        database.executemany("DELETE FROM notes WHERE rowid = ?", gone)
    row = (token, note.step, note.kind, json.dumps(note.value))
    database.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", row)


def _thin(database: sqlite3.Connection, token: str) -> None:
    rows = database.execute("SELECT step FROM checkpoints WHERE token = ? AND kept ORDER BY step", (token,))
    steps = [row[0] for row in rows]
    gone = [(token, step) for step in set(steps) - lasting(steps)]
    database.executemany("DELETE FROM checkpoints WHERE token = ? AND step = ?", gone)


def _limit(database: sqlite3.Connection, token: str) -> list[int]:
    """Keep a run within its limit; return the steps that had to go for it."""
    rows = "SELECT step, length(state) FROM checkpoints WHERE token = ? ORDER BY step DESC"
    total, removed = 0, []
    for step, size in database.execute(rows, (token,)).fetchall():
        total += size
        if total > RUN_LIMIT and total > size:  # the newest stays, however large
            database.execute("DELETE FROM checkpoints WHERE token = ? AND step = ?", (token, step))
            removed.append(step)
    return removed
