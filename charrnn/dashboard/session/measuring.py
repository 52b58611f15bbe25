"""What takes long to find out about a network: measured beside the page by a thread, shown with the step it is of.

A measurement belongs to one network (its read-only parameters, compared by identity) and one question. While the next
one is under way the last one stays on the page. The threads compute; they never touch Streamlit or a session.
Browsers that ask the same of the same network have one finding, for which one of them works.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st

from charrnn.dashboard.language import _
from charrnn.dashboard.session.called import called, called_first
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.status import running
from charrnn.dashboard.session.turns import Turns
from charrnn.network.parameters import Array, Parameters
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus

LARGE = 512  # units: with more of them a measurement takes more than two or three seconds


@dataclass
class Task:
    """What is done for all browsers that ask it of a network."""

    parameters: Parameters
    future: Future[Any]
    asked_by: int = 0  # so many browsers


@dataclass
class Measurement:
    """A finding, or one to come."""

    parameters: Parameters
    origin: Any  # the run, text and settings that it is about
    step: int
    about: Any
    future: Future[Any]
    earlier: "Measurement | None" = None  # the last finding before it
    task: Task | None = None  # None where it was found at once

    def let_go(self) -> None:
        """This browser no longer asks; where no other does, what has not begun will not."""
        with _ASKING:
            task, self.task = self.task, None
            if task:
                task.asked_by -= 1
                if not task.asked_by:
                    task.future.cancel()

    @property
    def failed(self) -> bool:
        """Whether there was an error instead of a finding."""
        return failed(self.future)

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
    asks = last and (last.task or last.future.done()) and not last.future.cancelled()
    if last and asks and last.parameters is view.parameters and last.about == about:
        return
    if last:
        last.let_go()
    earlier = last.latest if last else None
    if earlier:
        earlier.earlier = None
    task = asked(session, name, work, about)
    session.measurements[name] = Measurement(
        view.parameters, session.origin, view.step, about, task.future, earlier, task
    )


_TASKS: WeakValueDictionary[Hashable, Task] = WeakValueDictionary()
_ASKING = threading.Lock()


def asked(session: Session, name: str, work: Work, about: Any) -> Task:
    """The task of all browsers that ask this of the network shown."""
    view, key = session.view, (name, session.run, session.seen_at, about)
    with _ASKING:
        task = _TASKS.get(key)
        if task is None or task.parameters is not view.parameters or task.future.cancelled() or failed(task.future):
            task = _TASKS[key] = Task(view.parameters, begun(session, name, work))
        task.asked_by += 1
        return task


def begun(session: Session, name: str, work: Work) -> Future[Any]:
    """The finding to come; where the work cannot even be begun, that is what went wrong with it."""
    try:
        future = turns(session.view.parameters.sizes[1] > LARGE).submit(session.name, work(session))
    except Exception as error:
        future = Future()
        future.set_exception(error)

    def done(future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()):
            logging.getLogger(__name__).error("%s could not be measured.", name, exc_info=error)

    future.add_done_callback(done)
    return future


def failed(future: Future[Any]) -> bool:
    """Whether there was an error instead of a finding."""
    return future.done() and not future.cancelled() and future.exception() is not None


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
    view, key = session.view, (name, session.run, session.seen_at, about)

    def known() -> Measurement | None:
        last: Measurement | None = _KEPT.get(key) or session.measurements.get(name)
        fresh = last and (running(session.run) or last.parameters is view.parameters)
        return last if last and fresh and last.about == about and last.origin == session.origin else None

    if not (measurement := known()):
        future: Future[Any] = Future()
        future.set_result(work())
        measurement = Measurement(view.parameters, session.origin, view.step, about, future)
    with _ASKING:  # of two browsers that have worked at the same time, both have the finding of the first
        measurement = known() or measurement
        _KEPT[key] = session.measurements[name] = measurement
    return measurement


_KEPT: WeakValueDictionary[Hashable, Measurement] = WeakValueDictionary()


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
    at_rest(session, name, work, about)
    redrawn(lambda: state(session, name, work, about, draw()), name, lambda: (told(session, name), depends()))


def at_rest(session: Session, name: str, work: Work, about: Any = ()) -> None:
    """Have a trained network measured while it does not train."""
    if session.view.step and not running(session.run):
        measure(session, name, work, about)


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
            st.caption(
                _("Step {step:,}{said}; measuring the present one …", step=latest.step, said=said)
                if latest
                else _("Measuring {finding} …", finding=called(name))
            )
        elif last and last.failed:
            said = _(
                "{finding} could not be measured on the present network: train on, or try it again.",
                finding=called_first(name),
            )
            st.caption(said)
        elif latest and latest.step != session.view.step:
            st.caption(_("Step {step:,}{said}; measured anew when training pauses.", step=latest.step, said=said))
        elif latest:
            st.caption(_("Step {step:,}{said}.", step=latest.step, said=said))
        elif session.view.step or running(session.run):
            st.caption(_("Measured when training pauses: {finding}.", finding=called(name)))
        else:
            st.caption(_("Nothing yet: train it and pause, and here stands {finding}.", finding=called(name)))
        if last and last.failed:
            st.button(_("Try again"), key=f"{name}-again", type="tertiary", on_click=now)
        elif running(session.run) and not under_way(session, name):
            st.button(_("Measure now"), key=f"{name}-now", type="tertiary", on_click=now)


def held_out(session: Session, characters: int) -> tuple[Array, str]:
    """Ids of up to so many characters that the network never trained on, and how to speak of them."""
    return held_out_of(session.run.corpus, characters)


def held_out_of(corpus: Corpus, characters: int) -> tuple[Array, str]:
    """The same of any corpus."""
    if len(corpus.held_out_ids) > 2:
        ids = corpus.held_out_ids[:characters]
        return ids, Sentence("{ids:,} held-out characters", ids=len(ids))
    ids = corpus.train_ids[-characters:]
    return ids, Sentence("{ids:,} characters that it trains on, since nothing is held out", ids=len(ids))
