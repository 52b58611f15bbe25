"""Where training has blown up: said at once, with the likely cause and a way back."""

from math import isnan

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Span
from charrnn.dashboard.session.session import Session
from charrnn.runs.blowup import BlowUp, blow_up
from charrnn.training.settings import LIMITS


def found(session: Session) -> BlowUp | None:
    """What there is to say of the network shown; None where all is well, and of networks of the past."""
    run = session.run
    if session.view.past:
        return None
    return blow_up(run.record, run.settings, len(run.corpus.vocabulary), run.lost)


def in_words(blown: BlowUp, V: int, rate: float) -> list[Span]:
    """The headline then; `rate` is the learning rate in force."""
    if isnan(blown.loss):
        said = "It has blown up: its loss was no number any more."
        return [(said, "strong"), (f" {cause_in_words(blown, rate)}", "")]
    return [
        (f"It has blown up: now it is worse than a blind guess among {V} characters.", "strong"),
        (f" {cause_in_words(blown, rate)}", ""),
        (f" {blown.loss:.2f} nats = {words.bits(blown.loss):.2f} bits a character, on what it read last", "muted"),
    ]


def cause_in_words(blown: BlowUp, rate: float) -> str:
    """What is likely to have done it."""
    if blown.cause:
        return (
            f"Likely cause: the {setting(blown.cause.name)} of {blown.cause.value:g}, set at step {blown.cause.step:,}."
        )
    if blown.sound == 0:
        return f"Likely cause: the learning rate of {rate:g}. Start over with a lower one."
    return f"Perhaps the learning rate of {rate:g} is too high, or the text is another from here on."


def setting(name: str) -> str:
    """What a setting is called."""
    return name.replace("_", " ")


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
        f"Back to step {step:,}",
        key="back-to-sound",
        icon=":material/undo:",
        on_click=back,
        help=f"The last stored step at which all was well, with the {setting(name)} at {low:g}. What came after is "
        "forgotten.",
    )
