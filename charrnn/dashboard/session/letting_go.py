"""What visitors bring is let go: the runs that a browser shows no more, and all of a session whose browser has left."""

import asyncio
from contextlib import suppress
from typing import Any

import streamlit as st

from charrnn.dashboard.session.memory import give_back_soon
from charrnn.dashboard.streamlit_fixes import Connection
from charrnn.runs.engine import Engine
from charrnn.runs.leases import Lease
from charrnn.runs.run import Run

_leaving: dict[str, asyncio.TimerHandle] = {}  # by Streamlit's session, those that are to end; the event loop's own


class Visit:
    """A browser's connection: the runs that it shows are held for it, and some time after it has left all is let go."""

    def __init__(self) -> None:
        self._leases: list[Lease] = []
        self._grace = 0.0
        self._session: Any = None
        self._connection = Connection()

    def hold(self, engine: Engine, runs: list[Run], session: Any) -> None:
        """Hold these runs for a session, which has a name, and no others any more."""
        self._grace, self._session = engine.grace, session
        left = [lease for lease in self._leases if lease.run not in runs]
        held = {lease.run: lease for lease in self._leases if lease.run in runs}
        self._leases = [held.get(run) or engine.lease(run, f"{session.name} {run.token}") for run in runs]
        for lease in left:
            lease.release()
        if self._connection.left:  # while the page was being drawn: nobody else would say so any more
            self.leave()

    def leave(self) -> None:
        """The browser has left: unless it comes back within the engine's grace period, the session ends."""
        leases, self._leases = self._leases, []
        for lease in leases:
            lease.release()
        with suppress(RuntimeError):  # outside the event loop: then Streamlit itself is ending the session
            loop = asyncio.get_running_loop()
            if earlier := _leaving.pop(self._connection.name, None):
                earlier.cancel()
            seconds = min(self._grace, max(0.0, st.get_option("server.disconnectedSessionTTL") - 1.0))
            _leaving[self._connection.name] = loop.call_later(seconds, self._end)

    def _end(self) -> None:
        del _leaving[self._connection.name]
        if self._connection.end():
            self._session.channel.close()
            self._session.ask_no_more()
            vars(self._session).clear()  # no collector need come: what still knows it knows nothing then
            give_back_soon()
