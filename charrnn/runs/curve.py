"""The history of a run's loss, thinned as it grows: about 120 points for every tenfold of steps, whatever the length.

Step s falls into bin floor(120 log10 s). Below step 62 each step has a bin of its own; at 200,000 steps there are about
480 bins, and one holds 1.9 % of the steps behind it, about a pixel of a chart. A bin keeps the least and the greatest
raw loss, so that drawn as a band nothing is smoothed away. Losses are in nats per character.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Point = tuple[int, float]

BINS_A_DECADE = 120

_NO_STEPS = np.empty(0, np.int64)
_NO_LOSSES = np.empty(0, np.float32)


class Curve(NamedTuple):
    """An immutable picture of the history: four arrays of one length, oldest bin first; points beside them.

    `steps` is the last step in each bin, `low` and `high` bound the raw loss in it, `smooth` is the smoothed loss at
    `steps`. `held_out` holds (step, loss), at most one a bin; `marks` (step, change) where someone turned a knob.
    """

    steps: Array = _NO_STEPS
    low: Array = _NO_LOSSES
    high: Array = _NO_LOSSES
    smooth: Array = _NO_LOSSES
    held_out: tuple[Point, ...] = ()
    marks: tuple[tuple[int, dict[str, Any]], ...] = ()
    clock: tuple[Point, ...] = ()  # (step, seconds of training up to there)

    def extended(self, first: int, losses: Array, smooth: Array) -> Curve:
        """With the losses (n,) and smoothed losses (n,) of the steps first … first + n - 1, which follow the last."""
        if not len(losses):
            return self
        steps = np.arange(first, first + len(losses))
        bins = _bins(steps)
        starts = np.flatnonzero(np.diff(bins, prepend=-1))
        ends = np.append(starts[1:], len(steps)) - 1
        low, high = np.minimum.reduceat(losses, starts), np.maximum.reduceat(losses, starts)
        kept = len(self.steps)
        if kept and _bins(self.steps[-1]) == bins[0]:  # the last bin goes on
            kept -= 1
            low[0], high[0] = min(low[0], self.low[-1]), max(high[0], self.high[-1])
        return self._replace(
            steps=np.concatenate([self.steps[:kept], steps[ends]]),
            low=np.concatenate([self.low[:kept], low]),
            high=np.concatenate([self.high[:kept], high]),
            smooth=np.concatenate([self.smooth[:kept], smooth[ends]]),
        )

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
        return Curve(
            steps=self.steps[:kept],
            low=self.low[:kept],
            high=self.high[:kept],
            smooth=self.smooth[:kept],
            held_out=tuple(point for point in self.held_out if point[0] <= step),
            marks=tuple(mark for mark in self.marks if mark[0] <= step),
            clock=tuple(point for point in self.clock if point[0] <= step),
        )


def _added(points: tuple[Point, ...], step: int, value: float) -> tuple[Point, ...]:
    """With one point more, instead of the last one if that lies in the same bin."""
    while points and _bins(points[-1][0]) >= _bins(step):
        points = points[:-1]
    return (*points, (step, value))


def _bins(steps: Any) -> Any:
    # Step 0, where only the held-out loss exists, gets the bin before step 1's.
    return np.floor(BINS_A_DECADE * np.log10(np.maximum(steps, 0.99))).astype(np.int64)
