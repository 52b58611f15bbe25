"""The page, with one more address: /kept tells which texts and how many runs are still in the server's memory, and of
those that have a process or wait for one how they stand and who holds them.
"""

import weakref
from pathlib import Path
from time import monotonic
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.server import descriptors, leaving, policy
from charrnn.dashboard.server.routes import routes
from charrnn.dashboard.session import memory
from charrnn.runs.run import Run
from charrnn.text.corpus import Corpus, size_limit

RUNS: weakref.WeakSet[Any] = weakref.WeakSet()
TEXTS: weakref.WeakSet[Any] = weakref.WeakSet()


def watched(kind: Any, among: weakref.WeakSet[Any]) -> None:
    """Have all that are made of a kind counted as long as they are there."""
    made = kind.__init__

    def init(self: Any, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        among.add(self)

    kind.__init__ = init
    kind.__hash__ = object.__hash__


async def kept(_: Request) -> JSONResponse:
    """The names of texts that were brought, the number of runs, and how those stand that are at work, or unsaved."""
    texts = [text.name for text in TEXTS if text.name.startswith("mine")]
    at_work = [run for run in RUNS if not run.at_rest]
    unsaved = [run for run in RUNS if run.at_rest and not run.is_saved]
    told = {"at work": list(map(standing, at_work)), "unsaved": list(map(unsaved_for, unsaved))}
    return JSONResponse({"texts": texts, "runs": len(RUNS), **told})


def standing(run: Any) -> str:
    """How a run stands, what it was told last, and who holds it."""
    held = [lease.session for lease in run._owner._leases._leases if lease.run is run]
    told = run.last_command and f"{run.last_command.what} {monotonic() - run.last_command.at:.1f} s ago"
    return f"{run.token}: {run.status}, {told}, held by {held}, to be kept {run.keep_until - monotonic():.0f} s"


def unsaved_for(run: Any) -> str:
    """What of a run is not saved, and why."""
    return f"{run.token}: {run.status}, at {run.state_step}, saved to {run.saved_step}, {run.unsaved or ''}"


watched(Run, RUNS)
watched(Corpus, TEXTS)
memory.share_arenas()
streamlit_fixes.keep_clicks()
streamlit_fixes.keep_newest_uploads(2 * size_limit())
app = st.App(
    Path(__file__).resolve().parents[2] / "charrnn/dashboard/page.py",
    routes=[*routes(), Route("/kept", kept)],
    middleware=[*leaving.middleware(), *descriptors.middleware(), *policy.middleware()],
    lifespan=descriptors.lifespan,
)
