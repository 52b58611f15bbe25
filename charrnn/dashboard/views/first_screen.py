"""The first screen: headline, reading strip, loss curve, what it writes."""

from collections.abc import Hashable
from math import log

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import (
    Reach,
    Span,
    StripFrame,
    Unit,
    encode_line,
    encode_strip,
    line,
    reading_strip,
)
from charrnn.dashboard.language import _
from charrnn.dashboard.pictures.losses import Loss, beside_blind, loss_of, of_kind, smoothed
from charrnn.dashboard.pictures.strip import ROWS, frame, frozen, rows_of
from charrnn.dashboard.session.parts import alone, redrawn
from charrnn.dashboard.session.selection import pin
from charrnn.dashboard.session.session import Last, Session, View
from charrnn.dashboard.session.status import running
from charrnn.dashboard.session.texts import baselines_of
from charrnn.dashboard.views import blown_up, doctor, loss_curve, writing
from charrnn.insight import reading
from charrnn.insight.memory import strip_reach
from charrnn.insight.reading import Strip
from charrnn.network.parameters import Array, Parameters
from charrnn.runs.blowup import has_unlearned
from charrnn.runs.run import Run
from charrnn.runs.store import RUN_LIMIT
from charrnn.sentence import Sentence
from charrnn.text.baselines import Baseline
from charrnn.text.batches import streams_that_fit

BESIDE = {"curve": (602, loss_curve.loss_curve), "sample": (501, writing.sample)}  # widths, and who draws them
HISTORY, UNITS = 2, 3  # rows of the strip on a projector, where one screen has to hold all
LOWER = 2  # rows as high as a remark, which the strip has fewer for each: the curve is to be seen whole below it
NOT_SAID = ("blind guess", "exact entropy")  # to be better than one goes without saying, than the other is luck


def first_screen(session: Session) -> None:
    """Headline, strip, curve and sample; while training the session's channel keeps them moving."""
    if "headline" in session.shown:
        alone(lambda: headlined(session), "headlined")
    with st.container():
        alone(lambda: notices(session), "notices")
    if "strip" in session.shown:
        redrawn(lambda: strip(session), "reading")
    beside = [one for name, one in BESIDE.items() if name in session.shown]
    if beside:
        with st.container(key="curve-and-sample"):
            columns = st.columns([width for width, _ in beside], gap="medium")
        for column, (_, draw) in zip(columns, beside, strict=True):
            with column:
                draw(session)


def headlined(session: Session) -> None:
    """The headline, which moves."""
    baselines = baselines_of(session.run.corpus)

    def said() -> list[Span]:
        back: list[Span] = [(_("Looking back. "), "strong")] if session.view.past else []
        said = headline(session, baselines)
        return back + (said[:2] if session.presents else said)

    with st.container(horizontal=True, vertical_alignment="center"):
        drawn = session.picture("headline", lambda: encode_line(said()), lambda: (session.presents, *baselines))
        line(drawn, key="headline")
        doctor.doctor(session)


def notices(session: Session) -> None:
    """What could not be done, and what is otherwise than one would expect."""
    for message in filter(None, (session.said(), session.run.message)):
        st.warning(words.plain(_(message)))
    if session.run.token in session.dropped and session.run.status != "closed":
        st.warning(_("You have deleted this run: in some minutes it is gone for good, unless My runs brings it back."))
    for remark in remarks(session.run):
        st.caption(words.plain(_(remark)))


def remarks(run: Run) -> list[str]:
    """What is otherwise than one would expect of this text with these settings."""
    found: list[str] = []
    corpus, settings = run.corpus, run.settings
    streams = streams_that_fit(len(corpus.train_ids), settings.sequence_length, settings.batch_size)
    if streams < settings.batch_size:
        found.append(
            Sentence(
                "The text is short: it is read in {streams} instead of {batch_size} streams.",
                streams=streams,
                batch_size=settings.batch_size,
            )
        )
    if not len(corpus.held_out_ids):
        found.append(Sentence("Nothing is held out for testing: the strip reads some of the text it trains on."))
    if corpus.before:
        found.append(
            Sentence(
                "It has learned from {learned}, and goes on from there with {name}.",
                learned=words.learned(corpus.before),
                name=corpus.name,
            )
        )
    if corpus.replaced:
        found.append(
            Sentence(
                "{replaced:.1%} of the text is �: nobody is to guess it, and no loss counts it.",
                replaced=corpus.replaced,
            )
        )
    if run.status == "elsewhere":
        found.append(
            Sentence("Another process trains this run. Who presses Train here takes it over, from what is saved of it.")
        )
    if run.removed:
        found.append(
            Sentence(
                "{removed:,} of the oldest stored steps were removed to make room: a run keeps at most "
                "{limit} MB of them, less where the store is full.",
                removed=run.removed,
                limit=RUN_LIMIT // 10**6,
            )
        )
    if run.unsaved:
        found.append(run.unsaved)
    return found


def page_depends_on(session: Session) -> Hashable:
    """What the page depends on beside its moving pictures and the parts that are redrawn by themselves.

    While a dialog asks something it stands still: each time the page is redrawn the browser takes a dialog away until
    it comes again, and what was being typed in it is gone.
    """
    run, now = session.run, session.run.snapshot
    status = run.status if run.status in ("died", "closed") else "running" if running(run) else "resting"
    network = None if running(run) else now.step  # what stands still shows the network at rest
    said = session.standing, run.message, *remarks(run)
    about = run.corpus.digest, run.settings, session.at
    asked = *about, session.arriving, session.proposal is None, session.forking, session.channel.width
    if session.forking or session.proposal:
        return asked
    return asked, status, network, said, run.in_force, run.title, bool(run.saved_step)


