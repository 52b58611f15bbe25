"""The loss over the steps as a page draws it: the history in a row a bin, and points beside it.

    s_n = k s_{n-1} + (1 - k) loss_n        the smoothed loss that a trainer reports, from s_0 = ln V on
    ŝ_n = (s_n - k^n s_0) / (1 - k^n)       the same without its start, the mean of the losses alone

The correction is that of Adam's moments (Kingma and Ba 2015, section 3): uncorrected, a thousand steps with k = 0.999
leave 37 % of a blind guess in what is drawn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from charrnn.runs.history import Array, bins, joined, thinned

Point = tuple[int, float]


class Curve(NamedTuple):
    """An immutable picture of the history.

    `held_out` holds (step, loss), at most one a bin; `clock` (step, seconds of training up to there). The arrays
    have one entry a bin, oldest first.
    """

    rows: Array = joined([])
    held_out: tuple[Point, ...] = ()
    clock: tuple[Point, ...] = ()

    @property
    def steps(self) -> Array:
        """The last step in each bin."""
        return self.rows["step"]

    @property
    def smooth(self) -> Array:
        """The smoothed loss there, in nats per character."""
        return self.rows["smooth"]

    def smoothed(self, blind: float, kept: float, keep: float) -> Array:
        """The loss smoothed otherwise than the trainer did it, and without its start; in nats per character.

        `kept` is the part of itself that the trainer's own smoothed loss keeps a step, from `blind` on; `keep` that of
        the one wanted. Each bin counts by the mean of its losses, which the trainer's tell.
        """
        apart = np.diff(self.steps, prepend=0)
        retained = kept**apart
        with np.errstate(invalid="ignore", over="ignore"):  # of a run that has blown up
            smooth = self.smooth.astype(float)
            losses = (smooth - retained * np.append(blind, smooth[:-1])) / (1 - retained)
            losses = np.clip(losses, self.low, self.high)  # the sums were rounded to 32 bits
            sums, total = np.empty(len(losses)), 0.0
            for k, (part, loss) in enumerate(zip(keep**apart, losses, strict=True)):
                total = sums[k] = part * total + (1 - part) * loss
            smoothed: Array = sums / (1 - keep**self.steps)
        return smoothed

    @property
    def low(self) -> Array:
        """The least raw loss in each bin."""
        return self.rows["low"]

    @property
    def high(self) -> Array:
        """The greatest raw loss in each bin."""
        return self.rows["high"]

    @property
    def norm(self) -> Array:
        """The mean norm of the gradient in each bin, before clipping; NaN where none is known."""
        return self._mean("norm_sum")

    @property
    def clipped(self) -> Array:
        """The mean fraction of the gradient's entries that were cut, in each bin; NaN where none is known."""
        return self._mean("clipped_sum")

    def extended(self, rows: Array) -> Curve:
        """With a history that follows."""
        return self._replace(rows=thinned(joined([self.rows, rows])))

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

    def rewound(self, step: int, history: Array) -> Curve:
        """As it was at a step, with the history up to there."""
        return Curve(
            thinned(history),
            held_out=tuple(point for point in self.held_out if point[0] <= step),
            clock=tuple(point for point in self.clock if point[0] <= step),
        )

    def _mean(self, sums: str) -> Array:
        known = self.rows["known"]
        return np.divide(self.rows[sums], known, out=np.full(len(known), np.nan), where=known > 0)


def _added(points: tuple[Point, ...], step: int, value: float) -> tuple[Point, ...]:
    """With one point more, instead of the last one if that lies in the same bin."""
    while points and bins(points[-1][0]) >= bins(step):
        points = points[:-1]
    return (*points, (step, value))
