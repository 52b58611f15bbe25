"""Where training has blown up: said at once, with the likely cause and a way back."""

from math import isnan

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Span
from charrnn.dashboard.language import _
from charrnn.dashboard.session.session import Session
from charrnn.runs.blowup import BlowUp, blow_up
from charrnn.training.settings import LIMITS, WORDS


def found(session: Session) -> BlowUp | None:
    """What there is to say of the network shown; None where all is well, and of networks of the past."""
    run = session.run
    if session.view.past:
        return None
    return blow_up(run.record, run.settings, len(run.corpus.vocabulary), run.lost)


def in_words(blown: BlowUp, V: int, rate: float) -> list[Span]:
    """The headline then; `rate` is the learning rate in force."""
    if isnan(blown.loss):
        said = _("It has blown up: its loss was no number any more.")
        return [(said, "strong"), (f" {cause_in_words(blown, rate)}", "")]
    return [
        (_("It has blown up: now it is worse than a blind guess among {V} characters.", V=V), "strong"),
        (f" {cause_in_words(blown, rate)}", ""),
        (
            _(
                " {loss:.2f} nats = {bits:.2f} bits a character, on what it read last",
                loss=blown.loss,
                bits=words.bits(blown.loss),
            ),
            "muted",
        ),
    ]


def cause_in_words(blown: BlowUp, rate: float) -> str:
    """What is likely to have done it."""
    if blown.cause:
        return _(
            "Likely cause: the {setting} of {value:g}, set at step {step:,}.",
            setting=setting(blown.cause.name),
            value=blown.cause.value,
            step=blown.cause.step,
        )
    if blown.sound == 0:
        return _("Likely cause: the learning rate of {rate:g}. Start over with a lower one.", rate=rate)
    return _("Perhaps the learning rate of {rate:g} is too high, or the text is another from here on.", rate=rate)


def setting(name: str) -> str:
    """What a setting is called."""
    return _(WORDS[name])


def offer(session: Session) -> tuple[int, str, float, float] | None:
    """What the button would do: the step that it leads back to, what it lowers, from what, and to what."""
    blown = None if session.watching else found(session)
    if not blown:
        return None
    if blown.cause:
        return blown.sound, blown.cause.name, blown.cause.value, blown.cause.before
    rate = session.run.in_force.learning_rate
    return blown.sound, "learning_rate", rate, max(LIMITS["learning_rate"][0], rate / 10)


def button(session: Session) -> None:
    """Back to the last stored step at which all was well, with what was raised as it was before, else a lower rate."""
    offered = offer(session)
    if not offered:
        return
    step, name, high, low = offered

    def back() -> None:
        session.rewind(step)
        if not session.standing and getattr(session.run.in_force, name) == high:
            session.run.set(**{name: low}, by=session.name)
        st.rerun()

    st.button(
        _("Back to step {step:,}", step=step),
        key="back-to-sound",
        icon=":material/undo:",
        on_click=back,
        help=_(
            "The last stored step at which all was well, with the {setting} at {low:g}. What came after is forgotten.",
            setting=setting(name),
            low=low,
        ),
    )
