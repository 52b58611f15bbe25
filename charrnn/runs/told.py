"""What a worker has told of the history and is not known to be saved: should it die, the next one saves it."""

from __future__ import annotations

from typing import NamedTuple

from charrnn.runs.history import Array, joined
from charrnn.runs.messages import Message


class Told(NamedTuple):
    """Rows of history without a gap."""

    pieces: tuple[tuple[int, Array], ...] = ()  # each with its last step

    def after(self, message: Message) -> Told:
        """The same once the worker has told this too."""
        kind, fields, arrays = message
        if kind == "diverged":
            return self.until(fields["step"])
        if kind == "saved":
            return Told(tuple(piece for piece in self.pieces if piece[0] > fields["step"]))
        if "history" in arrays:
            return Told((*self.pieces, (fields["step"], arrays["history"].copy())))  # a view keeps a whole message
        return self

    def until(self, step: int) -> Told:
        """Without what came after a step."""
        first, rows = self.rows(step)
        return Told(((first + len(rows) - 1, rows),))

    def rows(self, step: int) -> tuple[int, Array]:
        """The first step that it has, and the history (n, 4) from there up to a step."""
        if not self.pieces:
            return step + 1, joined([])
        last, rows = self.pieces[-1][0], joined([rows for _, rows in self.pieces])
        first = last - len(rows) + 1
        return first, rows[: max(0, step - first + 1)]
