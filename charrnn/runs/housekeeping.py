"""What has to be looked at now and then of the store: whether it is within its limit, and whether its file is there."""

import threading
from collections.abc import Callable
from contextlib import suppress

from charrnn.runs.in_memory import InMemory
from charrnn.runs.janitor import Janitor
from charrnn.runs.run import ACTIVE, Run
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError

FILE_SECONDS = 2.0  # between two looks at whether the store's file is still the one that runs were saved in
AGAIN_SECONDS = 10.0  # until what could not be saved of a run at rest is tried again
TIDY_SECONDS = 600.0  # between two looks at the size of the store


class Housekeeping:
    """Looks after a store, and tells the runs in memory what of theirs is gone; `held(run)`: somebody holds it."""

    def __init__(
        self, store: Store, janitor: Janitor, lock: threading.RLock, runs: InMemory, held: Callable[[Run], bool]
    ) -> None:
        self._store, self._janitor, self._lock, self._runs, self._held = store, janitor, lock, runs, held
        self.removed = 0  # saved runs that had to go, to keep the store within its limit
        self._file = store.file()  # as it was when last looked at
        janitor.later(FILE_SECONDS, self._look_for_file)
        janitor.later(AGAIN_SECONDS, self._try_again)
        janitor.later(0, self._tidy)

    def _tidy(self) -> None:
        with suppress(StoreError):  # each run's page says what is wrong with the store
            with self._lock:
                at_work = [run.token for run in self._runs.all() if not run.at_rest or self._held(run)]
            tidied = self._store.tidy(at_work=at_work)
            self.removed += tidied.removed
            for token, steps in tidied.given_up.items():
                if run := self._runs.get(token):
                    run.give_up(steps)
        self._janitor.later(TIDY_SECONDS, self._tidy)

    def _look_for_file(self) -> None:
        """Tell runs that do not train where what was saved of them is gone; a worker that saves tells it itself."""
        before, self._file = self._file, self._store.file()
        if not self._file or self._file != before:
            saved: set[str] = set()
            with suppress(StoreError):
                saved = set(self._store.tokens() if self._file else ())
            with self._lock:
                for run in self._runs.all():
                    if run.status not in ACTIVE and run.token not in saved:
                        run.lose_saved()
        self._janitor.later(FILE_SECONDS, self._look_for_file)

    def _try_again(self) -> None:
        """Save what was set of runs at rest while the store could not be written to: no worker does till they train."""
        for run in self._runs.all():
            if run.waits_to_be_saved and run.status not in ACTIVE:
                run.save_changes()
                if run.unsaved:
                    break  # it still cannot be, and each try may wait for it
        self._janitor.later(AGAIN_SECONDS, self._try_again)
