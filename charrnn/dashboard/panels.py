"""The first screen: headline, reading strip, loss curve, what it writes."""

from math import log
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charrnn.dashboard import charts, words
from charrnn.dashboard.components import StripFrame, reading_strip
from charrnn.dashboard.player import figures, running
from charrnn.dashboard.session import CELLS, Session
from charrnn.dashboard.texts import rivals_of
from charrnn.insight.reading import Strip
from charrnn.network.rnn import Array
from charrnn.network.sampling import generate, read
from charrnn.runs.run import Run
from charrnn.text.corpus import Vocabulary

REDRAW_SECONDS = 0.25
HISTORY = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
ROWS = 6  # of them on the strip: the latest
SAMPLE_LENGTH = 300


def live(session: Session, status: DeltaGenerator) -> None:
    """Everything that moves while training. Redrawn a few times a second by itself, never by the page as a whole."""

    def draw() -> None:
        with st.container(horizontal=True, vertical_alignment="center", wrap=True, gap="small"):
            headline(session)
            sentence(session)
        for message in filter(None, (session.notice, session.run.message)):
            st.warning(message)
        strip(session)
        left, right = st.columns([602, 501], gap="medium")
        with left:
            curve(session)
        with right:
            sample(session)
        with status:
            st.markdown(figures(session))
        if st.session_state.get("drawn-running") != running(session.run):
            st.session_state["drawn-running"] = running(session.run)
            st.rerun()

    st.session_state["drawn-running"] = running(session.run)
    st.fragment(draw, run_every=REDRAW_SECONDS if running(session.run) else None, key="live")()


def poll(session: Session) -> None:
    """While paused nothing is drawn; a light look once in a while notices what others did."""
    seen = session.run.version

    def look() -> None:
        if session.run.version != seen:
            st.rerun()

    st.fragment(look, run_every=None if running(session.run) else 1.5, key="poll")()


def headline(session: Session) -> None:
    """The loss in words."""
    run = session.run
    blind = len(run.corpus.vocabulary)
    if run.snapshot.step == 0:
        nats, where = log(blind), "before training"
        sentence = f"**It hesitates between {blind} characters: a blind guess.**"
    else:
        nats, where = loss_now(run)
        sentence = f"**It now hesitates between {words.choices(nats)} characters**, down from {blind}."
        beaten = [rival for rival in rivals_of(run.corpus) if nats < rival.nats]
        if beaten and (phrase := BEATEN.get(beaten[-1].name)):
            sentence += f" {phrase}"
    st.markdown(
        f"{sentence} :gray[{nats:.2f} nats = {words.bits(nats):.2f} bits a character, {where}]", width="stretch"
    )


def sentence(session: Session) -> None:
    """Which sentence the strip reads: a held-out one, or one typed in."""
    vocabulary = session.run.corpus.vocabulary
    with st.popover("Sentence", type="tertiary", key="sentence", help="Have it read a sentence of your own."):
        typed = st.text_input(
            "A sentence of your own", key="typed", max_chars=CELLS, help="Empty: a sentence it never trained on."
        )
        if unseen := vocabulary.unseen(typed):
            st.caption(f"Left out, never seen in the text: {' '.join(map(words.visible, unseen))}")
        st.caption("Right guesses are filled by their probability; surprise is in bits: 8 bits, it gave this 1 in 256.")
    session.typed = typed if len(vocabulary.encode(typed)) > 1 else ""


BEATEN = {
    "letter counts": "Better than counting letters.",
    "sees 1 back": "Better than counting which letter follows which.",
    "sees 2 back": "Better than counting which letter follows which two.",
    "file compressor": "Better than a file compressor.",
}


def loss_now(run: Run) -> tuple[float, str]:
    """The loss to speak of, in nats: the held-out one while it is fresh, else the smoothed one of training."""
    now = run.snapshot
    if now.held_out is not None and now.held_out_step is not None and now.held_out_step >= 0.5 * now.step:
        return now.held_out, "held out"
    return now.smooth_loss, "on the text it reads, smoothed"


