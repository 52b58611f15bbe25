"""What is known of a run: its names, its text and settings, its record, and what of it is saved."""

from dataclasses import replace

from charrnn.runs.curve import Curve
from charrnn.runs.opening import Opening
from charrnn.runs.record import Checkpoint, Snapshot
from charrnn.runs.tokens import new_token, watch_token_of
from charrnn.training.settings import Settings


class Known:
    """A run as it is read, whatever trains it. Attributes are replaced, never written into."""

    def __init__(self, opening: Opening, title: str = "", token: str | None = None) -> None:
        self.token = token or new_token()
        self.title = title  # what its owner calls it
        self.is_untouched = False  # whether it began as anybody's does who only looks
        self.stand_at(opening)

    def stand_at(self, opening: Opening) -> None:
        """Be where it was opened, and know nothing else any more."""
        self.corpus, self.settings, self.record = opening.corpus, opening.settings, opening.record
        self.state = opening.state  # the latest checkpoint handed over, None before the first
        self.state_step = opening.record.snapshot.step
        self.saved_step, self.unsaved = opening.saved_step, opening.unsaved
        self.unsaved_changes: str | None = None  # why what was set while it had no process is not saved
        self.lost: frozenset[int] = frozenset()  # stored steps that had to go, to keep within the run's limit

    def as_it_stands(self) -> "Known":
        """All that is known of it now, to be read at leisure while it trains on."""
        still = object.__new__(Known)
        vars(still).update(vars(self))
        return still

    @property
    def watch_token(self) -> str:
        """The token of its read-only link, from which its own cannot be found."""
        return watch_token_of(self.token)

    @property
    def name(self) -> str:
        """What its owner calls it, else its text's name."""
        return self.title or self.corpus.name

    @property
    def is_saved(self) -> bool:
        """Whether all that is to be kept of it is committed to the store."""
        return self.saved_step == self.state_step and not self.unsaved

    @property
    def waits_to_be_saved(self) -> bool:
        """Whether nothing is missing in the store but what was set while it had no process."""
        return self.saved_step is not None and self.unsaved is not None and self.unsaved == self.unsaved_changes

    @property
    def is_worth_keeping(self) -> bool:
        """Whether something would be lost with it: it is not saved, and more than a visit that only looked."""
        only_seen = self.is_untouched and not self.state and not self.unsaved
        return not self.is_saved and not only_seen

    @property
    def snapshot(self) -> Snapshot:
        """The picture of the present step."""
        return self.record.snapshot

    @property
    def curve(self) -> Curve:
        """The history of the loss."""
        return self.record.curve

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The networks of steps 0, 10, 30, 100 …"""
        return self.record.checkpoints

    @property
    def samples(self) -> tuple[tuple[int, str], ...]:
        """What it wrote: (step, text) at the steps 0, 1, 2, 3, 5, 10, 20 …"""
        return self.record.samples

    @property
    def removed(self) -> int:
        """How many stored steps had to go, the oldest first, to keep within the run's limit."""
        return len(self.lost)

    @property
    def log(self) -> tuple[tuple[int, dict[str, float]], ...]:
        """What was changed while training: (step, change)."""
        return self.record.log

    @property
    def in_force(self) -> Settings:
        """The settings as they hold now: what it began with, and what was set since."""
        return self.in_force_at(self.snapshot.step)

    def in_force_at(self, step: int) -> Settings:
        """The settings as they held at a step."""
        now = self.snapshot
        if step >= now.step:
            return replace(self.settings, learning_rate=now.learning_rate, clip=now.clip)
        set_by_then = {name: value for at, change in self.log if at <= step for name, value in change.items()}
        return replace(self.settings, **set_by_then)  # type: ignore[arg-type]
