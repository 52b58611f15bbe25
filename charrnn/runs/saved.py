"""What the store takes and gives."""

from typing import Any, NamedTuple

from charrnn.runs.messages import Array


class StoreError(Exception):
    """The store cannot be read or written, said in one sentence."""


class Note(NamedTuple):
    """Something at a step: a "sample", a "held_out" loss, a "change" of a setting, the "seconds" trained by then.

    The value is JSON-able.
    """

    step: int
    kind: str
    value: Any


class Checkpoint(NamedTuple):
    """A run's state at a step; one that is not kept is replaced by the next."""

    step: int
    state: bytes
    kept: bool


class Progress(NamedTuple):
    """What a run adds at once; the history (n, 4) is that of the steps `first` … `first` + n - 1."""

    first: int
    history: Array
    notes: list[Note]
    checkpoints: list[Checkpoint]


class Saved(NamedTuple):
    """A run as it was saved."""

    about: dict[str, Any]
    text: str
    history: Array  # (steps, 4), from step 1 on
    notes: list[Note]
    checkpoints: list[Checkpoint]  # the kept ones and the latest, by step

    def until(self, step: int) -> "Saved":
        """The run as it was at a stored step. Raises StoreError where there is no checkpoint of it."""
        checkpoints = [checkpoint for checkpoint in self.checkpoints if checkpoint.step <= step]
        if not checkpoints or checkpoints[-1].step != step:
            raise StoreError(f"Step {step:,} is not stored any more: choose another one.")
        notes = [note for note in self.notes if note.step <= step]
        return self._replace(history=self.history[:step], notes=notes, checkpoints=checkpoints)


class Summary(NamedTuple):
    """A run in a line."""

    about: dict[str, Any]
    step: int  # of the latest checkpoint
    losses: (
        Array  # smoothed, at the end of each block of history, for a short run some of all; the last one is its last
    )
    held_out: float | None  # the last loss measured on held-out text
