"""The sidebar: the list of lessons and the words, or one lesson, step by step. Put away, it is not there at all."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import streamlit as st

from charrnn.dashboard.components import Span, arrive, encode_line, line
from charrnn.dashboard.components.kept import kept_lessons
from charrnn.dashboard.language import _
from charrnn.dashboard.lessons import staging
from charrnn.dashboard.lessons.desk import Desk, desk, go, leave, open_lesson, take_in, toggle
from charrnn.dashboard.lessons.lesson import Question, Step, lessons
from charrnn.dashboard.lessons.place import Place, kept
from charrnn.dashboard.session.facts import Facts
from charrnn.dashboard.session.looked_up import facts_of, look_up
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.status import running
from charrnn.dashboard.terms.sentences import all_hold, told

MARK = "outline: 3px solid #EA6A02; outline-offset: 3px; border-radius: 6px;"  # seen in the light and in the dark

WAITING = ".st-key-lesson-onward :is(.st-key-lesson-next, .st-key-lesson-end) button:not(:hover)"
WAITS = "background: none; color: inherit; border-color: color-mix(in srgb, currentColor 25%, transparent);"


def button(session: Session) -> None:
    """What lays the lessons out, where they are not."""
    laid = desk(session)
    with st.container(width="content"):  # it comes and goes, and what follows stays the same for whoever presses it
        if not (laid.place or laid.listed or session.watching):
            st.button(_("Lessons"), key="lessons", icon=":material/local_library:", on_click=toggle, args=(laid,))


def beside(session: Session) -> None:
    """The sidebar, where something lies there."""
    laid = desk(session)
    if laid.place is None and not laid.listed:
        return
    facts = facts_of(session)
    with st.sidebar:
        redrawn(lambda: drawn(session, laid, facts), "lesson", lambda: stands(laid, facts))


def stands(laid: Desk, facts: Facts) -> Hashable:
    """What the sidebar depends on: whether the step is done, and at rest its figures."""
    if not laid.place:
        return None
    return all_hold(laid.step.done, facts), None if running(facts.session.run) else said(laid, facts)


def drawn(session: Session, laid: Desk, facts: Facts) -> None:
    """The list, or the lesson that is open."""
    put = laid.note() if laid.heard else {}  # what the browser has kept is not to be lost before it is told
    take_in(session, laid, kept_lessons(put, key="kept-lessons"))
    if laid.place is None:
        listed(session, laid)
    else:
        opened(session, laid, laid.place, facts)


def listed(session: Session, laid: Desk) -> None:
    """All lessons, those that are done marked, and the words."""
    heading(_("**Lessons**"), "close-lessons", _("Put away"), lambda: toggle(laid))
    found, wrong = lessons()
    for lesson in found:
        place = kept(lesson, laid.notes.get(lesson.name))
        icon = ":material/check_circle:" if place.finished else ":material/radio_button_unchecked:"
        st.button(
            lesson.title,
            key=f"lesson-{lesson.name}",
            icon=icon,
            help=lesson.about,
            width="stretch",
            on_click=in_whole,
            args=(open_lesson, session, laid, lesson),
        )
    for sentence in wrong:
        st.warning(_(sentence))
    st.divider()
    look_up(None, "word")


def in_whole(do: Callable[..., Any], *given: Any) -> None:
    """What a button does, and the whole page after it."""
    do(*given)
    st.rerun()


def heading(title: str, key: str, label: str, do: Callable[[], Any]) -> None:
    """A title, and beside it a way out."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(title)
        st.button(label, key=key, type="tertiary", on_click=in_whole, args=(do,))


def opened(session: Session, laid: Desk, place: Place, facts: Facts) -> None:
    """The step of a lesson."""
    lesson, step = place.lesson, laid.step
    title = _("**{title}** · {step} of {steps}", title=lesson.title, step=place.step + 1, steps=len(lesson.steps))
    with st.container(key="lesson-title"):
        heading(title, "all-lessons", _("All lessons"), lambda: leave(laid))
    arrive("lesson-title", laid.arrival, key="lesson-begins")  # whoever has scrolled down to the way on reads from here
    st.markdown(f"#### {step.title}\n\n{step.text}")
    with st.container(key="lesson-step"):
        at(session, laid, place, facts)


