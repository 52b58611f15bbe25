"""The store's file: made for its owner alone, opened by each thread for itself, made anew where it was removed.

Several processes write to it (each worker its own run, the engine all else), so every transaction begins with BEGIN
IMMEDIATE and waits a while for the others. What fails is said in one sentence: StoreError.
"""

import os
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from charrnn.runs.store_types import StoreError
from charrnn.sentence import Sentence

BUSY_SECONDS = 5.0  # what is to be written waits so long for others
READ_SECONDS = 0.5  # what is read with each drawing: readers wait for nobody unless a file is just opened or closed
SUFFIXES = ("", "-wal", "-shm")

File = tuple[int, int]  # what tells one file from another: device and inode


class Opened(NamedTuple):
    """A thread's connection, and which file it is to."""

    file: File | None
    connection: sqlite3.Connection


class Database:
    """The file `runs.sqlite` in a folder. Any thread may use it. Making the object touches nothing."""

    def __init__(self, folder: Path, schema: str) -> None:
        self.folder, self.path = folder, folder / "runs.sqlite"
        self._schema = schema
        self._local = threading.local()
        self._opening = threading.Lock()

    @contextmanager
    def reading(self, patience: float = READ_SECONDS) -> Iterator[sqlite3.Connection]:
        """The connection of this thread, `patience` in seconds: all that is read with it is of one moment.

        Raises StoreError, also for what is raised inside.
        """
        with self._words():
            database = self._connection(patience)
            database.execute("BEGIN")
            try:
                yield database
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The same within a transaction: all of it or nothing. Raises StoreError."""
        with self._words():
            database = self._connection(BUSY_SECONDS)
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:  # a full disk has already rolled back
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def left(self) -> Iterator[sqlite3.Connection | None]:
        """The connection that this thread has, though the file has been removed: it is there as long as it is open."""
        with self._words():
            opened: Opened | None = getattr(self._local, "opened", None)
            yield opened and opened.connection

    def file(self) -> File | None:
        """Which file has the name now, None where there is none."""
        with suppress(OSError):
            found = self.path.stat()
            return found.st_dev, found.st_ino
        return None

    def _connection(self, seconds: float) -> sqlite3.Connection:
        """This thread's own, which waits so long for others."""
        opened: Opened | None = getattr(self._local, "opened", None)
        if not opened or opened.file != self.file():
            if opened:
                opened.connection.close()
                del self._local.opened
            with self._opening:
                opened = self._local.opened = self._open(seconds)
        opened.connection.execute(f"PRAGMA busy_timeout = {1000 * seconds:.0f}")
        return opened.connection

    def _open(self, seconds: float) -> Opened:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_private()
        file = self.file()
        connection = sqlite3.connect(self.path, timeout=seconds, isolation_level=None)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # has an effect before the first table only
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing that was committed
            connection.executescript(self._schema)
        except BaseException:
            connection.close()
            raise
        return Opened(file, connection)

    def _make_private(self) -> None:
        """Make the file where there is none, and have nobody else read it, nor what SQLite puts beside it.

        A file that is there is not opened for it: closing it would undo SQLite's locks.
        """
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            for suffix in SUFFIXES[1:]:  # of a file that was removed: they must not be taken for this one's
                self._beside(suffix).unlink(missing_ok=True)
        for suffix in SUFFIXES:
            with suppress(OSError):  # another one's, or not there
                if self._beside(suffix).stat().st_mode & 0o077:
                    self._beside(suffix).chmod(0o600)

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, zlib.error, OSError, UnicodeDecodeError) as error:
            raise StoreError(
                "Runs cannot be saved or opened in {folder}: {reason}", folder=str(self.folder), reason=reason(error)
            ) from error


def reason(error: Exception) -> str:
    """Why a store fails, and what to do, in words."""
    text = getattr(error, "strerror", None) or str(error)
    if "full" in text or "No space" in text:
        return Sentence("the disk is full. Make room; training goes on in memory meanwhile.")
    if "locked" in text or "busy" in text:
        return Sentence("another program holds the file. Close it; training goes on in memory meanwhile.")
    if "readonly" in text or "denied" in text:
        return Sentence("nothing may be written there. Allow it; training goes on in memory meanwhile.")
    # Of a damaged table's name SQLite makes a complaint that is no text.
    if isinstance(error, UnicodeDecodeError) or "image is malformed" in text or "not a database" in text:
        return Sentence(
            "the file is damaged. Move it away and a new one is made; training goes on in memory meanwhile."
        )
    return Sentence("{text}. Training goes on in memory meanwhile.", text=text)
