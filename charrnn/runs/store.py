"""What lasts: runs with their text, history, samples and checkpoints in one SQLite file.

Several processes write to it (each worker its own run, the engine nothing but removals), so every transaction begins
with BEGIN IMMEDIATE and waits a while for the others. Where the store fails, StoreError says it in one sentence;
training goes on in memory.
"""

import json
import os
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from charrnn.environment import number
from charrnn.runs.history import SMOOTH, joined, packed, unpacked
from charrnn.runs.marks import lasting
from charrnn.runs.messages import Array
from charrnn.runs.saved import Checkpoint, Note, Progress, Saved, StoreError, Summary

BLOCK = 1000  # steps of history in one row
BUSY_SECONDS = 5.0
RUN_LIMIT = int(1e6 * number("CHARRNN_RUN_LIMIT_MB", 64, 0.001, 1e6))  # bytes of checkpoints; the oldest go first
TOTAL_LIMIT = 2_000_000_000  # bytes of the file

SCHEMA = """
CREATE TABLE IF NOT EXISTS corpora (digest TEXT PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    token TEXT PRIMARY KEY, digest TEXT NOT NULL, about TEXT NOT NULL, touched REAL NOT NULL);
CREATE TABLE IF NOT EXISTS history (
    token TEXT, block INTEGER, losses BLOB NOT NULL, gradients BLOB, PRIMARY KEY (token, block));
CREATE TABLE IF NOT EXISTS notes (token TEXT, step INTEGER, kind TEXT, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS runs_in_order ON runs (touched);
CREATE INDEX IF NOT EXISTS notes_of_run ON notes (token, step);
CREATE TABLE IF NOT EXISTS checkpoints (
    token TEXT, step INTEGER, kept INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (token, step));
"""
LAST = "SELECT coalesce(max(touched), 0) + 1 FROM runs"  # the order counts, not the clock, which may be set back
TABLES = ("history", "notes", "checkpoints", "runs")


def home() -> Path:
    """The folder of the store: CHARRNN_HOME, else the user's data folder."""
    return Path(os.environ.get("CHARRNN_HOME") or platformdirs.user_data_dir("charrnn", appauthor=False))


