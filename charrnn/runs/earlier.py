"""The history as earlier versions kept it, every step for ever, in blocks of 1,000 steps: read to be thinned.

A block is its losses, two float32 a step (raw and smoothed), and two more of its gradient (norm and clipped fraction),
which versions still earlier did not keep.
"""

import sqlite3
from collections.abc import Collection

import numpy as np

from charrnn.runs.history import Array, joined, row_a_step, thinned

BLOCK = 1000


def history(database: sqlite3.Connection, token: str, cuts: Collection[int]) -> Array:
    """What is kept so of a run, thinned block by block; the empty history where nothing is. Raises ValueError."""
    rows = database.execute("SELECT * FROM history WHERE token = ? ORDER BY block", (token,))
    return thinned(joined([thinned(_rows(*row[1:]), cuts) for row in rows]), cuts)


def tokens(database: sqlite3.Connection) -> list[str]:
    """The runs whose history is kept so."""
    return [row[0] for row in database.execute("SELECT DISTINCT token FROM history")]


def _rows(block: int, losses: bytes, gradients: bytes | None = None) -> Array:
    known = np.frombuffer(losses, np.float32).reshape(-1, 2)
    others = np.frombuffer(gradients, np.float32).reshape(-1, 2) if gradients else np.full_like(known, np.nan)
    steps = block * BLOCK + 1 + np.arange(len(known))
    return row_a_step(steps, *known.T, *others.T)
