"""Fork and compare: the same beginning, one knob turned; up to six runs side by side."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.charts import draw
from charrnn.dashboard.charts.compared import compared_chart, compared_data
from charrnn.dashboard.charts.look import RUNS as LETTERS
from charrnn.dashboard.charts.loss_axes import Across
from charrnn.dashboard.components import Passage, arrive, encode_passages, passages
from charrnn.dashboard.language import _
from charrnn.dashboard.pictures.losses import losses_of, smoothed
from charrnn.dashboard.session.fields import entered, number, one_of
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.panel import refusal
from charrnn.dashboard.session.parts import redrawn, switch
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.speaking import speak
from charrnn.dashboard.tables import table
from charrnn.dashboard.views.loss_curve import chosen, length
from charrnn.dashboard.views.reaches import reaches
from charrnn.network import sampling
from charrnn.runs.run import Run
from charrnn.sentence import Sentence
from charrnn.training.checkpoint import changes
from charrnn.training.settings import WORDS

AXES: dict[str, Across] = {
    Sentence("steps"): "step",
    Sentence("characters"): "characters",
    Sentence("seconds"): "seconds",
}
SECONDS = 1.0  # between two drawings of the curves, and of the results, while a run trains
SAMPLE_LENGTH = 200
ANYWHERE = ("learning_rate", "clip", "optimizer", "weight_decay", "dropout")  # what a fork may have otherwise
AT_THE_START = ("hidden_size", "sequence_length", "batch_size", "init_scale", "seed")
ARRIVAL = "compare-arrival"  # in Streamlit's state: another number each time the browser is to be led here
NO_PRIME = np.empty(0, np.int32)


def compare(session: Session) -> None:
    """The section: what is compared, and how to add to it."""
    with st.expander(_("**What if one knob were different?**"), on_change="rerun", key="compare") as section:
        if section.open:
            arrive("compare", st.session_state.get(ARRIVAL, 0), key="link-arrival")
            redrawn(lambda: controls(session), "comparing", lambda: (len(session.compared), session.standing))
            redrawn(lambda: overlay(session), "overlaid", lambda: lengths(session), every=SECONDS)
            redrawn(lambda: come_to(session), "come-to", lambda: versions(session), every=SECONDS)
            reaches(session)
            redrawn(lambda: side_by_side(session), "side-by-side", lambda: len(session.compared))


def controls(session: Session) -> None:
    """What is compared, and over which axis."""
    runs = session.compared_runs()
    buttons(session, runs)
    if len(runs) == 1:
        st.caption(_("Fork this run at a stored step, turn a knob, and train both: their curves appear here together."))
        return
    switch(_("Common axis"), AXES, "compare-axis", "steps", "overlaid", words={axis: axis for axis in AXES})


def side_by_side(session: Session) -> None:
    """What the runs compared write."""
    runs = session.compared_runs()
    if len(runs) > 1:
        frame = session.picture("beside", lambda: encode_passages(samples(runs), across=3), lambda: (*runs,))
        passages(frame, key="samples")


def buttons(session: Session, runs: list[Run]) -> None:
    """Fork, train all, pause all; one row for each further run."""

    def ask() -> None:
        session.ask_for_fork("compare")
        st.rerun()

    if announced := session.said("forked"):
        st.success(words.plain(announced))
    with st.container(horizontal=True, gap="small"):
        help = explained(_("Copy this run at a stored step, change a knob, and train both."), "fork", "stored step")
        st.button(_("Fork …"), key="fork", on_click=ask, help=help)
        if len(runs) > 1:
            both = len(runs) == 2
            train, pause = (_("Train both"), _("Pause both")) if both else (_("Train all"), _("Pause all"))
            st.button(train, key="train-all", type="primary", on_click=train_all, args=(session,))
            st.button(pause, key="pause-all", on_click=pause_all, args=(session,))
    refusal(session, "compare")
    for letter, run in zip(LETTERS, runs, strict=False):
        if run is session.run:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text(f"{letter}: {words.called(run.name)}", width="stretch")
            st.button(_("Open"), key=f"open-{run.token}", on_click=lambda run=run: session.open(run))
            st.button(_("Take out"), key=f"out-{run.token}", on_click=lambda run=run: session.compared.remove(run))


def train_all(session: Session) -> None:
    """Train every run compared, and watch."""
    session.at = None
    for run in session.compared_runs():
        run.train(by=session.name)


def pause_all(session: Session) -> None:
    """Pause every run compared."""
    for run in session.compared_runs():
        run.pause(by=session.name)


def fork(session: Session) -> None:
    """Ask, in a dialog that stays until it is answered or closed, whatever else redraws the page."""

    def close() -> None:
        session.forking = False

    st.dialog(_("Fork this run"), on_dismiss=close)(choose_fork)(session)


def choose_fork(session: Session) -> None:
    """Where to fork, and what is to be different."""
    run, state = session.run, st.session_state
    stored = [checkpoint.step for checkpoint in run.checkpoints if checkpoint.step not in run.lost]
    at = session.at if session.at in stored else 0
    step = st.select_slider(_("At step"), stored, value=at, format_func=words.short, key="fork-step")
    settings = run.in_force_at(step)

    def start() -> None:
        names = ANYWHERE if step else (*ANYWHERE, *AT_THE_START, "cell")
        forked(session, state["fork-step"], {name: entered("fork", settings, name) for name in names})
        st.rerun()

    with st.form("fork-form", border=False):
        number("fork", settings, "learning_rate")
        number("fork", settings, "clip")
        one_of("fork", settings, "optimizer")
        number("fork", settings, "weight_decay")
        number("fork", settings, "dropout")
        for name in () if step else AT_THE_START:
            number("fork", settings, name)
        if not step:
            one_of("fork", settings, "cell")
        else:
            st.caption(_("Cell, units, looks back, streams, start scale and seed can differ only in a fork at step 0."))
        st.form_submit_button(_("Fork"), type="primary", on_click=start)
        refusal(session, "fork")


def forked(session: Session, step: int, changes: dict[str, Any]) -> None:
    """Fork, and lead to where both are compared; or say why not."""
    speak()  # of what differs
    with session.saying("fork"):
        run = engine().fork(session.run, step, replace(session.run.in_force_at(step), **changes))
        session.compared.append(run)
        session.forking = False
        st.session_state.update({"compare": True, ARRIVAL: time.monotonic_ns()})
        letter = LETTERS[len(session.compared)]
        session.say(
            Sentence(
                "{letter} was forked at step {step:,}: {described}.",
                letter=letter,
                step=step,
                described=described(session.run, run),
            ),
            "forked",
        )


def described(first: Run, run: Run) -> str:
    """What differs from the first run, spelled out."""
    found = [] if run.corpus.digest == first.corpus.digest else [run.corpus.name]
    before = first.in_force
    for name, value in changes(before, run.in_force).items():
        found.append(
            _("{setting} {value} instead of {before}", setting=WORDS[name], value=value, before=getattr(before, name))
        )
    return ", ".join(found) or _("the same settings")


def lengths(session: Session) -> Any:
    """Which runs are compared, and how far each is."""
    return [(run.token, length(run)) for run in session.compared_runs()]


def versions(session: Session) -> Any:
    """Which runs are compared, and all that is known of each."""
    return [(run.token, run.version) for run in session.compared_runs()]


def overlay(session: Session) -> None:
    """The smoothed and the held-out losses of all runs over a common axis."""
    runs = session.compared_runs()
    if len(runs) > 1:
        options: dict[str, Any] = {"unit": chosen("unit"), "across": AXES[st.session_state["compare-axis"]]}
        data = compared_data([losses_of(run, chosen("smoothing")) for run in runs], **options)
        draw("overlay", compared_chart, data, zoom=True, **options)


def come_to(session: Session) -> None:
    """Differences and results of the runs compared."""
    runs = session.compared_runs()
    if len(runs) > 1:
        counted, loss = (st.column_config.NumberColumn(format=form) for form in ("%,d", "%.3f"))
        columns = {"step": counted, "characters": counted, "smoothed, nats": loss, "held out, nats": loss}
        few = {"run": None, "smoothed, nats": None, "held out, nats": None}
        table("results", _("Where each run has come to"), results(runs), columns, titled=False, few=few)


def results(runs: list[Run]) -> pd.DataFrame:
    """Where each run has come to."""
    now = [run.snapshot for run in runs]
    return pd.DataFrame(
        {
            "run": LETTERS[: len(runs)],
            "name": [words.called(run.name) for run in runs],
            "differs": ["" if run is runs[0] else described(runs[0], run) for run in runs],
            "step": [each.step for each in now],
            "characters": [each.characters for each in now],
            "smoothed, nats": [last_smoothed(run) for run in runs],
            "held out, nats": [np.nan if each.held_out is None else each.held_out for each in now],
            "state": [_(run.status) for run in runs],
        }
    )


def last_smoothed(run: Run) -> float:
    """The smoothed loss that a run has come to; NaN before its first step."""
    return float(smoothed(run)[-1]) if len(run.curve.steps) else np.nan


def samples(runs: list[Run]) -> list[Passage]:
    """What each network writes."""
    return [
        Passage(
            title=_("{letter} at step {step:,}", letter=letter, step=run.snapshot.parameters_step),
            text=written(run),
        )
        for letter, run in zip(LETTERS, runs, strict=False)
    ]


def written(run: Run) -> str:
    """A sample of the present network, the same dice for all."""
    ids = sampling.sample(run.snapshot.parameters, NO_PRIME, SAMPLE_LENGTH, np.random.default_rng(1), 0.8)
    return run.corpus.vocabulary.decode(ids)
