"""The history of a run as a table: a row a step, from step 1 on, and four columns of what that step reported.

Column 0 is the loss and column 1 the smoothed loss, in nats per character; column 2 is the norm of the gradient before
clipping, column 3 the fraction of its entries that were cut. The last two are NaN where they were not saved: runs kept
by earlier versions have them from where they went on.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from charrnn.training.trainer import Step

Array = np.ndarray[Any, np.dtype[Any]]

LOSS, SMOOTH, NORM, CLIPPED = range(4)


def table(steps: Sequence[Step]) -> Array:
    """The history (n, 4) of some steps: all that a Step holds, in its order, but for its number."""
    fields = len(Step._fields)
    # A quarter of what np.array takes for them, and a small network does thousands between two messages.
    return np.fromiter(chain.from_iterable(steps), np.float32, fields * len(steps)).reshape(-1, fields)[:, 1:]


def joined(parts: Sequence[Array]) -> Array:
    """Pieces of a history, one after the other; of none, the empty one."""
    return np.concatenate([np.empty((0, 4), np.float32), *parts])


def packed(history: Array) -> tuple[bytes, bytes]:
    """Its losses and what is known of its gradients, two columns each, as they are saved."""
    return history[:, :NORM].tobytes(), history[:, NORM:].tobytes()


def unpacked(losses: bytes, gradients: bytes | None) -> Array:
    """The history that was packed. Without gradients, as earlier versions saved it, their columns are NaN."""
    known = np.frombuffer(losses, np.float32).reshape(-1, 2)
    others = np.frombuffer(gradients, np.float32).reshape(-1, 2) if gradients else np.full_like(known, np.nan)
    return np.concatenate([known, others], axis=1)
