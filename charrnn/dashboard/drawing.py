"""A picture as it was made last: once for all browsers that see the same, and no more often than a server can bear.

Where making it fails, it is tried again, more and more seldom. What is made while a browser comes to see something else
may show some of either: it is nobody's.
"""

import threading
from collections.abc import Callable, Hashable
from math import inf
from time import monotonic, thread_time
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from charrnn.network.parameters import unbounded

BYTES_A_SECOND = 110_000  # of one picture: what a phone can take; a larger one moves less often
SHARE = 0.1  # of the time at most is spent on making one picture
LONGEST_REST = 60.0  # seconds until one that fails is tried again


class Drawing:
    """The newest of a picture, for all who see the same. `version` is of what it shows, None before the first."""

    def __init__(self) -> None:
        self.frame = b""
        self.version: int | None = None
        self.seconds = inf  # of a processor, that making it took the last time
        self._began = self._rests_until = -inf  # on the monotonic clock
        self._failures = 0  # one after the other
        self._making = threading.Lock()

    def due(self, version: int, pause: float) -> bool:
        """Whether it shows another version, and may be made again `pause` seconds after it was made last."""
        return self.version != version and monotonic() >= max(self._rests_until, self._began + pause)

    def renew(self, make: Callable[[], bytes | None], version: int, *, wait: bool) -> None:
        """Make it as of a version, unless that has been done; without `wait` not where another thread is at it.

        Raises what `make` raises, and then stays as it was; also where that is None, which is nobody's.
        """
        if not self._making.acquire(blocking=wait):
            return
        try:
            if self.version != version:
                self._make(make, version)
        finally:
            self._making.release()

    def _make(self, make: Callable[[], bytes | None], version: int) -> None:
        self._began, spent = monotonic(), thread_time()
        try:
            frame = unbounded(make)()
        except Exception:
            self._failures += 1
            self._rests_until = self._began + min(2.0**self._failures, LONGEST_REST)
            raise
        if frame is None:
            return
        self.seconds, self._failures = thread_time() - spent, 0
        self._rests_until = self._began + max(len(frame) / BYTES_A_SECOND, self.seconds / SHARE)
        self.frame, self.version = frame, version


_SHARED: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()
_SHARING = threading.Lock()
Common = TypeVar("Common")


def shared(key: Hashable, kind: Callable[[], Common]) -> Common:
    """What all browsers have in common that see what `key` says: there as long as one of them has it."""
    with _SHARING:
        found: Common = _SHARED.get(key) or _SHARED.setdefault(key, kind())
        return found
