"""The history of a run, thinned as it grows: about 120 points for every tenfold of steps, whatever the length.

Step s falls into bin floor(120 log10 s). Below step 62 each step has a bin of its own; at 200,000 steps there are about
480 bins, and one holds 1.9 % of the steps behind it, about a pixel of a chart. A bin keeps the least and the greatest
raw loss, so that drawn as a band nothing is smoothed away, and of the gradient the least, the greatest and the mean
norm. Losses are in nats per character.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from charrnn.runs.history import CLIPPED, LOSS, NORM, SMOOTH

Array = np.ndarray[Any, np.dtype[Any]]
Point = tuple[int, float]

BINS_A_DECADE = 120

# How what a bin keeps of its steps comes from them, and that of two pieces of a bin from theirs.
_FOLDS: dict[str, np.ufunc] = {
    "low": np.minimum,
    "high": np.maximum,
    "norm_low": np.fmin,
    "norm_high": np.fmax,  # these two pass over NaN
    "norm_sum": np.add,
    "clipped_sum": np.add,
    "known": np.add,
}
_ARRAYS = ("steps", "smooth", *_FOLDS)

_NO_STEPS = np.empty(0, np.int64)
_NO_LOSSES = np.empty(0, np.float32)
_NO_SUMS = np.empty(0, np.float64)


class Curve(NamedTuple):
    """An immutable picture of the history: arrays of one length, oldest bin first; points beside them.

    `steps` is the last step in each bin, `low` and `high` bound the raw loss in it, `smooth` is the smoothed loss at
    `steps`. `norm_low` and `norm_high` bound the norm of the gradient before clipping, of which `norm` is the mean;
    `clipped` is the mean fraction of its entries that were cut; all four are NaN where no step of a bin is known to
    have any. `held_out` holds (step, loss), at most one a bin; `marks` (step, change) where someone turned a knob.
    """

    steps: Array = _NO_STEPS
    low: Array = _NO_LOSSES
    high: Array = _NO_LOSSES
    smooth: Array = _NO_LOSSES
    norm_low: Array = _NO_LOSSES
    norm_high: Array = _NO_LOSSES
    norm_sum: Array = _NO_SUMS  # over the steps whose gradient is known
    clipped_sum: Array = _NO_SUMS
    known: Array = _NO_STEPS  # how many those are
    held_out: tuple[Point, ...] = ()
    marks: tuple[tuple[int, dict[str, Any]], ...] = ()
    clock: tuple[Point, ...] = ()  # (step, seconds of training up to there)

    @property
    def norm(self) -> Array:
        """The mean norm of the gradient in each bin, before clipping."""
        return self._mean(self.norm_sum)

    @property
    def clipped(self) -> Array:
        """The mean fraction of the gradient's entries that were cut, in each bin."""
        return self._mean(self.clipped_sum)

    def extended(self, first: int, history: Array) -> Curve:
        """With the history (n, 4) of the steps first … first + n - 1, which follow the last."""
        if not len(history):
            return self
        steps = np.arange(first, first + len(history))
        bins = _bins(steps)
        starts = np.flatnonzero(np.diff(bins, prepend=-1))
        ends = np.append(starts[1:], len(steps)) - 1
        rows = _by_step(history)
        added = {name: fold.reduceat(rows[name], starts) for name, fold in _FOLDS.items()}
        kept = len(self.steps)
        if kept and _bins(self.steps[-1]) == bins[0]:  # the last bin goes on
            kept -= 1
            for name, fold in _FOLDS.items():
                added[name][0] = fold(getattr(self, name)[-1], added[name][0])
        added |= {"steps": steps[ends], "smooth": history[ends, SMOOTH]}
        return self._with({name: np.concatenate([getattr(self, name)[:kept], added[name]]) for name in _ARRAYS})

    def measured(self, step: int, loss: float) -> Curve:
        """With a held-out loss, which replaces the last one if that lies in the same bin."""
        return self._replace(held_out=_added(self.held_out, step, loss))

    def timed(self, step: int, seconds: float) -> Curve:
        """With the seconds of training up to a step, at most one point a bin."""
        return self._replace(clock=_added(self.clock, step, seconds))

    def seconds(self) -> Array:
        """Seconds of training up to the last step of each bin, between the points of the clock in proportion."""
        steps, seconds = zip((0, 0.0), *self.clock, strict=True)
        return np.interp(self.steps, steps, seconds)

    def marked(self, step: int, change: dict[str, Any]) -> Curve:
        """With a mark where a setting was changed."""
        return self._replace(marks=(*self.marks, (step, change)))

    def rewound(self, step: int) -> Curve:
        """Without what came after a step."""
        kept = int(np.searchsorted(self.steps, step, "right"))
        return self._with({name: getattr(self, name)[:kept] for name in _ARRAYS})._replace(
            held_out=tuple(point for point in self.held_out if point[0] <= step),
            marks=tuple(mark for mark in self.marks if mark[0] <= step),
            clock=tuple(point for point in self.clock if point[0] <= step),
        )

    def _with(self, arrays: dict[str, Array]) -> Curve:
        return self._replace(**arrays)  # type: ignore[arg-type]

    def _mean(self, sums: Array) -> Array:
        return np.divide(sums, self.known, out=np.full(len(sums), np.nan), where=self.known > 0)


def _by_step(history: Array) -> dict[str, Array]:
    """What each step of a history (n, 4) brings to its bin."""
    loss, norm, clipped = history[:, LOSS], history[:, NORM], history[:, CLIPPED]
    known = ~np.isnan(norm)
    return {
        "low": loss,
        "high": loss,
        "norm_low": norm,
        "norm_high": norm,
        "norm_sum": np.where(known, norm, np.float64(0)),
        "clipped_sum": np.where(known, clipped, np.float64(0)),
        "known": known.astype(np.int64),
    }


def _added(points: tuple[Point, ...], step: int, value: float) -> tuple[Point, ...]:
    """With one point more, instead of the last one if that lies in the same bin."""
    while points and _bins(points[-1][0]) >= _bins(step):
        points = points[:-1]
    return (*points, (step, value))


def _bins(steps: Any) -> Any:
    # Step 0, where only the held-out loss exists, gets the bin before step 1's.
    return np.floor(BINS_A_DECADE * np.log10(np.maximum(steps, 0.99))).astype(np.int64)
