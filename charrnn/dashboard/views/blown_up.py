"""Where training has blown up: said at once, with the likely cause and a way back."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Span
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.runs.blowup import BlowUp, Raised, blow_up


def found(session: Session) -> BlowUp | None:
    """What there is to say of the network shown; None where all is well, and of networks of the past."""
    run = session.run
    if session.view.past:
        return None
    return blow_up(run.record, run.settings, len(run.corpus.vocabulary), run.lost)


def in_words(blown: BlowUp, V: int, rate: float) -> list[Span]:
    """The headline then; `rate` is the learning rate in force."""
    return [
        (f"It has blown up: now it is worse than a blind guess among {V} characters.", "strong"),
        (f" {cause_in_words(blown, rate)}", ""),
        (f" {blown.loss:.2f} nats = {words.bits(blown.loss):.2f} bits a character, on what it read last", "muted"),
    ]


def cause_in_words(blown: BlowUp, rate: float) -> str:
    """What is likely to have done it."""
    if blown.cause:
        return f"Likely cause: the {setting(blown.cause)} of {blown.cause.value:g}, set at step {blown.cause.step:,}."
    if blown.sound == 0:
        return f"Likely cause: the learning rate of {rate:g}. Start over with a lower one."
    return f"Perhaps the learning rate of {rate:g} is too high, or the text is another from here on."


def setting(raised: Raised) -> str:
    """What a setting is called."""
    return raised.name.replace("_", " ")


def way_back(session: Session) -> None:
    """A button that leads back, there as long as it is needed."""
    redrawn(lambda: button(session), "way-back", lambda: offer(session), width="content")


def offer(session: Session) -> tuple[int, Raised | None] | None:
    """What the button would do: the step that it leads back to, and what is lowered again."""
    blown = None if session.watching else found(session)
    return (blown.sound, blown.cause) if blown else None


def button(session: Session) -> None:
    """Back to the last stored step at which all was well, with what was raised since as it was before."""
    offered = offer(session)
    if not offered:
        return
    step, cause = offered

    def back() -> None:
        session.rewind(step)
        if cause and not session.standing and getattr(session.run.in_force, cause.name) == cause.value:
            session.run.set(**{cause.name: cause.before}, by=session.name)
        st.rerun()

    lowered = f", with the {setting(cause)} at {cause.before:g} again" if cause else ""
    st.button(
        f"Back to step {step:,}",
        key="back-to-sound",
        icon=":material/undo:",
        on_click=back,
        help=f"The last stored step at which all was well{lowered}. What came after is forgotten.",
    )
