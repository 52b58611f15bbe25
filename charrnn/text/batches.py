"""From ids to windows: the text cut into parallel streams, each read from left to right."""

from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[Any]]


def streams_that_fit(characters: int, sequence_length: int, batch_size: int) -> int:
    """How many of the batch_size streams a text feeds when each must hold at least two windows; at least one."""
    return max(1, min(batch_size, characters // (2 * sequence_length + 2)))


class Batches:
    """The text as B continuous streams of equal length, swept together by a window of T characters.

    Stream b is the b-th of B equal parts (a remainder shorter than B characters is not read). When no further window
    and its targets fit, all streams go back to their start, where the state must be zero again; B = 1 is the classic
    sweep over the whole text.
    """

    def __init__(self, ids: Ids, sequence_length: int, batch_size: int) -> None:
        self.T = sequence_length
        self.B = streams_that_fit(len(ids), sequence_length, batch_size)
        length = len(ids) // self.B
        self.streams = np.ascontiguousarray(ids[: length * self.B].reshape(self.B, length).T)  # (length, B)
        self.position = 0

    @property
    def at_end(self) -> bool:
        """Whether the next window goes back to the start."""
        return self.position + self.T + 1 >= len(self.streams)

    def next(self) -> tuple[Ids, Ids, bool]:
        """The next window: inputs (T, B), targets (T, B), and whether it starts from a zero state."""
        if self.at_end:
            self.position = 0
        start, end = self.position, self.position + self.T
        self.position = end
        return self.streams[start:end], self.streams[start + 1 : end + 1], start == 0