class Store:
    """The file `runs.sqlite` in a folder, made where it is not there. Any thread may use it. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()
        self._begun: dict[str, str] = {}  # which beginning of a run it adds to
        with self._words():
            folder.mkdir(parents=True, exist_ok=True)
            self._connection.executescript(SCHEMA)
        self._add_gradients()

    def begin(self, token: str, digest: str, text: str, about: dict[str, Any], step: int) -> int:
        """Save a run's text and settings; forget what it has after the step from which it goes on (0: everything).

        Returns up to which step it has the history: less than `step` where a process died before it had saved all.
        From here on only this store adds to it: what a process that has been replaced still brings is refused.
        """
        after = step or -1
        begun = self._begun[token] = secrets.token_hex(8)
        with self._transaction() as database:
            known = database.execute("SELECT 1 FROM corpora WHERE digest = ?", (digest,)).fetchone()
            if not known:
                packed = zlib.compress(text.encode(), 1)
                database.execute("INSERT INTO corpora VALUES (?, ?)", (digest, packed))
            row = (token, digest, json.dumps(about | {"begun": begun}))
            database.execute(f"INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ({LAST}))", row)
            database.execute("DELETE FROM notes WHERE token = ? AND step > ?", (token, after))
            database.execute("DELETE FROM checkpoints WHERE token = ? AND step > ?", (token, after))
            kept = self._block(database, token, step // BLOCK)[: step % BLOCK]
            database.execute("DELETE FROM history WHERE token = ? AND block >= ?", (token, step // BLOCK))
            self._put_block(database, token, step // BLOCK, kept)
            rows = "SELECT coalesce(sum(length(losses)), 0) / 8 FROM history WHERE token = ?"  # two float32 a step
            return int(database.execute(rows, (token,)).fetchone()[0])

    def add(self, token: str, progress: Progress) -> list[int]:
        """Save what a run has done since, all of it or nothing; return the steps whose checkpoints had to go for it."""
        with self._transaction() as database:
            touch = f"UPDATE runs SET touched = ({LAST}) WHERE token = ? AND json_extract(about, '$.begun') = ?"
            if not database.execute(touch, (token, self._begun.get(token))).rowcount:
                raise StoreError("This run is no longer saved: it was removed to make room for others, or begun anew.")
            self._extend(database, token, progress.first - 1, progress.history)
            rows = [(token, note.step, note.kind, json.dumps(note.value)) for note in progress.notes]
            database.executemany("INSERT INTO notes VALUES (?, ?, ?, ?)", rows)
            for step, state, kept in progress.checkpoints:
                database.execute("DELETE FROM checkpoints WHERE token = ? AND NOT kept", (token,))
                before = database.execute("SELECT 1 FROM checkpoints WHERE token = ? AND step = ?", (token, step))
                kept = kept or before.fetchone() is not None
                database.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)", (token, step, kept, state))
            self._thin(database, token)
            return self._limit(database, token)

    def load(self, token: str) -> Saved | None:
        """The run with this token, None where there is none."""
        with self._words():
            database = self._connection
            run = "SELECT about, text FROM runs JOIN corpora USING (digest) WHERE token = ?"
            found = database.execute(run, (token,)).fetchone()
            if not found:
                return None
            blocks = database.execute("SELECT losses, gradients FROM history WHERE token = ? ORDER BY block", (token,))
            notes = database.execute("SELECT step, kind, value FROM notes WHERE token = ? ORDER BY rowid", (token,))
            checkpoints = "SELECT step, state, kept FROM checkpoints WHERE token = ? ORDER BY step"
            return Saved(
                json.loads(found[0]),
                zlib.decompress(found[1]).decode(),
                joined([unpacked(*row) for row in blocks]),
                [Note(step, kind, json.loads(value)) for step, kind, value in notes],
                [Checkpoint(step, state, bool(kept)) for step, state, kept in database.execute(checkpoints, (token,))],
            )

    def summary(self, token: str) -> Summary | None:
        """The run with this token in a line, None where there is none; quick for a long run too."""
        with self._words():
            database = self._connection
            latest = "SELECT max(step) FROM checkpoints c WHERE c.token = r.token"
            found = database.execute(f"SELECT about, ({latest}) FROM runs r WHERE token = ?", (token,)).fetchone()
            if not found:
                return None
            ends = "SELECT substr(losses, -4) FROM history WHERE token = ? ORDER BY block"
            losses = np.frombuffer(b"".join(row[0] for row in database.execute(ends, (token,))), np.float32)
            if len(losses) == 1:
                losses = self._block(database, token, 0)[:: -BLOCK // 20, SMOOTH][::-1]
            notes = "SELECT value FROM notes WHERE token = ? AND kind = 'held_out' ORDER BY step DESC LIMIT 1"
            measured = database.execute(notes, (token,)).fetchone()
            return Summary(json.loads(found[0]), found[1] or 0, losses, json.loads(measured[0]) if measured else None)

    def rename(self, token: str, title: str) -> None:
        """Give a run a title."""
        with self._transaction() as database:
            change = "UPDATE runs SET about = json_set(about, '$.title', ?) WHERE token = ?"
            database.execute(change, (title, token))

    def keep_changes(self, token: str, step: int, changes: dict[str, float]) -> None:
        """Save what is to be changed when a run goes on from a step; the next beginning forgets it."""
        with self._transaction() as database:
            change = "UPDATE runs SET about = json_set(about, '$.pending', json(?)) WHERE token = ?"
            database.execute(change, (json.dumps([step, changes]), token))

    def tokens(self) -> list[str]:
        """The tokens of all runs."""
        with self._words():
            return [row[0] for row in self._connection.execute("SELECT token FROM runs")]

    def remove(self, token: str) -> None:
        """Forget a run, and its text where no other run has it."""
        with self._transaction() as database:
            self._remove(database, token)
        self._shrink()

    def tidy(self, limit: int = TOTAL_LIMIT) -> int:
        """Forget the longest untouched runs until the file is within the limit; return how many."""
        removed = 0
        with self._transaction() as database:
            while self._size(database) > limit:
                oldest = database.execute("SELECT token FROM runs ORDER BY touched LIMIT 1").fetchone()
                if not oldest:
                    break
                self._remove(database, oldest[0])
                removed += 1
        if removed:
            self._shrink()
        return removed

    def _add_gradients(self) -> None:
        """Earlier versions kept the losses only: make room for the rest beside them, which takes no time."""
        missing = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pragma_table_info('history') WHERE name = 'gradients')"
        with self._words():
            if not self._connection.execute(missing).fetchone():
                return
        with self._transaction() as database:
            if database.execute(missing).fetchone():  # no other process has done it meanwhile
                database.execute("ALTER TABLE history ADD COLUMN gradients BLOB")

    @property
    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection."""
        if not hasattr(self._local, "connection"):
            path = self.folder / "runs.sqlite"
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # has an effect before the first table only
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing that was committed
            self._local.connection = connection
        return self._local.connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._words():
            database = self._connection
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:  # a full disk has already rolled back
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, zlib.error, OSError) as error:
            raise StoreError(f"Runs cannot be saved or opened in {self.folder}: {reason(error)}") from error

    def _extend(self, database: sqlite3.Connection, token: str, done: int, history: Array) -> None:
        block, start = divmod(done, BLOCK)
        history = joined([self._block(database, token, block)[:start], history.astype(np.float32)])
        for offset in range(0, len(history), BLOCK):
            self._put_block(database, token, block + offset // BLOCK, history[offset : offset + BLOCK])

    @staticmethod
    def _block(database: sqlite3.Connection, token: str, block: int) -> Array:
        query = "SELECT losses, gradients FROM history WHERE token = ? AND block = ?"
        return joined([unpacked(*row) for row in database.execute(query, (token, block))])

    @staticmethod
    def _put_block(database: sqlite3.Connection, token: str, block: int, history: Array) -> None:
        if len(history):
            database.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)", (token, block, *packed(history)))

    @staticmethod
    def _thin(database: sqlite3.Connection, token: str) -> None:
        rows = database.execute("SELECT step FROM checkpoints WHERE token = ? AND kept ORDER BY step", (token,))
        steps = [row[0] for row in rows]
        gone = [(token, step) for step in set(steps) - lasting(steps)]
        database.executemany("DELETE FROM checkpoints WHERE token = ? AND step = ?", gone)

    @staticmethod
    def _limit(database: sqlite3.Connection, token: str) -> list[int]:
        rows = "SELECT step, length(state) FROM checkpoints WHERE token = ? ORDER BY step DESC"
        total, removed = 0, []
        for step, size in database.execute(rows, (token,)).fetchall():
            total += size
            if total > RUN_LIMIT and total > size:  # the newest stays, however large
                database.execute("DELETE FROM checkpoints WHERE token = ? AND step = ?", (token, step))
                removed.append(step)
        return removed

    @staticmethod
    def _remove(database: sqlite3.Connection, token: str) -> None:
        for table in TABLES:
            database.execute(f"DELETE FROM {table} WHERE token = ?", (token,))
        database.execute("DELETE FROM corpora WHERE digest NOT IN (SELECT digest FROM runs)")

    @staticmethod
    def _size(database: sqlite3.Connection) -> int:
        pages, free, size = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _shrink(self) -> None:
        with self._words():
            self._connection.executescript("PRAGMA incremental_vacuum")  # execute() would free a single page


def reason(error: Exception) -> str:
    """Why a store fails, and what to do, in words."""
    text = str(error)
    if "full" in text or "No space" in text:
        return "the disk is full. Make room; training goes on in memory meanwhile."
    if "locked" in text or "busy" in text:
        return "another program holds the file. Close it; training goes on in memory meanwhile."
    if "malformed" in text or "not a database" in text:
        return "the file is damaged. Move it away and a new one is made; training goes on in memory meanwhile."
    return f"{text}. Training goes on in memory meanwhile."
