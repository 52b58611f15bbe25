"""Runs that another process trains, as the command line does: what it saves is shown here, while somebody looks.

It is followed until somebody here tells the run something: whoever trains it on from here, or takes it back, has it.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from charrnn.runs.in_memory import InMemory
from charrnn.runs.janitor import Janitor
from charrnn.runs.keeper import Keeper
from charrnn.runs.run import Run
from charrnn.runs.store_types import StoreError

SECONDS = 2.0  # between two looks, as often as a run in training is saved
SHARE = 0.05  # of the time that may be spent on it, for runs that take long to open
ELSEWHERE = "Another process trains this run, or has trained it: what it saves is shown here."


class Following:
    """Looks for what others have saved of the runs in memory; `held(run)`: somebody holds it."""

    def __init__(
        self, keeper: Keeper, janitor: Janitor, lock: threading.RLock, runs: InMemory, held: Callable[[Run], bool]
    ) -> None:
        self._keeper, self._janitor, self._lock, self._runs, self._held = keeper, janitor, lock, runs, held
        self._opened: dict[str, int] = {}  # the newest step of each that was tried
        janitor.later(SECONDS, self._look)

    def _look(self) -> None:
        started = time.monotonic()
        for run in self._runs.all():
            with suppress(StoreError):  # the run's page says what is wrong with the store
                if self._is_followed(run) and self._newest(run) > run.state_step:
                    self._take_up(run)
        self._janitor.later(max(SECONDS, (time.monotonic() - started) / SHARE), self._look)

    def _is_followed(self, run: Run) -> bool:
        return run.last_command is None and run.at_rest and run.status != "closed" and self._held(run)

    def _newest(self, run: Run) -> int:
        """The newest step that is saved, 0 where it has been tried already."""
        newest = self._keeper.newest(run.token)
        return newest if newest > self._opened.get(run.token, 0) else 0

    def _take_up(self, run: Run) -> None:
        self._opened[run.token] = self._keeper.newest(run.token)
        found = self._keeper.found(run.token)
        with self._lock:
            if found and self._is_followed(run):
                run.stand_at(replace(found.opening, message=found.opening.message or ELSEWHERE))
