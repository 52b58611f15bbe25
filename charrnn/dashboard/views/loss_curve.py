"""The loss over training: a run's losses as a frame, how they are to be drawn, and the curve of the first screen."""

from collections.abc import Mapping
from math import log
from typing import Any

import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.charts import draw
from charrnn.dashboard.charts.loss_axes import along
from charrnn.dashboard.charts.losses import loss_chart, losses_data
from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.pictures.losses import characters_a_step, losses_of
from charrnn.dashboard.session.looked_up import look_up
from charrnn.dashboard.session.panel import panel
from charrnn.dashboard.session.parts import anew, redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.texts import baselines_of
from charrnn.runs.run import Run
from charrnn.runs.smoothing import CLASSIC
from charrnn.sentence import Sentence

NAME = 20  # characters of a text's name at the place where training goes on with it
SECONDS = 0.5  # between two drawings while it trains, at least
GROWTH = 1.02  # by so much longer is what is drawn the next time: a dozen pixels of the present screen's curve
# What can be chosen, the first unless the link says otherwise, which keeps what is chosen: names and their words.
CHOICES: dict[str, dict[str, str]] = {
    "unit": {"choices": Sentence("hesitates between"), "nats": Sentence("nats"), "bits": Sentence("bits")},
    "across": {"step": Sentence("steps"), "characters": Sentence("characters"), "seconds": Sentence("seconds")},
    "axis": {"log": Sentence("logarithmic"), "linear": Sentence("linear")},
    "smoothing": {
        "usual": Sentence("usual"),
        "light": Sentence("light"),
        "strong": Sentence("strong"),
        CLASSIC: Sentence("classic"),
    },
}
SMOOTHING = Sentence(
    "The bold line is a running mean of the loss: usually over about 1,000 steps of one stream, "
    "lightly over 100, strongly over 10,000. The classic one starts at a blind guess, as the "
    "reference program's does, and is slow to leave it; in the classic experiment it is the "
    "usual one."
)
FIRST_SCREEN = (  # words that stand there, in the order in which one meets them
    *("hesitates between", "nat and bit", "loss", "held out", "step", "surprise", "hidden state", "unit"),
    *("blind guess", "baseline", "exact entropy", "learning rate", "optimiser", "looks back", "epoch", "stored step"),
    *("temperature", "sample"),
)
POINTER = Sentence("Drag the curve to move it, Ctrl and the wheel widen it, a double click shows all of it again.")


def loss_curve(session: Session) -> None:
    """The loss over training, beside what it is compared to, and how it is drawn."""
    if not session.presents:
        redrawn(lambda: choices(session), "curve-choices")
    redrawn(lambda: curve(session), "curved", lambda: come_to(session), every=SECONDS)


def come_to(session: Session) -> Any:
    """What the curve shows of the run."""
    run, view = session.run, session.view
    return session.origin, length(run), view.step if view.past else None, run.log


def length(run: Run) -> Any:
    """How far a run's curves go, as finely as one sees it: a second more of a minute is seen, not of an hour."""
    step = run.snapshot.step
    if run.status in ("training", "elsewhere") and step:
        return run.status, int(log(step) / log(GROWTH))
    return step, run.curve.held_out[-1:]


def curve(session: Session) -> None:
    """The loss over training."""
    options = looks() | {"low": session.presents}
    draw("curve", loss_chart, history(session, **options), zoom=True, **options)


def looks() -> dict[str, Any]:
    """How losses are to be drawn: options of their charts."""
    return {"unit": chosen("unit"), "across": chosen("across"), "log": chosen("axis") == "log"}


def history(session: Session, **looks: Any) -> dict[str, pd.DataFrame]:
    """What the curve shows; what is looked back at is marked."""
    run, view = session.run, session.view
    marks = [(step, words.change(change)) for step, change in run.log]
    texts = [*(name for name, _ in run.corpus.before), run.corpus.name]
    marks += [
        (before[1], _("now {name}", name=name[:NAME]))
        for name, before in zip(texts[1:], run.corpus.before, strict=True)
    ]
    marks += [(view.step, _("looking back"))] if view.past else []
    placed = along([step for step, _ in marks], characters_a_step(run), run.curve.clock)
    drawn = pd.DataFrame({**placed, "label": [label for _, label in marks]})
    baselines = [(baseline.name, baseline.nats) for baseline in baselines_of(run.corpus)]
    losses = losses_of(run, chosen("smoothing"))
    return losses_data(losses, baselines, drawn, blind_guess(run), **looks)


def blind_guess(run: Run) -> float:
    """The loss of a guess among all characters, in nats."""
    return log(len(run.corpus.vocabulary))


def choices(session: Session) -> None:
    """The unit, and what is chosen more rarely."""
    # At the left: over the right end lie Streamlit's own buttons once one points at the chart.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        choice("unit", _("Unit of the loss"))
        with st.popover(
            _("Axes"), icon=":material/tune:", help=_("Axes, smoothing, data"), key="curve-more", on_change="rerun"
        ) as more:
            if more.open:
                choice("across", _("Across"), label_visibility="visible")
                choice("axis", _("Axis"), label_visibility="visible")
                choice("smoothing", _("Smoothing"), label_visibility="visible", help=_(SMOOTHING))
                run = session.run
                losses = losses_of(run, chosen("smoothing"))
                # Made at once: what is made at a click is not found any more if the page was drawn anew just then.
                st.download_button(
                    _("Save the data as CSV, up to step {step:,}", step=run.snapshot.step),
                    losses.to_csv(index=False),
                    "losses.csv",
                    "text/csv",
                    key="save-losses",
                    on_click="ignore",
                )
                st.caption(_(POINTER))
        panel(
            *(session, "words", _("Words"), "dictionary"),
            draw=lambda _: look_up(FIRST_SCREEN, "words-chosen"),
            help=_("What words mean"),
        )


def chosen(name: str) -> str:
    """What is chosen, what the link says, or the first there is."""
    options = CHOICES[name]
    return next(said for said in (st.session_state.get(name), st.query_params.get(name), *options) if said in options)


def choice(name: str, label: str, label_visibility: Any = "collapsed", help: str | None = None) -> None:
    """One of the choices. The link keeps it, and what shows losses is drawn anew."""
    options: Mapping[str, str] = CHOICES[name]
    draw_anew = anew("curved", "overlaid")

    def keep() -> None:
        if chosen(name) == next(iter(options)):
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = chosen(name)
        draw_anew()

    st.segmented_control(
        label,
        list(options),
        default=chosen(name),
        format_func=by_name(options),
        key=name,
        help=help,
        label_visibility=label_visibility,
        required=True,
        wrap=True,
        persist_state="session",
        on_change=keep,
    )
