"""What the store takes and gives."""

from math import isfinite
from typing import Any, NamedTuple

from charrnn.refusal import SaidError
from charrnn.runs.history import Array, until
from charrnn.training.checkpoint import CheckpointError, from_bytes
from charrnn.training.settings import IN_TRAINING, LIMITS


class StoreError(SaidError):
    """The store cannot be read or written, said in one sentence."""


class Note(NamedTuple):
    """Something at a step: a "sample", a "held_out" loss, a "change" of a setting, the "seconds" trained by then.

    The value is JSON-able.
    """

    step: int
    kind: str
    value: Any

    @property
    def sound(self) -> bool:
        """Whether the value is what its kind says."""
        if self.kind == "sample":
            return isinstance(self.value, str)
        if self.kind == "change":
            return is_change(self.value)
        return self.kind in ("held_out", "seconds") and type(self.value) in (int, float) and isfinite(self.value)


def is_change(value: Any) -> bool:
    """Whether these are settings that may be changed while training, each within its limits."""
    if not isinstance(value, dict) or not value.keys() <= {*IN_TRAINING}:
        return False
    numbers = all(type(number) in (int, float) for number in value.values())
    return numbers and all(low <= value[name] <= high for name, (low, high) in LIMITS.items() if name in value)


class StoredCheckpoint(NamedTuple):
    """A run's state at a step; one that is not kept is replaced by the next."""

    step: int
    state: bytes
    kept: bool


class Progress(NamedTuple):
    """What a run adds at once. Of the history a row ends at each checkpoint."""

    history: Array
    notes: list[Note]
    checkpoints: list[StoredCheckpoint]


class Saved(NamedTuple):
    """A run as it was saved."""

    about: dict[str, Any]
    digest: str  # of the text, as it was
    text: str
    history: Array  # a row ends at each checkpoint
    notes: list[Note]
    checkpoints: list[StoredCheckpoint]  # the kept ones and the latest, by step
    damaged: tuple[str, ...] = ()  # what else there was and cannot be read

    def until(self, step: int) -> "Saved":
        """The run as it was at a stored step. Raises StoreError where there is no checkpoint of it."""
        checkpoints = [checkpoint for checkpoint in self.checkpoints if checkpoint.step <= step]
        if not checkpoints or checkpoints[-1].step != step:
            raise StoreError("Step {step:,} is not stored any more: choose another one.", step=step)
        try:
            from_bytes(checkpoints[-1].state)
        except CheckpointError as error:
            raise StoreError("Step {step:,} is damaged where it is stored: choose another one.", step=step) from error
        return self._replace(checkpoints=checkpoints).cut(step)

    def pending(self, step: int) -> dict[str, float]:
        """What was set at rest at a step, and is in no state yet."""
        pending = self.about.get("pending")
        if isinstance(pending, list) and len(pending) == 2 and pending[0] == step and is_change(pending[1]):
            return dict(pending[1])
        return {}

    def cut(self, step: int) -> "Saved":
        """The run without what was reported after a step."""
        notes = [note for note in self.notes if note.step <= step]
        return self._replace(history=until(self.history, step), notes=notes)


class Summary(NamedTuple):
    """A run in a line."""

    about: dict[str, Any]
    step: int  # of the latest checkpoint
    history: Array
    held_out: float | None  # the last loss measured on held-out text


class Listing(NamedTuple):
    """Runs in a line each, by token, and how many there are beside that cannot be read."""

    lines: dict[str, Summary]
    unreadable: int


class Tidied(NamedTuple):
    """What had to go to bring the store within its limit."""

    removed: int  # runs
    given_up: dict[str, list[int]]  # stored steps of runs that stay
