"""The page, with one more address: /kept tells which texts and how many runs are still in the server's memory."""

import weakref
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.server import descriptors
from charrnn.dashboard.server.routes import routes
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
    """The names of texts that were brought, and the number of runs."""
    texts = [text.name for text in TEXTS if text.name.startswith("mine")]
    return JSONResponse({"texts": texts, "runs": len(RUNS)})


watched(Run, RUNS)
watched(Corpus, TEXTS)
streamlit_fixes.keep_clicks()
streamlit_fixes.keep_newest_uploads(2 * size_limit())
app = st.App(
    Path(__file__).resolve().parents[2] / "charrnn/dashboard/page.py",
    routes=[*routes(), Route("/kept", kept)],
    middleware=descriptors.middleware(),
    lifespan=descriptors.lifespan,
)
