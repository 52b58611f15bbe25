"""What takes long to find out about a network: measured beside the page by a thread, shown with the step it is of.

A measurement belongs to one network (its read-only parameters, compared by identity) and one question. While the next
one is under way the last one stays on the page. The threads compute; they never touch Streamlit or a session.
"""

import logging
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import streamlit as st

from charrnn.dashboard.player import running
from charrnn.dashboard.redrawn import redrawn
from charrnn.dashboard.session import Session
from charrnn.dashboard.turns import Turns
from charrnn.network.rnn import Array, Parameters

LARGE = 512  # units: with more of them a measurement takes more than two or three seconds


@dataclass
class Measurement:
    """A finding, or one to come."""

    parameters: Parameters
    origin: Any  # the run, text and settings that it is about
    step: int
    about: Any
    future: Future[Any]
    earlier: "Measurement | None"  # the last finding before it

    @property
    def failed(self) -> bool:
        """Whether there was an error instead of a finding."""
        return self.future.done() and not self.future.cancelled() and self.future.exception() is not None

    @property
    def latest(self) -> "Measurement | None":
        """The last finding: this one once it is there."""
        found = self.future.done() and not self.future.cancelled() and not self.failed
        return self if found else self.earlier

    @property
    def value(self) -> Any:
        """What was found."""
        return self.future.result()


@st.cache_resource(show_spinner=False)
def turns(large: bool) -> Turns:
    """One thread for all browsers, which take turns, and one for large networks, so that others wait for none: a class
    that pauses at once waits in line, and its clicks do not."""
    return Turns().served("measuring large ones" if large else "measuring")


Work = Callable[[Session], Callable[[], Any]]  # what is to be done for the network that a session shows now


def measure(session: Session, name: str, work: Work, about: Any = ()) -> None:
    """Have `work` done for the network that is shown, unless that has been done or is under way."""
    view, last = session.view, session.measurements.get(name)
    if last and last.parameters is view.parameters and last.about == about and not last.future.cancelled():
        return
    if last:
        last.future.cancel()
    earlier = last.latest if last else None
    if earlier:
        earlier.earlier = None
    future = begun(session, work)
    session.measurements[name] = Measurement(view.parameters, session.origin, view.step, about, future, earlier)

    def done(future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()):
            logging.getLogger(__name__).error("%s could not be measured.", name, exc_info=error)
        session.noticed()

    future.add_done_callback(done)


def begun(session: Session, work: Work) -> Future[Any]:
    """The finding to come; where the work cannot even be begun, that is what went wrong with it."""
    try:
        return turns(session.view.parameters.sizes[1] > LARGE).submit(session.name, work(session))
    except Exception as error:
        future: Future[Any] = Future()
        future.set_exception(error)
        return future


def under_way(session: Session, name: str) -> bool:
    """Whether a finding is to come."""
    measurement = session.measurements.get(name)
    return bool(measurement and not measurement.future.done())


def found(session: Session, name: str) -> Measurement | None:
    """The last finding about this run, at whatever step."""
    measurement = session.measurements.get(name)
    latest = measurement.latest if measurement else None
    return latest if latest and latest.origin == session.origin else None


def kept(session: Session, name: str, work: Callable[[], Any], about: Any = ()) -> Measurement:
    """What takes a tenth of a second: measured at once, and again only for another question or, at rest, network."""
    view = session.view
    last: Measurement | None = session.measurements.get(name)
    fresh = last and (running(session.run) or last.parameters is view.parameters)
    if last and fresh and last.about == about and last.origin == session.origin:
        return last
    future: Future[Any] = Future()
    future.set_result(work())
    last = Measurement(view.parameters, session.origin, view.step, about, future, None)
    session.measurements[name] = last
    return last


def measured_fragment(
    session: Session,
    name: str,
    work: Work,
    draw: Callable[[], str],
    about: Any = (),
    depends: Callable[[], Hashable] = lambda: None,
) -> None:
    """A part of the page, called `name`, that draws what `work` finds: measured at rest, or when asked to.

    `draw` returns what to say beside the step; `depends` is what it shows beside the finding.
    """
    if session.view.step and not running(session.run):
        measure(session, name, work, about)

    redrawn(lambda: state(session, name, work, about, draw()), name, lambda: (told(session, name), depends()))


def told(session: Session, name: str) -> Hashable:
    """What a part of the page depends on that tells of a measurement."""
    measurement = session.measurements.get(name)
    return measurement and (id(measurement), measurement.future.done())


def state(session: Session, name: str, work: Work, about: Any, said: str) -> None:
    """Of which step the finding is, and on what; a button for a new one where it does not come by itself."""

    def now() -> None:
        if last and last.failed:
            session.measurements.pop(name)  # else it would count as done
        measure(session, name, work, about)

    latest, last = found(session, name), session.measurements.get(name)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if under_way(session, name):
            st.caption(f"Step {latest.step:,}{said}; measuring the present one …" if latest else "Measuring …")
        elif last and last.failed:
            st.caption("This could not be measured on the present network: train on, or try it again.")
        elif latest and latest.step != session.view.step:
            st.caption(f"Step {latest.step:,}{said}; measured anew when training pauses.")
        elif latest:
            st.caption(f"Step {latest.step:,}{said}.")
        else:
            st.caption("Measured when training pauses.")
        if last and last.failed:
            st.button("Try again", key=f"{name}-again", type="tertiary", on_click=now)
        elif running(session.run) and not under_way(session, name):
            st.button("Measure now", key=f"{name}-now", type="tertiary", on_click=now)


def held_out(session: Session, characters: int) -> tuple[Array, str]:
    """Ids of up to so many characters that the network never trained on, and how to speak of them."""
    corpus = session.run.corpus
    if len(corpus.held_out_ids) > 2:
        ids = corpus.held_out_ids[:characters]
        return ids, f"{len(ids):,} held-out characters"
    ids = corpus.train_ids[-characters:]
    return ids, f"{len(ids):,} characters that it trains on, since nothing is held out"
