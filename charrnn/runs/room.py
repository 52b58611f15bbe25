"""Room in the store: what goes, and in which order, where its file has grown beyond its limit. Within a transaction."""

import json
import sqlite3
from collections.abc import Collection

TABLES = ("thinned", "history", "notes", "checkpoints", "shown", "deleted", "runs")
MODEST = 8_000_000  # bytes of checkpoints: a run that has no more gives none of them up for others
STORED = "SELECT token, step, length(state) FROM checkpoints ORDER BY token, step DESC"


def thin_largest(database: sqlite3.Connection, limit: int) -> dict[str, list[int]]:
    """Have the largest run of all give up its oldest stored step until the file is within the limit or none is large.

    Returns which steps of which runs had to go.
    """
    stored: dict[str, list[tuple[int, int]]] = {}  # (step, bytes) of each run, the oldest last
    for token, *one in database.execute(STORED):
        stored.setdefault(token, []).append((one[0], one[1]))
    held = {token: sum(length for _, length in steps) for token, steps in stored.items()}
    gone: dict[str, list[int]] = {}
    while size(database) > limit:
        large = [token for token, total in held.items() if total > MODEST and len(stored[token]) > 1]
        if not large:
            break
        largest = max(large, key=held.__getitem__)
        step, length = stored[largest].pop()
        held[largest] -= length
        database.execute("DELETE FROM checkpoints WHERE token = ? AND step = ?", (largest, step))
        gone.setdefault(largest, []).append(step)
    return gone


def remove_oldest(database: sqlite3.Connection, limit: int, at_work: Collection[str]) -> int:
    """Forget the longest untouched runs that are not at work until the file is within the limit; return how many."""
    idle = "SELECT token FROM runs WHERE token NOT IN (SELECT value FROM json_each(?)) ORDER BY touched"
    removed = 0
    for (token,) in database.execute(idle, (json.dumps(list(at_work)),)).fetchall():
        if size(database) <= limit:
            break
        remove(database, token)
        removed += 1
    return removed


def remove(database: sqlite3.Connection, token: str) -> None:
    """Forget a run."""
    for table in TABLES:
        database.execute(f"DELETE FROM {table} WHERE token = ?", (token,))
    forget_texts(database)


def forget_texts(database: sqlite3.Connection) -> None:
    """Those that no run has any more."""
    database.execute("DELETE FROM corpora WHERE digest NOT IN (SELECT digest FROM runs)")


def size(database: sqlite3.Connection) -> int:
    """Bytes of the file without its free room."""
    used = pragma(database, "page_count") - pragma(database, "freelist_count")
    return used * pragma(database, "page_size")


def pragma(database: sqlite3.Connection, name: str) -> int:
    """What SQLite says of the file."""
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