def strip(session: Session) -> None:
    """The reading strip."""
    run = session.run
    vocabulary = run.corpus.vocabulary
    now = session.strip(run.snapshot.parameters)
    past = [m for m in run.milestones if m.step in HISTORY and m.step < max(run.snapshot.parameters_step, 1)][-ROWS:]
    steps = [m.step for m in past] + [step for step in HISTORY if step > run.snapshot.parameters_step or not past]
    frozen = {m.step: session.frozen_strip(m.step, m.parameters) for m in past}
    rows: list[Any] = []
    for step in steps[:ROWS]:
        row = frozen.get(step)
        rows.append(
            {
                "label": f"at step {words.short(step)}",
                "guess": vocabulary.decode(row.guess) if row else "",
                "p": row.guess_probability if row else [],
            }
        )
    reading_strip(frame(vocabulary, now, rows, session.units(now.hidden)), key="strip")


def frame(vocabulary: Vocabulary, now: Strip, rows: list[Any], units: Array) -> StripFrame:
    """The strip as the component takes it."""
    return {
        "text": vocabulary.decode(now.came),
        "rows": rows,
        "now": "its guess now",
        "top": [vocabulary.decode(ids) for ids in now.top_ids],
        "top_p": now.top_probabilities,
        "surprise": now.surprise,
        "units": [{"name": f"unit {unit}", "values": now.hidden[:, unit]} for unit in units],
    }


def curve(session: Session) -> None:
    """The loss over the steps, beside its rivals."""
    run = session.run
    unit = st.segmented_control(
        "Unit of the loss",
        list(charts.UNITS),
        default="choices",
        format_func={"choices": "hesitates between", "nats": "nats", "bits": "bits"}.__getitem__,
        key="loss-unit",
        label_visibility="collapsed",
        required=True,
    )
    theme = st.context.theme.type or "light"
    table = charts.loss_table(run.curve, rivals_of(run.corpus), len(run.corpus.vocabulary), unit)
    st.vega_lite_chart(
        table,
        charts.loss_spec(unit, theme),
        key=f"curve-{unit}",
        on_select="rerun",
        selection_mode=["zoom"],
        alt="Loss over training steps, beside its rivals; the headline says it in words",
    )


def sample(session: Session) -> None:
    """What it writes now, and what it wrote before."""
    run = session.run
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**It writes**")
        with st.popover("temperature", key="sampling"):
            temperature = st.slider(
                "Temperature", 0.0, 2.0, 0.8, 0.1, key="temperature", help="Low: safe, high: daring."
            )
            prime = st.text_input("Begin with", key="prime", help="It continues from here; empty: it begins by itself.")
            top_k = st.number_input("Only the … likeliest", 1, len(run.corpus.vocabulary), None, key="top-k")
        if st.button("New", key="new-sample", help="Another one from the same network."):
            session.sampling_seed += 1
        with st.popover("Earlier", key="earlier"):
            for step, text in reversed(run.samples):
                st.caption(f"step {step:,}")
                st.code(text, language=None, wrap_lines=True)
    unseen = run.corpus.vocabulary.unseen(prime)
    if unseen:
        st.caption(f"Left out, never seen in the text: {' '.join(map(words.visible, unseen))}")
    st.code(prime + write(session, temperature, prime, top_k), language=None, wrap_lines=True, height=235)


def write(session: Session, temperature: float, prime: str, top_k: int | None) -> str:
    """A sample of the present network; while training a new one each second or so, or it could not be read."""
    run = session.run
    pace = max(1, int(run.snapshot.speed * 2)) if running(run) else 1
    key = run.token, run.snapshot.parameters_step // pace, pace, session.sampling_seed, temperature, prime, top_k
    if session.sampled[0] != key:
        parameters, vocabulary = run.snapshot.parameters, run.corpus.vocabulary
        ids = vocabulary.encode(prime)
        state = read(parameters, ids[:-1])
        last = int(ids[-1]) if len(ids) else None
        rng = np.random.default_rng(session.sampling_seed)
        written, _ = generate(parameters, state, last, SAMPLE_LENGTH, rng, temperature, top_k)
        session.sampled = key, vocabulary.decode(written)
    return session.sampled[1]
