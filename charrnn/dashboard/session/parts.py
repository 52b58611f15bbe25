"""Parts of the page: each is drawn anew by itself, and where one fails the others stand."""

import logging
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Literal

import streamlit as st

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.channel import PAGE
from charrnn.dashboard.components import link
from charrnn.dashboard.language import _, by_name, spoken, within
from charrnn.dashboard.session.called import called_first
from charrnn.dashboard.session.gate import in_turn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.speaking import speak
from charrnn.network.parameters import unbounded

HEEDED = ("temperature", "works", "watched", "guessing", "knows", "remembers", "learns", "film", "compare", "bug")


def alone(draw: Callable[[], Any], name: str) -> None:
    """Draw a part of the page; where that fails, a sentence stands there, and the log has the reason.

    Only what Streamlit itself stops or redraws a script with (st.stop, st.rerun) passes: that is no Exception.
    """
    try:
        unbounded(draw)()
    except Exception:
        logging.getLogger(__name__).exception("The part %s of the page could not be drawn.", name)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"failed-{name}"):
            said = _(
                "{part} could not be drawn; the rest of the page stands. Try it again, or train on.",
                part=called_first(name),
            )
            st.text(said, width="content")
            st.button(_("Try again"), key=f"again-{name}", type="tertiary")


def redrawn(
    draw: Callable[[], Any],
    key: str,
    depends: Callable[[], Hashable] | None = None,
    width: Literal["stretch", "content"] = "stretch",
    every: float = 0.0,
) -> None:
    """Draw a part of the page, and again when something in it is used or what it `depends` on has changed: one that
    moves at most once in `every` seconds, and only in sight (live.js looks for its key).

    Each has a container of its own. A busy server may send redraws before the page has reached the browser whole, and
    in another order: side by side, one would be looked for at a place that does not exist yet, and the browser would
    give up ("Bad delta path index") with an empty page.
    """

    def part() -> None:
        session: Session = st.session_state["session"]
        speak()
        heed(session)
        session.channel.part(key, as_read(depends or tuple), every)
        if depends:
            link(session.channel.path, key, key=f"link-{key}", on_ask=with_others)
        with in_turn():
            alone(draw, key)

    with st.container(width=width, key=f"part-{key}" if every else None):
        st.fragment(part, key=key)()


def as_read(depends: Callable[[], Hashable]) -> Callable[[], Hashable]:
    """The same in the language spoken here: others ask it, and there may be words in it."""
    code = spoken()
    return lambda: within(code, depends)


def with_others() -> None:
    """A part asks to be redrawn. Where something was used just then in one that would not be, the whole page is."""
    if streamlit_fixes.leaves_out():
        st.rerun()


def anew(*parts: str) -> Callable[[], None]:
    """A widget's callback: have these parts drawn anew, as far as they stand on the page, and not the one that it
    stands in."""

    def ask() -> None:
        session: Session = st.session_state["session"]
        st.rerun(session.channel.standing(*parts) or "app")

    return ask


def switch(
    label: str, options: Mapping[str, Any], key: str, default: str, *parts: str, words: Mapping[str, str] | None = None
) -> None:
    """One of a few choices, upon which parts of the page are drawn anew. `words` says how each is called."""
    st.segmented_control(
        label,
        list(options),
        default=default,
        format_func=by_name(words) if words else str,
        key=key,
        label_visibility="collapsed",
        required=True,
        wrap=True,
        persist_state="session",
        on_change=anew(*parts),
    )


def heed(session: Session) -> None:
    """Note what some widgets hold, for those who cannot ask: lessons do in other threads."""
    session.widgets = {key: st.session_state[key] for key in HEEDED if key in st.session_state}


def whole(session: Session, depends: Callable[[], Hashable]) -> None:
    """Have the whole page drawn again when what it `depends` on has changed.

    Asked for from within a fragment: a request for the whole page that comes just when a click is being taken in would
    have Streamlit forget the click; one for a fragment waits for its turn.
    """
    heed(session)
    session.channel.part(PAGE, as_read(depends))

    def asked() -> None:
        if link(session.channel.path, PAGE, key="link") and session.channel.is_due(PAGE):
            st.rerun()

    with st.container(key="link-whole"):
        st.fragment(asked, key="whole")()
