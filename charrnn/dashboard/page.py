"""The page as a table of contents, in the order of the screen: choose, drive, watch, look inside."""

import streamlit as st

from charrnn.dashboard import (
    compare,
    controls,
    filmstrip,
    knows,
    learns,
    my_runs,
    panels,
    player,
    redrawn,
    remembers,
    session,
    sharing,
    streamlit_fixes,
    text_choice,
)
from charrnn.dashboard.redrawn import alone


def page() -> None:
    """The page. A function, or the server would keep what the last visit had: a script's names outlast it."""
    st.set_page_config("CharRNN Lab", page_icon="🧠", layout="wide")

    streamlit_fixes.from_the_top()
    st.html(session.style(st.context.theme.type))
    here = session.open_session()
    redrawn.whole(here, lambda: panels.page_depends_on(here))
    if "present" in st.query_params:
        st.html(f"<style>{streamlit_fixes.PRESENT}</style>")

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


page()
