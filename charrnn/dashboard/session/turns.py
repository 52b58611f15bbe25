"""Work done beside the page, where those who ask take turns: nobody's tenth goes before another's first."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from charrnn.network.parameters import unbounded


class Turns:
    """Who waits, in the order of their turns. Any thread may ask, and any may do the next piece of work."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Hashable, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._news = threading.Condition()

    def submit(self, who: Hashable, work: Callable[[], Any]) -> Future[Any]:
        """The finding to come; its `cancel` takes it out, as long as it has not begun, with all that it would need."""
        future: Future[Any] = Future()
        future.add_done_callback(lambda future: self._forget(who, future) if future.cancelled() else None)
        with self._news:
            self._waiting.setdefault(who, deque()).append((future, work))
            self._news.notify()
        return future

    def _forget(self, who: Hashable, future: Future[Any]) -> None:
        with self._news:
            left = [one for one in self._waiting.get(who, ()) if one[0] is not future]
            if left:
                self._waiting[who] = deque(left)  # where it was in the order of turns
            else:
                self._waiting.pop(who, None)

    def work_off(self, wait: bool = False) -> bool:
        """Do the next piece of work; return whether there was one. Where it fails, its future has the error."""
        with self._news:
            self._news.wait_for(lambda: self._waiting or not wait)
            if not self._waiting:
                return False
            who, own = self._waiting.popitem(last=False)
            future, work = own.popleft()
            if own:
                self._waiting[who] = own  # behind all others
        if future.set_running_or_notify_cancel():
            try:
                found = unbounded(work)()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(found)
        return True

    def served(self, name: str) -> "Turns":
        """These, with a thread of their own that works them off for ever."""

        def work() -> None:
            while True:
                self.work_off(wait=True)

        threading.Thread(target=work, name=name, daemon=True).start()
        return self