def at(session: Session, laid: Desk, place: Place, facts: Facts) -> None:
    """What is asked and to be done at a step, and the way on."""
    step = laid.step
    with st.container():  # it comes and goes, and what follows stays the same for whoever presses it
        ready = prepared(session, place, step)
        asked = step.question and place.step not in place.guesses
        if ready and not asked and all_hold(step.done, facts):
            place.done.add(place.step)
        done = place.step in place.done
        if step.question:
            question(place, step.question, facts if done else None)
        if ready and not asked:
            deed(laid, step, done, facts)
    with st.container():
        if step.words:
            look_up(step.words, f"word {' '.join(step.words)}")
    onward(session, laid, place, done)


def prepared(session: Session, place: Place, step: Step) -> bool:
    """Whether the runs are there that the step needs; else a button that has them begin."""
    place.anew = place.anew and session.run.snapshot.step > 0
    if not staging.fits(session, step) or (place.anew and place.step == 0):
        st.button(
            _("Set it up"), key="lesson-run", type="primary", on_click=in_whole, args=(staging.begin, session, step)
        )
        st.caption(
            _("A new run: {described}. The present one stays in My runs.", described=staging.described(step.run))
        )
        return False
    if not staging.forked(session, step):
        st.button(
            _("Set it up"), key="lesson-fork", type="primary", on_click=in_whole, args=(staging.fork, session, step)
        )
        others = "; ".join(map(staging.described, step.fork))
        st.caption(_("Beside this run, from the same beginning: {others}.", others=others))
        return False
    return True


def question(place: Place, asked: Question, facts: Facts | None) -> None:
    """The question; who has chosen is told what is right once the step is done."""
    number, key = place.step, f"guess-{place.lesson.name}-{place.step}"

    def guess() -> None:
        if (said := st.session_state[key]) in asked.choices:  # and not in the words of a language left since
            place.guesses[number] = asked.choices.index(said)

    guessed = place.guesses.get(number)
    if guessed is None:
        st.radio(asked.asked, asked.choices, index=None, key=key, on_change=guess)
        return
    st.markdown(f"{asked.asked} — *{asked.choices[guessed]}*")
    if facts:
        verdict = (
            _("That is what you guessed.")
            if guessed == asked.right
            else _("It is: {choices}.", choices=asked.choices[asked.right])
        )
        st.markdown(f"**{verdict}**")
        if asked.because:
            st.text(told(asked.because, facts))


def deed(laid: Desk, step: Step, done: bool, facts: Facts) -> None:
    """What to do, what it is about, and how far that has come."""
    if step.do:
        with st.container(key="lesson-done" if done else "lesson-to-do"):
            st.markdown(f":material/{'check' if done else 'arrow_forward'}: **{step.do}**")
    if step.point:
        if not done:
            st.html(f"<style>.st-key-{step.point} {{ {MARK} }}</style>")
        arriving = facts.session.arriving  # then what is below the first screen is not there yet
        arrive(step.point, 0 if arriving else laid.arrival, key="lesson-arrival", block="nearest")
    if step.done or step.found:
        picture = facts.session.picture
        moving = picture("lesson-said", lambda: encode_line([said(laid, facts)], small=True), lambda: of(laid, facts))
        line(moving, key="lesson-said")


def of(laid: Desk, facts: Facts) -> Hashable:
    """Of what the line of figures is: of one browser."""
    at_rest = None if running(facts.session.run) else said(laid, facts)
    return facts.session.name, laid.step.title, at_rest


def said(laid: Desk, facts: Facts) -> Span:
    """The figures that were promised; before the step is done, what is missing."""
    step, place = laid.step, laid.place
    if place and (place.step in place.done or all_hold(step.done, facts)):
        return told(step.found, facts), "strong"
    missing = [one.missing(facts) for one in step.done if not one.holds(facts)]
    return " ".join(missing), "muted"


def onward(session: Session, laid: Desk, place: Place, done: bool) -> None:
    """Back and on."""
    last = place.step + 1 == len(place.lesson.steps)
    with st.container(horizontal=True, gap="small", key="lesson-onward"):
        go_to = partial(in_whole, go, session, laid, place)
        st.button(_("Back"), key="lesson-back", disabled=not place.step, on_click=go_to, args=(place.step - 1,))
        if last:
            st.button(_("All lessons"), key="lesson-end", type="primary", on_click=in_whole, args=(leave, laid))
        else:
            st.button(_("Next"), key="lesson-next", type="primary", on_click=go_to, args=(place.step + 1,))
    if not done:  # of another type the button would be another one for the browser: whoever presses it then, in vain
        st.html(f"<style>{WAITING} {{ {WAITS} }}</style>")
