"""Runs that another process trains, as the command line does: shown here as they go on, while somebody looks.

What the other one saves is taken up every few seconds, with its curve and samples; in between it has the present
picture in the store, which moves as that of a run of one's own. It is followed until somebody here tells the run
something: whoever trains it on from here, or takes it back, has it.
"""

import io
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from charrnn.runs import messages
from charrnn.runs.in_memory import InMemory
from charrnn.runs.janitor import Janitor
from charrnn.runs.keeper import Found, Keeper
from charrnn.runs.messages import MessageError
from charrnn.runs.run import Run
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError

SECONDS, MOVING_SECONDS = 1.0, 0.2  # between two looks, and where a run is seen to move
QUIET_SECONDS = 5.0  # after which nobody is taken to train it any more
SHARE = 0.05  # of the time that may be spent on opening what is saved, which takes long for long runs
FRAME_SECONDS, BYTES_A_SECOND = 0.15, 4e6  # between two pictures that are put into the store, longer for large ones


class Showing:
    """What a process has others see of a run that it trains; a context manager, at whose end nothing more is seen."""

    def __init__(self, store: Store, run: Run) -> None:
        self._store, self._run = store, run
        self._step, self._due = 0, 0.0  # shown last, and when the next may be

    def __enter__(self) -> "Showing":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(StoreError):
            self._store.hide(self._run.token)

    def show(self) -> None:
        """Have it seen as it is now; where it is no further, that somebody is at work."""
        now, frame = self._run.snapshot, None
        if time.monotonic() < self._due:
            return
        if self._step < now.step == now.parameters_step:
            self._step, frame = now.step, picture(self._run)
        large = len(frame) / BYTES_A_SECOND if frame else 0
        self._due = time.monotonic() + min(max(FRAME_SECONDS, large), QUIET_SECONDS / 2)
        with suppress(StoreError):  # what is to be saved fails as well, and says so
            self._store.show(self._run.token, frame)


def picture(run: Run) -> bytes:
    """The present picture of a run, as a worker tells it."""
    now = run.snapshot
    fields = now._asdict() | {"seconds": run.curve.clock[-1][1] if run.curve.clock else 0.0}
    del fields["parameters"], fields["parameters_step"], fields["memory"]
    frame = io.BytesIO()
    messages.write(frame, "progress", fields, {"parameters": now.parameters.flat})
    return frame.getvalue()


@dataclass
class Seen:
    """What was last found of a run."""

    saved: int  # the newest step
    shown: int  # how often it was shown since somebody began to, 0 where nobody does
    opened: int  # the newest step that was opened, or could not be
    moved: float = -QUIET_SECONDS  # when the first two changed last, by the monotonic clock
    due: float = 0.0  # when one may be opened again

    def moves(self, saved: int, shown: int) -> bool:
        """Whether somebody trains it, now that these two are found."""
        if (saved, shown) != (self.saved, self.shown):
            ended = self.shown and not shown
            self.moved = -QUIET_SECONDS if ended else time.monotonic()
            self.saved, self.shown = saved, shown
        return time.monotonic() < self.moved + QUIET_SECONDS


class Following:
    """Looks for what others do with the runs in memory; `held(run)`: somebody holds it."""

    def __init__(
        self, keeper: Keeper, janitor: Janitor, lock: threading.RLock, runs: InMemory, held: Callable[[Run], bool]
    ) -> None:
        self._keeper, self._janitor, self._lock, self._runs, self._held = keeper, janitor, lock, runs, held
        self._seen: WeakKeyDictionary[Run, Seen] = WeakKeyDictionary()
        janitor.later(SECONDS, self._look)

    def _look(self) -> None:
        runs = self._runs.all()
        for run in runs:
            with suppress(StoreError, MessageError, ValueError):  # the run's page says what is wrong with the store
                if self._is_followed(run):
                    self._follow(run)
                elif run.status == "elsewhere":
                    with self._lock:
                        run.stand_by_itself()
        moving = any(run.status == "elsewhere" for run in runs)
        self._janitor.later(MOVING_SECONDS if moving else SECONDS, self._look)

    def _is_followed(self, run: Run) -> bool:
        return run.last_command is None and run.at_rest and run.status != "closed" and self._held(run)

    def _follow(self, run: Run) -> None:
        saved, (shown, frame) = self._keeper.newest(run.token), self._keeper.shown(run.token)
        # What was shown before anybody looked may be of a process that is no more.
        seen = self._seen.setdefault(run, Seen(run.state_step, shown, run.state_step))
        moves = seen.moves(saved, shown)
        found = self._opened(run, seen) if saved > seen.opened and (time.monotonic() >= seen.due or not moves) else None
        with self._lock:
            if not self._is_followed(run):
                return
            if found:
                run.stand_at(found.opening)
            if moves:
                run.stand_elsewhere(messages.read(io.BytesIO(frame)) if frame else None)
            elif run.status == "elsewhere":
                run.stand_by_itself()

    def _opened(self, run: Run, seen: Seen) -> Found | None:
        started, seen.opened = time.monotonic(), seen.saved
        found = self._keeper.found(run.token)
        seen.due = time.monotonic() + (time.monotonic() - started) / SHARE
        return found
