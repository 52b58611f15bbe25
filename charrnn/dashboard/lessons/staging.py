"""What a step sets on the page: its run, runs beside it, sections, the pinned character, a sentence."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from charrnn.dashboard.language import _
from charrnn.dashboard.lessons.lesson import Step
from charrnn.dashboard.lessons.points import PART
from charrnn.dashboard.session import links
from charrnn.dashboard.session.networks import Opened, in_box, open_run
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.texts import Choices
from charrnn.runs.run_file import RunFile
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.training.settings import IN_TRAINING, WORDS, Settings, SettingsError

OWN = Sentence("a text of the lesson")  # what a text is called that a lesson brings along


def set_stage(session: Session, step: Step) -> None:
    """Have the page show what the step is about. A run that has learned something is never touched."""
    state = st.session_state
    state.update(dict.fromkeys(step.open, True))
    session.shown |= {*step.open, *([PART[step.point]] if step.point else [])}  # whatever the link leaves out
    if step.sentence:
        state["typed"] = step.sentence
    if step.pin is not None and session.pinned is None:
        session.pinned = step.pin
    if session.run.snapshot.step == 0 and not fits(session, step):
        begin(session, step)


def wanted(step: Step) -> tuple[Corpus, Settings]:
    """The text and the settings that a step needs. Raises CorpusError, SettingsError."""
    said = {name: str(int(value) if isinstance(value, bool) else value) for name, value in step.run.items()}
    own, trained = said.pop("own_text", None), said.pop("trained", "0") != "0"
    corpus, settings = links.experiment(said)
    if own is not None:
        choices = Choices(said.get("lowercase", "0") != "0", float(said.get("held_out", Choices().held_out)))
        corpus = brought(own, choices)
    return corpus, boxed(corpus).network.settings if trained else settings


def boxed(corpus: Corpus) -> RunFile:
    """The network of the box that has learned from a text. Raises CorpusError where there is none."""
    if file := in_box(corpus):
        return file
    raise CorpusError("There is no trained network of “{name}”, read so, in the box.", name=corpus.name)


@lru_cache(8)
def brought(text: str, choices: Choices) -> Corpus:
    """A text that stands in a lesson."""
    return Corpus.from_text(text, name=OWN, **choices._asdict())


def fits(session: Session, step: Step) -> bool:
    """Whether the page's run is the one that the step needs; what may be set in training may be otherwise."""
    if not step.run:
        return True
    try:
        corpus, settings = wanted(step)
    except (CorpusError, SettingsError):
        return True  # it cannot be had, which has been said
    run = session.run
    settings = replace(settings, **{name: getattr(run.settings, name) for name in IN_TRAINING})
    learned = not step.run.get("trained") or run.snapshot.step >= boxed(corpus).network.steps
    return run.corpus.digest == corpus.digest and run.settings == settings and learned


def begin(session: Session, step: Step) -> None:
    """The run that the step needs; the one before stays in My runs if it has learned something."""
    with session.saying():
        corpus, settings = wanted(step)
        if step.run.get("trained"):
            open_run(session, lambda: Opened(boxed(corpus), corpus))
        elif session.run.snapshot.step:
            session.start_another(corpus, settings)
        else:
            session.start_over(corpus, settings)


def forked(session: Session, step: Step) -> bool:
    """Whether the runs stand beside it that the step needs."""
    return len(session.compared) >= len(step.fork)


def fork(session: Session, step: Step) -> None:
    """Have them stand there, each from the beginning of the page's run, and the comparison be open."""
    with session.saying():
        for changes in step.fork[len(session.compared) :]:
            settings = replace(session.run.in_force_at(0), **changes)
            session.compared.append(engine().fork(session.run, 0, settings))
    st.session_state["compare"] = True


def described(run: Mapping[str, Any]) -> str:
    """A run in a few words: what is otherwise than usual."""
    settings = [f"{_(WORDS[name])} {value}" for name, value in run.items() if name in WORDS]
    text = _(OWN) if "own_text" in run else str(run.get("text", ""))
    text = _("{text}, trained", text=text) if run.get("trained") else text
    return " · ".join(filter(None, (text, *settings)))
