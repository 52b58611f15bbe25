"""How a visit begins: the run of its link, its own from before, or a new one."""

import gc

import streamlit as st

from charrnn.dashboard.language import LANGUAGES, sentence_of
from charrnn.dashboard.session import links, showing, speaking, texts
from charrnn.dashboard.session.letting_go import Visit
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.runs.store_types import StoreError
from charrnn.sentence import Sentence
from charrnn.text.corpus import CorpusError
from charrnn.training.settings import Settings, SettingsError

PANELS = ("text", "network", "learning", "my-runs", "stop-at", "go-on")  # they close once something was chosen in them


# Choices of how something is drawn, and of what lies beside the page.
KEPT_IN_ADDRESS = ("present", "unit", "across", "axis", "smoothing", "lesson", "place")


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """To be called once the page stands: else collections go through all that was loaded, 30 to 70 ms."""
    gc.collect()
    gc.freeze()


def open_session() -> Session:
    """This browser's session: the run of its link, its own from before, or a new one as the link describes it."""
    query = st.query_params.to_dict()
    token = query.get("watch") or query.get("run") or ""
    session: Session | None = st.session_state.get("session")
    if session is None or session.led_elsewhere(token):
        session = st.session_state["session"] = opened(query)
        session.shown, wrong = showing.linked(query.get(showing.LINK, ""))
        if wrong := speaking.linked(query.get(speaking.LINK, "")) or wrong:
            session.say(wrong)
    session.presents = "present" in query
    session.link()
    kept = {"watch" if session.watching else "run": session.linked}
    kept |= {name: query[name] for name in KEPT_IN_ADDRESS if name in query}
    if query.get(speaking.LINK) in LANGUAGES:
        kept[speaking.LINK] = query[speaking.LINK]
    if shown := showing.link(session.shown):
        kept[showing.LINK] = shown
    if query != kept:
        st.query_params.from_dict(kept)
    # A browser that had not yet heard of a panel's closing may have asked for it once more: it would cover a question.
    if session.closing or session.proposal or session.forking:
        session.closing = False
        st.session_state.update(dict.fromkeys(PANELS, False))
    session.channel.begin()
    visit().hold(engine(), session.compared_runs(), session)
    return session


def opened(query: dict[str, str]) -> Session:
    """A session on the run that a link names; without one, on a new run as the link describes it."""
    try:
        if "watch" in query and (run := engine().find_watched(query["watch"])):
            return Session(run, watching=True)
        if "run" in query and (run := engine().find(query["run"])):
            return Session(run)
        notice = (
            Sentence("No run is kept under this link any more: here is a new one.")
            if {"run", "watch"} & set(query)
            else ""
        )
        run, bare = engine().create(*links.experiment(query)), not set(query) - {speaking.LINK}
        session = Session(run, greets="lesson" not in query, returns=bare)
    except (CorpusError, SettingsError, StoreError) as error:
        notice, session = sentence_of(error), Session(engine().create(texts.first(), Settings()))
    session.say(notice)
    return session


@st.cache_resource(scope="session", show_spinner=False, on_release=Visit.leave)
def visit() -> Visit:
    """The browser's connection, which holds its runs until it drops."""
    return Visit()
