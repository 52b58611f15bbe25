"""The runs that a server has in memory: those that somebody holds or that train, and of the others some."""

import threading
from collections.abc import Callable
from weakref import WeakValueDictionary

from charrnn.runs.run import Run

# Runs that nobody holds, kept in memory: so many, with so many characters of text in all (five bytes each, or more),
# beside 10 to 40 MB each; the longest untouched go first. They come back from the store in 0.05 to 1 s.
KEPT_AT_REST = 8, 10_000_000
KEPT_UNSAVED = 200, 100_000_000  # likewise, of those that could not be found again in the store


class InMemory:
    """Runs by token, the longest untouched first; `held(run)` says whether somebody holds one."""

    def __init__(self, lock: threading.RLock, held: Callable[[Run], bool]) -> None:
        self._lock, self._held = lock, held
        self._runs: dict[str, Run] = {}
        # A page may hold a run that is kept here no longer: whoever finds it again gets that one, not a second.
        self._in_use: WeakValueDictionary[str, Run] = WeakValueDictionary()

    def all(self) -> list[Run]:
        """All that are kept."""
        return list(self._runs.values())

    def get(self, token: str) -> Run | None:
        """The run with this token, None where it is not kept."""
        return self._runs.get(token)

    def keep(self, run: Run) -> Run:
        """The run, touched last from now on; where two sessions found it at the same time, one for both."""
        with self._lock:
            run = self._in_use.setdefault(run.token, run)
            self._runs.pop(run.token, None)
            self._runs[run.token] = run
            self.tidy()
            return run

    def forget(self, token: str) -> None:
        """Keep it no longer."""
        self._runs.pop(token, None)

    def tidy(self) -> None:
        """Let go of what is more than is kept. The lock is held."""
        resting = [run for run in self._runs.values() if run.at_rest and not self._held(run)]
        for unsaved, (most, characters) in ((False, KEPT_AT_REST), (True, KEPT_UNSAVED)):
            kept = 0
            for place, run in enumerate(reversed([run for run in resting if run.is_worth_keeping == unsaved]), 1):
                kept += len(run.corpus.text)
                if place > most or kept > characters:
                    del self._runs[run.token]
