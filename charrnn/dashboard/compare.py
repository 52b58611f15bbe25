"""Fork and compare: the same beginning, one knob turned; up to six runs side by side."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import (
    Chart,
    Colour,
    Column,
    Layer,
    Numbers,
    Passage,
    Scale,
    Table,
    Words,
    chart,
    encode_chart,
    encode_passages,
    encode_table,
    passages,
    table,
)
from charrnn.dashboard.controls import OPTIMIZERS, field
from charrnn.dashboard.redrawn import redrawn, switch
from charrnn.dashboard.session import LIMIT, Session, engine
from charrnn.network import sampling
from charrnn.runs.run import Run
from charrnn.runs.saved import StoreError
from charrnn.text.corpus import CorpusError
from charrnn.training.checkpoint import changes
from charrnn.training.settings import SettingsError

AXES = {"steps": "training steps", "characters": "characters read", "seconds": "seconds of training"}
LETTERS: tuple[Colour, ...] = ("A", "B", "C", "D", "E", "F")
SAMPLE_LENGTH = 200
ANYWHERE = ("learning_rate", "clip", "optimizer")  # what a fork may have otherwise
AT_THE_START = ("hidden_size", "sequence_length", "batch_size", "init_scale", "seed")
NO_PRIME = np.empty(0, np.int32)


def compare(session: Session) -> None:
    """The section: what is compared, and how to add to it."""
    with st.expander("**What if one knob were different?**", on_change="rerun", key="compare") as section:
        if section.open:
            redrawn(lambda: controls(session), "comparing", lambda: len(session.compared))
            redrawn(lambda: side_by_side(session), "side-by-side", lambda: len(session.compared))


def controls(session: Session) -> None:
    """What is compared, and over which axis."""
    runs = session.compared_runs()
    buttons(session, runs)
    if len(runs) == 1:
        st.caption("Fork this run at a stored step, turn a knob, and train both: their curves appear here together.")
        return
    switch("Common axis", AXES, "compare-axis", "steps", part="side-by-side")


def side_by_side(session: Session) -> None:
    """Curves, samples, differences and results of the runs compared."""
    runs = session.compared_runs()
    if len(runs) == 1:
        return
    axis, picture = st.session_state["compare-axis"], session.channel.picture
    chart(picture("overlay", lambda: encode_chart(overlay(runs, axis))), key="overlay")
    table(picture("results", lambda: encode_table(results(runs))), key="results")
    passages(picture("beside", lambda: encode_passages(samples(runs), across=3)), key="samples")


def buttons(session: Session, runs: list[Run]) -> None:
    """Fork, train all, pause all; one row for each further run."""

    def ask() -> None:
        session.forking = True
        st.rerun()

    with st.container(horizontal=True, gap="small"):
        st.button(
            "Fork …",
            key="fork",
            on_click=ask,
            disabled=len(runs) >= LIMIT,
            help="Copy this run at a stored step, change a knob, and train both.",
        )
        if len(runs) > 1:
            st.button("Train all", key="train-all", on_click=train_all, args=(session,))
            st.button("Pause all", key="pause-all", on_click=pause_all, args=(session,))
    for letter, run in zip(LETTERS, runs, strict=False):
        if run is session.run:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text(f"{letter}: {run.name}", width="stretch")
            st.button("Open", key=f"open-{run.token}", on_click=lambda run=run: session.open(run))
            st.button("Take out", key=f"out-{run.token}", on_click=lambda run=run: session.compared.remove(run))


def train_all(session: Session) -> None:
    """Train every run compared."""
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

    st.dialog("Fork this run", on_dismiss=close)(choose_fork)(session)


def choose_fork(session: Session) -> None:
    """Where to fork, and what is to be different."""
    run = session.run
    stored = [milestone.step for milestone in run.milestones if milestone.step not in run.lost]
    step = st.select_slider("At step", stored, value=session.at or 0, format_func=words.short, key="fork-step")
    settings = run.in_force_at(step)

    def key(name: str) -> str:
        return field("fork", settings, name)

    def start() -> None:
        changes = {name: st.session_state[key(name)] for name in (ANYWHERE if step else (*ANYWHERE, *AT_THE_START))}
        session.forking = False
        forked(session, step, changes)
        st.rerun()

    with st.form("fork-form", border=False):
        rate = settings.learning_rate
        st.number_input("Learning rate", 1e-6, 10.0, rate, format="%.3g", key=key("learning_rate"))
        st.number_input("Clip", 1e-3, 1e6, settings.clip, format="%.3g", key=key("clip"))
        st.selectbox(
            "Optimiser",
            list(OPTIMIZERS),
            list(OPTIMIZERS).index(settings.optimizer),
            format_func=OPTIMIZERS.__getitem__,
            key=key("optimizer"),
        )
        if step == 0:
            st.number_input("Units", 1, 2048, settings.hidden_size, key=key("hidden_size"))
            st.number_input("Looks back", 1, 1000, settings.sequence_length, key=key("sequence_length"))
            st.number_input("Streams", 1, 256, settings.batch_size, key=key("batch_size"))
            st.number_input("Start scale", 1e-6, 10.0, settings.init_scale, format="%.3g", key=key("init_scale"))
            st.number_input("Seed", 0, 2**32 - 1, settings.seed, key=key("seed"))
        else:
            st.caption("Size, unroll, streams and start can differ only in a fork at step 0.")
        st.form_submit_button("Fork", type="primary", on_click=start)


def forked(session: Session, step: int, changes: dict[str, Any]) -> None:
    """Fork, or say why not."""
    try:
        run = engine().fork(session.run, step, replace(session.run.in_force_at(step), **changes))
    except (StoreError, SettingsError, CorpusError) as error:
        session.notice = str(error)
    else:
        session.compared.append(run)


def described(first: Run, run: Run) -> str:
    """What differs from the first run, spelled out."""
    found = [] if run.corpus.digest == first.corpus.digest else [run.corpus.name]
    before = first.in_force
    for name, value in changes(before, run.in_force).items():
        found.append(f"{name.replace('_', ' ')} {value} instead of {getattr(before, name)}")
    return ", ".join(found) or "the same settings"


def overlay(runs: list[Run], axis: str) -> Chart:
    """The smoothed and the held-out losses of all runs over a common axis, a letter at each line's end."""
    layers = []
    for letter, run in zip(LETTERS, runs, strict=False):
        curve, first = run.curve, run is runs[0]  # what holds for all is in the legend once
        x = on_axis(run, curve.steps, axis)
        legend = "smoothed" if first else ""
        layers.append(Layer("line", x, curve.smooth, name=letter, label=letter, legend=legend, colour=letter))
        if curve.held_out:
            steps, losses = (np.array(column) for column in zip(*curve.held_out, strict=True))
            x, legend = on_axis(run, steps, axis), "held out" if first else ""
            name = f"{letter}, held out"
            layers.append(Layer("dots", x, losses, name=name, legend=legend, colour=letter, width=6))
    y = Scale("loss, nats a character")
    return Chart("compared", "Loss of the compared runs", Scale(AXES[axis], "count", low=0), y, layers, 290)


