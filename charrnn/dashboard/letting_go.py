"""What visitors bring is let go: of a session's uploads all but the newest, and all of a session that has ended.

Streamlit (1.67) keeps every file that a browser sends until its session ends, though what is learned from is a copy and
the page shows the newest alone. And a session that a browser has left it keeps, with its files, until some other visit
ends after server.disconnectedSessionTTL; to be taken up again it needs no longer than the session's runs are held.
"""

import asyncio
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from charrnn.runs.engine import Engine
from charrnn.runs.leases import Lease
from charrnn.runs.run import Run

_add_file = MemoryUploadedFileManager.add_file
_leaving: dict[str, asyncio.TimerHandle] = {}  # by Streamlit's session, those that are to end; the event loop's own


def keep_newest() -> None:
    """From here on, in this process, a session has one uploaded file."""
    setattr(MemoryUploadedFileManager, "add_file", _add_alone)  # noqa: B010  a type checker allows no assignment


def _add_alone(manager: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
    manager.remove_session_files(session_id)
    _add_file(manager, session_id, file)


class Visit:
    """A browser's connection: the runs that it shows are held for it, and some time after it has left all is let go."""

    def __init__(self) -> None:
        self._leases: list[Lease] = []
        self._grace = 0.0
        self._session: Any = None
        context = get_script_run_ctx()
        assert context
        self._session_id, self._fragments = context.session_id, context.fragment_storage
        self._state = vars(context.session_state).get("_state")

    def hold(self, engine: Engine, runs: list[Run], session: Any) -> None:
        """Hold these runs for a session, which has a name, and no others any more."""
        self._grace, self._session = engine.grace, session
        left = [lease for lease in self._leases if lease.run not in runs]
        held = {lease.run: lease for lease in self._leases if lease.run in runs}
        self._leases = [held.get(run) or engine.lease(run, f"{session.name} {run.token}") for run in runs]
        for lease in left:
            lease.release()

    def leave(self) -> None:
        """The browser has left: unless it comes back within the engine's grace period, the session ends."""
        for lease in self._leases:
            lease.release()
        with suppress(RuntimeError):  # outside the event loop: then Streamlit itself is ending the session
            loop = asyncio.get_running_loop()
            if earlier := _leaving.pop(self._session_id, None):
                earlier.cancel()
            seconds = min(self._grace, max(0.0, st.get_option("server.disconnectedSessionTTL") - 1.0))
            _leaving[self._session_id] = loop.call_later(seconds, self._end)

    def _end(self) -> None:
        del _leaving[self._session_id]
        server = runtime.get_instance()
        if server.is_active_session(self._session_id):
            return
        server.close_session(self._session_id)
        if isinstance(self._state, SessionState):
            # The server's loop still knows the session that it has served last: at least that is to be empty.
            self._state.clear()
            self._state._new_widget_state.widget_metadata.clear()
            self._fragments.clear()
        vars(self._session).clear()  # no collector need come: what still knows it knows nothing then
