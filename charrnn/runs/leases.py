"""Who holds a run: browser sessions hold leases, and a run that nobody holds any more is put to rest.

A connection drops often (a phone sleeps, a page is reloaded), so a released lease counts on for a grace period.
"""

import threading
from collections.abc import Callable

from charrnn.runs.janitor import Janitor
from charrnn.runs.run import Run


class Lease:
    """One session's hold on one run."""

    def __init__(self, run: Run, session: str, later: Callable[["Lease"], None]) -> None:
        self.run, self.session = run, session
        self._later = later

    def release(self) -> None:
        """Let go, from any thread, at once: it takes effect after the grace period unless taken anew before."""
        self._later(self)


class Leases:
    """All leases of an engine; `left(run)` is called when the last one on a run has ended."""

    def __init__(self, grace: float, janitor: Janitor, lock: threading.RLock, left: Callable[[Run], None]) -> None:
        self._grace, self._janitor, self._lock, self._left = grace, janitor, lock, left
        self._leases: list[Lease] = []
        self.taken = False  # whether there are sessions that hold runs: a command has none

    def take(self, run: Run, session: str) -> Lease:
        """A lease for a session; it replaces the session's earlier one, on whatever run that was."""
        lease = Lease(run, session, self._release)
        with self._lock:
            for earlier in [lease for lease in self._leases if lease.session == session]:
                if earlier.run is run:
                    self._leases.remove(earlier)
                else:
                    earlier.release()
            self._leases.append(lease)
            self.taken = True
        return lease

    def held(self, run: Run) -> bool:
        """Whether some session holds the run, its grace period included."""
        return any(lease.run is run for lease in self._leases)

    def abandoned(self, run: Run) -> bool:
        """Whether nobody holds it where runs are held by sessions."""
        return self.taken and not self.held(run)

    def _release(self, lease: Lease) -> None:
        self._janitor.later(self._grace, lambda: self._end(lease))

    def _end(self, lease: Lease) -> None:
        with self._lock:
            if lease in self._leases:  # it has not been replaced meanwhile
                self._leases.remove(lease)
                if not self.held(lease.run):
                    self._left(lease.run)