def on_axis(run: Run, steps: Any, axis: str) -> Any:
    """Steps as places on the common axis."""
    if axis == "characters":
        now = run.snapshot
        return steps * (now.characters / max(now.step, 1))
    if axis == "seconds":
        known, seconds = zip((0, 0.0), *run.curve.clock, strict=True)
        return np.interp(steps, known, seconds)
    return steps


def results(runs: list[Run]) -> Table:
    """Where each run has come to."""
    now = [run.snapshot for run in runs]
    held_out = [np.nan if each.held_out is None else each.held_out for each in now]
    columns: list[Column] = [
        Words("run", LETTERS[: len(runs)], strong=True),
        Words("name", [run.name for run in runs]),
        Words("differs", ["" if run is runs[0] else described(runs[0], run) for run in runs]),
        Numbers("step", [each.step for each in now]),
        Numbers("characters", [each.characters for each in now]),
        Numbers("smoothed, nats", [each.smooth_loss for each in now], 3),
        Numbers("held out, nats", held_out, 3),
        Words("state", [run.status for run in runs]),
    ]
    return Table("Where each run has come to", columns, titled=False)


def samples(runs: list[Run]) -> list[Passage]:
    """What each network writes."""
    return [
        Passage(title=f"{letter} at step {run.snapshot.parameters_step:,}", text=written(run))
        for letter, run in zip(LETTERS, runs, strict=False)
    ]


def written(run: Run) -> str:
    """A sample of the present network, the same dice for all."""
    ids = sampling.sample(run.snapshot.parameters, NO_PRIME, SAMPLE_LENGTH, np.random.default_rng(1), 0.8)
    return run.corpus.vocabulary.decode(ids)
