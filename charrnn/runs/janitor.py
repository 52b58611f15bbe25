"""One quiet thread that does things later: it sleeps until the next is due, or for ever."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable


class Janitor:
    """Calls functions after a delay, one after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()  # so that functions due at the same moment are never compared
        self._news = threading.Condition()
        self._open = True
        threading.Thread(target=self._work, daemon=True).start()

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        """Call function() after so many seconds. Returns at once."""
        with self._news:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), function))
            self._news.notify()

    def close(self) -> None:
        """Do nothing any more."""
        with self._news:
            self._open = False
            self._news.notify()

    def _work(self) -> None:
        while True:
            with self._news:
                while self._open and not (self._due and self._due[0][0] <= time.monotonic()):
                    self._news.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if not self._open:
                    return
                function = heapq.heappop(self._due)[2]
            try:
                function()
            except Exception:  # what else is due is done all the same
                logging.getLogger(__name__).exception("What was to be done later could not be done.")
            del function  # or what it is about would be kept until the next is due
