"""CharRNN Lab, the page as a table of contents: choose, drive, watch, look inside."""

import os

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before NumPy: charrnn/__init__.py says why

import streamlit as st

from charrnn.dashboard import (
    clicks,
    compare,
    controls,
    descriptors,
    filmstrip,
    knows,
    learns,
    letting_go,
    live,
    my_runs,
    panels,
    player,
    redrawn,
    remembers,
    session,
    sharing,
    text_choice,
)
from charrnn.dashboard.redrawn import alone


def page() -> None:
    """The page. A function, or the server would keep what the last visit had: its script's names outlast it."""
    st.set_page_config("CharRNN Lab", page_icon="🧠", layout="wide")

    redrawn.from_the_top()
    st.html(session.style(st.context.theme.type))
    here = session.open_session()
    redrawn.whole(here, lambda: panels.page_depends_on(here))
    if "present" in st.query_params:
        st.html("<style>html { font-size: 140% !important }</style>")  # for a projector: everything is sized in rem

    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", key="header"):
        st.markdown("**CharRNN Lab**", width="content")
        if not here.watching:
            alone(lambda: text_choice.text(here), "text")
            alone(lambda: controls.network(here), "network")
            alone(lambda: controls.learning(here), "learning")
            alone(lambda: my_runs.my_runs(here), "my-runs")
        alone(lambda: panels.sentence(here), "sentence")
        alone(lambda: sharing.share(here), "share")
    with st.container():  # a question comes and goes without moving what follows, which would all be built anew
        if here.proposal:
            alone(lambda: controls.confirm(here), "confirm")
        if here.forking:
            alone(lambda: compare.fork(here), "fork-asked")

    alone(lambda: player.player(here), "player")
    panels.first_screen(here)
    if not here.arriving:  # who arrives sees the first screen before the browser loads what the rest of the page needs
        alone(lambda: knows.knows(here), "knows")
        alone(lambda: remembers.remembers(here), "remembers")
        alone(lambda: learns.learns(here), "learns")
        alone(lambda: filmstrip.filmstrip(here), "film")
        if not here.watching:
            alone(lambda: compare.compare(here), "compare")
    here.arriving = False
    alone(lambda: my_runs.remember(here), "remember")
    session.settle()


if live.is_server():  # the server looks here, once, for the routes that it is to have; then every visit runs this file
    clicks.keep()
    letting_go.keep_newest()
    app = st.App(__file__, routes=live.routes(), middleware=descriptors.middleware(), lifespan=descriptors.lifespan)
else:
    page()
