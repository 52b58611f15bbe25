"""The history of a run, thinned as it grows: about 120 rows for every tenfold of steps, whatever its length.

Step s falls into bin floor(120 log10 s). Below step 62 each step has a bin of its own; at 200,000 steps there are about
480 bins, and one holds 1.9 % of the steps behind it, about a pixel of a chart. A history is an array of rows, oldest
first; each row stands for the steps after the row before it, up to its own. It keeps the least and the greatest raw
loss, so that drawn as a band nothing is smoothed away, and of the gradient the least, the greatest and the sum of its
norms. Rows of one bin are one row, but for cuts: steps to which a run may go back, at which a row ends. So a history
cut there is to the last bit what it was then, and ten million steps take 50 kB. Losses are in nats per character.
"""

import zlib
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

import numpy as np

from charrnn.training.trainer import Step

Array = np.ndarray[Any, np.dtype[Any]]

BINS_A_DECADE = 120
ROW = np.dtype(
    [
        ("step", "<i8"),  # the last one of the row
        ("smooth", "<f4"),  # the smoothed loss there
        ("low", "<f4"),
        ("high", "<f4"),
        ("norm_low", "<f4"),  # of the gradient before clipping; NaN where no step of the row is known to have any
        ("norm_high", "<f4"),
        ("norm_sum", "<f8"),  # over the steps whose gradient is known
        ("clipped_sum", "<f8"),  # of the fraction of its entries that were cut
        ("known", "<i8"),  # how many those steps are
    ]
)
# How what a row keeps of its steps comes from them, and that of two rows from theirs.
_FOLDS: dict[str, np.ufunc] = {
    "low": np.minimum,
    "high": np.maximum,
    "norm_low": np.fmin,
    "norm_high": np.fmax,  # these two pass over NaN
    "norm_sum": np.add,
    "clipped_sum": np.add,
    "known": np.add,
}


def of(steps: Sequence[Step]) -> Array:
    """The history of some steps, thinned."""
    fields = len(Step._fields)
    # A quarter of what np.array takes for them, and a small network does thousands between two messages.
    table = np.fromiter(chain.from_iterable(steps), np.float64, fields * len(steps)).reshape(-1, fields)
    return thinned(row_a_step(table[:, 0], *table[:, 1:].T))


def row_a_step(steps: Array, loss: Array, smooth: Array, norm: Array, clipped: Array) -> Array:
    """A row for each step from what it reported; gradients are NaN where they were not kept."""
    rows = np.empty(len(steps), ROW)
    known = ~np.isnan(norm)
    with np.errstate(over="ignore"):  # a gradient may be larger than what 32 bits hold: it is infinite there
        rows["step"], rows["smooth"], rows["known"] = steps, smooth, known
        rows["low"] = rows["high"] = loss
        rows["norm_low"] = rows["norm_high"] = norm
    rows["norm_sum"], rows["clipped_sum"] = np.where(known, norm, 0), np.where(known, clipped, 0)
    return rows


def thinned(rows: Array, cuts: Collection[int] = ()) -> Array:
    """The same in a row a bin, and one more where a row ends at a cut."""
    if not len(rows):
        return rows
    begins = np.diff(bins(rows["step"]), prepend=-1) != 0
    begins[1:] |= np.isin(rows["step"][:-1], list(cuts))
    starts = np.flatnonzero(begins)
    thin = rows[np.append(starts[1:], len(rows)) - 1]
    for name, fold in _FOLDS.items():
        thin[name] = fold.reduceat(rows[name], starts)
    return thin


def joined(parts: Sequence[Array]) -> Array:
    """Pieces of a history, one after the other; of none, the empty one."""
    return np.concatenate([np.empty(0, ROW), *parts])


def until(rows: Array, step: int) -> Array:
    """The history up to a step at which a row ends."""
    return rows[: np.searchsorted(rows["step"], step, "right")]


def after(rows: Array, step: int) -> Array:
    """The history from there on."""
    return rows[np.searchsorted(rows["step"], step, "right") :]


def last(rows: Array) -> int:
    """The step that it has come to."""
    return int(rows["step"][-1]) if len(rows) else 0


def bins(steps: Any) -> Any:
    """The bins into which steps fall. Step 0, where only the held-out loss exists, gets the one before step 1's."""
    return np.floor(BINS_A_DECADE * np.log10(np.maximum(steps, 0.99))).astype(np.int64)


def packed(rows: Array) -> bytes:
    """Its rows with a checksum, as they are saved."""
    data = rows.tobytes()
    return zlib.crc32(data).to_bytes(4, "little") + data


def unpacked(data: bytes) -> Array:
    """The history that was packed. Raises ValueError where the bytes are anything else."""
    if data[:4] != zlib.crc32(data[4:]).to_bytes(4, "little"):  # fewer bytes than four are none, too
        raise ValueError("its checksum differs")
    return np.frombuffer(data[4:], ROW)
