"""The doctor: what is not well with the run, each with its evidence and one click that mends it; else nothing.

While the run trains it is examined every few seconds, at rest once, beside the page; where nothing is found nothing is
drawn or asked for. All browsers on a run share one examination.
"""

import logging
from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.panel import panel
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.status import running
from charrnn.dashboard.session.texts import baselines_of
from charrnn.dashboard.views import blown_up
from charrnn.insight import doctor as insight
from charrnn.insight.doctor import Finding, Remedy, Signs
from charrnn.insight.reading import units_along
from charrnn.network.cells import cell_of
from charrnn.runs.record import Record
from charrnn.runs.smoothing import smoothed_loss
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings

SECONDS = 4.0  # between two examinations while it trains
CHARACTERS = 300  # along which units are looked at, fewer where these are many:
WORK = 5e7  # characters times units squared, some hundredths of a second


class Examination:
    """What was found last, and at which step."""

    due = 0.0  # by the monotonic clock, while it trains
    of: Hashable = None  # what it was of, at rest
    step = 0
    findings: tuple[Finding, ...] = ()
    future: Future[Any] | None = None

    def take(self, step: int, signs: Callable[[], Signs]) -> None:
        """Examine a run as it was known at a step."""
        try:
            self.findings, self.step = tuple(insight.examine(signs())), step
        except Exception:  # the page goes on without
            logging.getLogger(__name__).exception("The run could not be examined.")
            self.findings = ()


def signs_of(
    record: Record, settings: Settings, corpus: Corpus, others: Mapping[str, float], gone: Collection[int] = ()
) -> Signs:
    """The figures of a run; `settings` are those it began with, `others` the losses of its text's baselines by
    name, `gone` the stored steps to which there is no way back."""
    now, curve, V = record.snapshot, record.curve, len(corpus.vocabulary)
    H, start, flat = settings.hidden_size, record.checkpoints[0].parameters.flat, now.parameters.flat
    ids, _ = measuring.held_out_of(corpus, max(20, min(CHARACTERS, int(WORK / H**2))))
    return Signs(
        V=V,
        text=len(corpus.train_ids),
        read=now.characters,
        steps=curve.steps,
        losses=smoothed_loss(curve, settings, V, len(corpus.train_ids), "light"),
        clipped=curve.clipped,
        recent=now.recent_loss,
        held_out=curve.held_out,
        stored=sorted({checkpoint.step for checkpoint in record.checkpoints} - set(gone)),
        units=units_along(now.parameters, ids),
        moved=float(np.linalg.norm(flat - start) / np.linalg.norm(start)),
        letters=others["counting letters"],
        floor=others.get("exact entropy", 0.0),
        since=set_last(record, settings),
        rate=now.learning_rate,
        rate_now=now.rate,
        clip=now.clip,
        scale=settings.init_scale,
        gates=cell_of(now.parameters).GATES,
    )


def set_last(record: Record, settings: Settings) -> int:
    """The step at which the learning rate or the clip limit was set last, 0 where neither was."""
    now, at, held = record.snapshot, 0, {"learning_rate": settings.learning_rate, "clip": settings.clip}
    for at, change in record.log:  # noqa: B007  the last one counts
        held |= change
    return at if held == {name: getattr(now, name) for name in held} else now.step  # else it was set at rest


def doctor(session: Session) -> None:
    """A part of the page beside the headline: the way back from a blow-up, else what the doctor has found."""
    others = {one.name: one.nats for one in baselines_of(session.run.corpus)}
    redrawn(lambda: shown(session, others), "doctor", lambda: told(session, others), width="content")


def told(session: Session, others: Mapping[str, float]) -> Hashable:
    """What there is to be drawn."""
    return blown_up.offer(session), tuple((one.name, one.remedy.label) for one in findings(session, others))


def findings(session: Session, others: Mapping[str, float]) -> tuple[Finding, ...]:
    """What was found last of the run as it is now; has it examined where that is due."""
    run = session.run
    if session.watching or session.view.past or run.status == "closed" or blown_up.found(session):
        return ()
    last = session.remember("doctor", Examination, session.origin)
    of = run.snapshot.step, len(run.curve.held_out), run.in_force
    due = monotonic() >= last.due if running(run) else last.of != of
    if due and (last.future is None or last.future.done()):
        last.due, last.of = monotonic() + SECONDS, of
        signs = partial(signs_of, run.record, run.settings, run.corpus, others, run.lost)
        turns = measuring.turns(run.settings.hidden_size > measuring.LARGE)
        last.future = turns.submit(session.name, partial(last.take, run.snapshot.step, signs))
    return last.findings if last.step <= run.snapshot.step else ()


def shown(session: Session, others: Mapping[str, float]) -> None:
    """One small button that opens what was found, nothing where that is nothing."""
    if blown_up.offer(session):
        blown_up.button(session)
    elif found := findings(session, others):
        label = _("Doctor: {name}", name=found[0].name) + (
            _(" and {found} more", found=len(found) - 1) if len(found) > 1 else ""
        )
        panel(session, "doctor-says", label, "stethoscope", lambda _: listed(session, found))


def listed(session: Session, found: tuple[Finding, ...]) -> None:
    """Each finding with its evidence, and the button that does something about it."""

    def act(remedy: Remedy) -> None:
        do(session, remedy)
        st.rerun()

    for name, evidence, remedy in found:
        called = _(name)
        st.markdown(f"**{called[0].upper()}{called[1:]}.** {words.plain(_(evidence))}")
        st.button(_(remedy.label), key=f"remedy-{name}".replace(" ", "-"), on_click=act, args=(remedy,))


def do(session: Session, remedy: Remedy) -> None:
    """What the doctor advises."""
    run = session.run
    if remedy.kind == "start over":
        with session.saying():
            session.propose(run.corpus, replace(run.in_force, **remedy.changes))
        return
    if remedy.kind == "back":
        session.rewind(remedy.step)
    if remedy.changes and not session.standing:
        with session.saying():
            run.set(**remedy.changes, by=session.name)
