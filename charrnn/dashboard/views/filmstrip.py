"""The filmstrip: what the networks of log-spaced steps write, side by side."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import encode_passages, passages
from charrnn.dashboard.language import _
from charrnn.dashboard.pictures.film import as_passages, as_picture, as_text, frames
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.status import stored_steps


def filmstrip(session: Session) -> None:
    """The section; drawn anew with the page, that is, at each stored step."""
    with st.expander(_("**How did it come to write like this?**"), on_change="rerun", key="film") as section:
        if section.open:
            redrawn(lambda: film_of(session), "film-frames", stored_steps(session))


def film_of(session: Session) -> None:
    """The film of this run, and its two exports."""
    run = session.run
    with st.container(horizontal=True, vertical_alignment="bottom"):
        prime = fields.text(
            _("Begin with"),
            "film-prime",
            persist_state="session",
            width=260,
            help=_("Every frame continues from here."),
        )
        temperature = st.slider(
            _("Temperature"),
            *(0.0, 2.0, 0.8, 0.1),
            key="film-temperature",
            persist_state="session",
            width=220,
            help=explained("", "temperature"),
        )
        seed = st.number_input(
            _("Seed"), 0, 2**32 - 1, 1, key="film-seed", persist_state="session", width=120, help=explained("", "seed")
        )
    prime = run.corpus.typed(prime)
    if unseen := run.corpus.vocabulary.unseen(prime):
        st.caption(
            _("Left out, never seen in the text: {unseen}", unseen=words.plain(" ".join(map(words.visible, unseen))))
        )
    film = frames(run.checkpoints, run.corpus, prime, temperature, int(seed))
    passages(encode_passages(as_passages(film, prime), across=4), key="film-passages")
    title = _("{name}: {units} units, from noise to words", name=run.corpus.name, units=run.settings.hidden_size)
    exports = (
        ("text", _("Save as text"), "filmstrip.txt", "text/plain", as_text(film, prime)),
        ("picture", _("Save as picture"), "filmstrip.svg", "image/svg+xml", as_picture(film, prime, title)),
    )
    with st.container(horizontal=True):
        # Made at once: what is made at a click is not found any more if the page was drawn anew just then.
        for kind, label, file, mime, made in exports:
            st.download_button(label, made, file, mime, key=f"film-{kind}", on_click="ignore")
    if len(film) == 1:
        st.caption(_("So far only the untrained network has written. Train it: steps 10, 30, 100 … follow here."))
