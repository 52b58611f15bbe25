"""The page as a table of contents, in the order of the screen: choose, drive, watch, look inside."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.controls import my_runs, player, sentence, settings, sharing, text
from charrnn.dashboard.inside import knows, learns, remembers, works
from charrnn.dashboard.lessons import sidebar, welcome
from charrnn.dashboard.session import gate, parts, speaking, visit
from charrnn.dashboard.session.parts import alone
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.views import board, compare, filmstrip, first_screen, guessing, nodes, watched

STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")  # what the theme cannot say


def page() -> None:
    """The page. A function, or the server would keep what the last visit had: a script's names outlast it."""
    st.set_page_config("CharRNN Lab", page_icon="🧠", layout="wide", initial_sidebar_state="expanded")

    speaking.speak()
    streamlit_fixes.from_the_top()
    st.html(f"<style>{STYLE}{streamlit_fixes.style(st.context.theme.type)}</style>")
    if board.LINK in st.query_params:
        alone(board.board, "board")
        return
    if nodes.LINK in st.query_params:
        alone(nodes.nodes, "nodes")
        return
    here = visit.open_session()

    def part(draw: Callable[[Session], None], name: str) -> None:
        """A part of the page that the link may leave out."""
        if name in here.shown:
            alone(lambda: draw(here), name)

    alone(lambda: sidebar.beside(here), "beside")
    parts.whole(here, lambda: first_screen.page_depends_on(here))
    if here.presents:
        st.html(f"<style>{streamlit_fixes.PRESENT}</style>")

    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", key="header"):
        st.markdown("# CharRNN Lab", width="content", anchors=False)
        if here.watching:
            corpus, now = here.run.corpus, here.run.in_force
            said = text.of_text(corpus.name), settings.of_network(now), settings.of_learning(now)
            st.caption(" · ".join(said), width="content")
        else:
            part(text.text, "text")
            part(settings.network, "network")
            part(settings.learning, "learning")
            part(my_runs.my_runs, "my-runs")
        part(sentence.sentence, "sentence")
        part(sidebar.button, "lessons")
        part(sharing.share, "share")
    with st.container():  # a question comes and goes without moving what follows, which would all be built anew
        if here.welcome:
            alone(lambda: welcome.welcome(here), "welcome")
        elif here.returns:
            alone(lambda: my_runs.last_run(here), "last-run")
        if here.proposal:
            alone(lambda: settings.confirm(here), "confirm")
        elif here.forking:  # one question at a time: Streamlit draws no second one
            alone(lambda: compare.fork(here), "fork-asked")

    part(player.player, "player")
    first_screen.first_screen(here)
    if not here.arriving:  # who arrives sees the first screen before the browser loads what the rest of the page needs
        part(works.works, "works")
        part(watched.watched, "watched")
        part(guessing.guessing, "guessing")
        part(knows.knows, "knows")
        part(remembers.remembers, "remembers")
        part(learns.learns, "learns")
        part(filmstrip.filmstrip, "film")
        if not here.watching:
            part(compare.compare, "compare")
        alone(speaking.choice, "language")
    here.arriving = False
    alone(lambda: my_runs.remember(here), "remember")
    here.channel.end()
    visit.settle()


with gate.in_turn():
    page()