def headline(session: Session, baselines: list[Baseline]) -> list[Span]:
    """The loss in words."""
    run, view = session.run, session.view
    blind = len(run.corpus.vocabulary)
    if view.step == 0:
        return [
            (_("It hesitates between {blind:,} characters: a blind guess.", blind=blind), "strong"),
            of_kind(log(blind), _("untrained")),
        ]
    if blown := blown_up.found(session):
        return blown_up.in_words(blown, blind, run.in_force.learning_rate)
    nats, kind, at = shown_loss(run, view)
    then = _("At step {at:,} it hesitated", at=at) if view.past or 2 * at < view.step else _("It now hesitates")
    said: list[Span] = [(f"{then} {words.between(nats)}", "strong"), (beside_blind(nats, blind), "")]
    if beaten := [baseline.name for baseline in baselines if nats < baseline.nats and baseline.name not in NOT_SAID]:
        said.append((_(" Better than {beaten}.", beaten=_(beaten[-1])), ""))
    return [*said, of_kind(nats, _("{kind} at step {at:,}", kind=kind, at=at))]


def shown_loss(run: Run, view: View) -> Loss:
    """The loss of the headline: of the last few windows where one measured before holds no longer."""
    now = run.snapshot
    since = view.step / 2 if view.past else 0
    found = loss_of(run.curve, lambda: smoothed(run), now.smooth_loss, view.step, since)
    V = len(run.corpus.vocabulary)
    if view.past or now.recent_loss is None or not has_unlearned(now.recent_loss, found.nats, V):
        return found
    return Loss(now.recent_loss, Sentence("on what it read last,"), view.step)


def strip(session: Session) -> None:
    """The reading strip, and the column that is pinned in it."""
    pinned = session.pinned

    def seen() -> Hashable:
        return pinned, session.typed, session.naming, session.presents, session.cells

    drawn = session.picture("strip", lambda: encode_strip(read(session, pinned), pinned), seen)
    reading_strip(drawn, key="strip", on_pin=lambda column: pin(session, column))


def read(session: Session, pinned: int | None) -> StripFrame:
    """What the strip shows: the latest stored steps before the one that is shown, and that one.

    Before the first step there are no rows that wait for later ones: a first screen has what is there.
    """
    run, view, here = session.run, session.view, session.ids()
    lower = LOWER * min(2, len(remarks(run)))
    most, shown = (HISTORY, UNITS) if session.presents else (ROWS - lower, None)
    stored = frozen(run.checkpoints, view.step, most)
    before = [(one.step, as_read(session, View(one.step, one.parameters, True), *here)) for one in stored]
    rows = rows_of(before, view.step, run.corpus.vocabulary, most) if view.step or view.past else []
    now = as_read(session, view, *here)
    label = _("at step {step}", step=words.short(view.step)) if view.past else _("its guess now")
    units = shown_units(session, now.hidden)[:shown].tolist()
    names = [
        f"{session.names[unit]} {unit}" if unit in session.names else _("unit {unit}", unit=unit) for unit in units
    ]
    held = [Unit(name=name, values=values) for name, values in zip(names, now.hidden.T[units], strict=True)]
    drawn = frame(run.corpus.vocabulary, now, rows, label, held)
    if pulled := reach(session, view, pinned, *here):
        drawn["reach"] = pulled
    return drawn


class Frozen:
    """What networks of stored steps read: by step, with the parameters that it is of."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[Parameters, Strip]] = {}


def as_read(session: Session, view: View, ids: Array, start: int) -> Strip:
    """What a network reads in a sentence; computed once for one of the past.

    The sentence is given: another one may be typed in while a picture is made in the channel's thread.
    """
    if not view.past:
        return reading.strip(view.parameters, ids, start, session.states(view.parameters, ids))
    rows = session.remember("frozen-rows", Frozen, ids.tobytes(), start).rows
    known = rows.get(view.step)
    if known is None or known[0] is not view.parameters:  # another browser may have started the run over
        known = rows[view.step] = view.parameters, reading.strip(view.parameters, ids, start)
    return known[1]


def shown_units(session: Session, hidden: Array) -> Array:
    """The units that the strip shows, slow to change: those that have names first."""
    last = session.remember("shown-units", Last, session.run.corpus.digest, session.typed, session.cells)
    before = last.value
    if before is not None and before.max(initial=0) >= hidden.shape[1]:
        before = None
    named = [unit for unit in session.names if unit < hidden.shape[1]]
    varying = reading.most_varying(hidden, 5, before).tolist()
    last.value = shown = np.array([*named, *(unit for unit in varying if unit not in named)][:5])
    return shown


def reach(session: Session, view: View, column: int | None, ids: Array, start: int) -> Reach | None:
    """How far back the prediction of the pinned column pulls at the states before it."""
    if column is None or start + column >= len(ids):
        return None
    weights = strip_reach(view.parameters, ids, start, column)
    return {"column": column, "weights": [0, *weights[::-1]], "cut": session.run.settings.sequence_length}
