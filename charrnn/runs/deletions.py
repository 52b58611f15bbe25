"""Runs that are to be deleted for good some time from now, unless they are kept by then."""

from collections.abc import Callable
from contextlib import suppress

from charrnn.runs.janitor import Janitor
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError


class Deletions:
    """Should this server end before the time has come, the next one deletes them, and counts anew: no clock lasts that
    is never set back.

    `close(token)` ends a run that is in memory, `forget(token)` lets it go.
    """

    def __init__(
        self, store: Store | None, janitor: Janitor, close: Callable[[str], None], forget: Callable[[str], None]
    ) -> None:
        self._store, self._janitor, self._close, self._forget = store, janitor, close, forget
        self._asked: dict[str, object] = {}  # by token, what asked for it last
        if store:
            janitor.later(0, self._go_on)

    def delete(self, token: str, after: float) -> None:
        """Delete a run so many seconds from now."""
        if self._store:
            with suppress(StoreError):
                self._store.delete(token, after)
        self._later(token, after)

    def keep(self, token: str) -> None:
        """Undo delete."""
        self._asked.pop(token, None)
        if self._store:
            with suppress(StoreError):
                self._store.keep(token)

    def _go_on(self) -> None:
        """Have gone in time what another server was to delete, unless it is kept there by then."""
        assert self._store
        with suppress(StoreError):
            for token, seconds in self._store.deleted().items():
                self._later(token, seconds, elsewhere=True)

    def _later(self, token: str, after: float, elsewhere: bool = False) -> None:
        asked = self._asked[token] = object()
        self._janitor.later(after, lambda: self._delete(token, asked, elsewhere))

    def _delete(self, token: str, asked: object, elsewhere: bool) -> None:
        if elsewhere and self._store and token not in self._store.deleted():
            return
        if self._asked.get(token) is not asked:  # it was kept, or deleted once more since
            return
        self._asked.pop(token, None)
        self._close(token)
        if self._store:
            with suppress(StoreError):  # the next server does it
                self._store.remove(token)
        self._forget(token)  # last, or whoever looks meanwhile would fetch it from the store again
