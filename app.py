"""CharRNN Lab, the page as a table of contents: choose, drive, watch, look inside."""

import os

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before NumPy: charrnn/__init__.py says why

import streamlit as st

from charrnn.dashboard import (
    clicks,
    compare,
    controls,
    filmstrip,
    knows,
    learns,
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

if live.is_server():  # the server looks here, once, for the routes that it is to have; then every visit runs this file
    clicks.keep()
    app = st.App(__file__, routes=live.routes())
else:
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
            text_choice.text(here)
            controls.network(here)
            controls.learning(here)
            my_runs.my_runs(here)
        panels.sentence(here)
        sharing.share(here)
    with st.container():  # a question comes and goes without moving what follows, which would all be built anew
        if here.proposal:
            controls.confirm(here)
        if here.forking:
            compare.fork(here)

    player.player(here)
    panels.first_screen(here)
    if not here.arriving:  # who arrives sees the first screen before the browser loads what the rest of the page needs
        knows.knows(here)
        remembers.remembers(here)
        learns.learns(here)
        filmstrip.filmstrip(here)
        if not here.watching:
            compare.compare(here)
    here.arriving = False
    my_runs.remember(here)
    session.settle()
