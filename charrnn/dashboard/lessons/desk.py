"""What lies beside the page in one browser: the list, or a lesson with the place in it; in the link and kept."""

import time
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from charrnn.dashboard.language import spoken
from charrnn.dashboard.lessons import place as places
from charrnn.dashboard.lessons import staging
from charrnn.dashboard.lessons.lesson import Lesson, Step, lessons
from charrnn.dashboard.lessons.place import LINK, Place
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.runs.store_types import StoreError

DESK = "desk"  # in Streamlit's state


@dataclass
class Desk:
    """What lies there."""

    listed: bool = False
    place: Place | None = None
    resumes: bool = False  # whether it came by a link without a place: then where this browser has left it
    notes: dict[str, Any] = field(default_factory=dict)  # places as the browser keeps them, by lesson
    heard: bool = False  # whether the browser has told what it kept
    arrival: int = 0  # another number each time that a step was come to
    code: str = ""  # of the language in which the lesson is

    @property
    def step(self) -> Step:
        """The step that is open."""
        assert self.place
        return self.place.lesson.steps[self.place.step]

    def note(self) -> dict[str, Any]:
        """All that is to be kept, the present place included."""
        if self.place:
            self.notes[self.place.lesson.name] = self.place.to_keep()
        return self.notes


def desk(session: Session) -> Desk:
    """This browser's, laid out as its link says the first time; the address follows."""
    state = st.session_state
    if DESK not in state:
        state[DESK] = of_link(session)
    laid: Desk = state[DESK]
    if laid.place and laid.code != spoken():
        same = (lesson for lesson in lessons()[0] if lesson.name == laid.place.lesson.name)
        laid.place.lesson = next(same, laid.place.lesson)
    laid.code = spoken()
    address = laid.place.link() if laid.place else {}
    for name in LINK:
        if name in address and st.query_params.get(name) != address[name]:
            st.query_params[name] = address[name]
        elif name not in address and name in st.query_params:
            del st.query_params[name]
    return laid


def of_link(session: Session) -> Desk:
    """What a link asks for; where that cannot be had, it is said."""
    query = st.query_params.to_dict()
    if session.watching or LINK[0] not in query:
        return Desk()
    place, wrong = places.linked(query, lessons()[0])
    laid = Desk(listed=place is None)
    if place:
        laid.resumes = LINK[1] not in query
        go(session, laid, place)
    if wrong:
        session.say(wrong)
    return laid


def go(session: Session, laid: Desk, place: Place, step: int | None = None) -> None:
    """To a step of a lesson: all that it sets is set."""
    place.step = place.step if step is None else step
    laid.place, laid.listed, laid.arrival = place, False, time.monotonic_ns()
    staging.set_stage(session, laid.step)
    place.run = session.run.token


def open_lesson(session: Session, laid: Desk, lesson: Lesson) -> None:
    """A lesson of the list, where this browser has left it, with the run that it was at."""
    place = places.kept(lesson, laid.notes.get(lesson.name))
    if place.finished:
        place = Place(lesson)
    if place.run and place.run != session.run.token and session.run.snapshot.step == 0:
        with session.saying():
            if run := found(place.run):
                session.open(run)
    needs, been_at = lesson.steps[0].run, place.run
    go(session, laid, place)
    place.anew = bool(needs and not needs.get("trained") and session.run.snapshot.step and been_at != place.run)


def found(token: str) -> Any:
    """The run of this token; None where it is not kept any more."""
    try:
        return engine().find(token)
    except StoreError:
        return None


def take_in(session: Session, laid: Desk, kept: dict[str, Any] | None) -> None:
    """What the browser kept, once it tells: who came by a lesson's link goes on where they left it, and what was done
    before a reload stays done."""
    if kept is None or laid.heard:
        return
    laid.heard, laid.notes = True, kept | laid.notes
    place = laid.place
    if place is None or place.lesson.name not in kept:
        return
    before = places.kept(place.lesson, kept[place.lesson.name])
    if laid.resumes and not place.guesses:
        laid.notes |= {place.lesson.name: kept[place.lesson.name]}
        open_lesson(session, laid, place.lesson)
        st.rerun()
    place.done |= before.done
    place.guesses = before.guesses | place.guesses


def leave(laid: Desk) -> None:
    """From a lesson to the list."""
    laid.note()
    laid.place, laid.listed = None, True


def toggle(laid: Desk) -> None:
    """Lay it out, or put it away; a lesson's place is kept."""
    if laid.place:
        laid.note()
    laid.listed = not (laid.listed or laid.place)
    laid.place = None
