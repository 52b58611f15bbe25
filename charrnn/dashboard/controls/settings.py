"""Two buttons whose labels state their values: the network, and how it learns; the question before a start over."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session.adopting import go_on_with
from charrnn.dashboard.session.fields import CELL_NAMES, NUMBERS, OPTIMIZERS, acts, entered, key_of, number, one_of
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.panel import panel, refusal
from charrnn.dashboard.session.session import Session
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus
from charrnn.training.settings import LIMITS, Settings

AT_ONCE = Sentence("Acts at once.")
NETWORK = (
    "cell",
    "hidden_size",
    "sequence_length",
    "batch_size",
    "seed",
    "init",
    "init_scale",
    "dtype",
)  # by start over
RATES = [float(f"{digit}e{power}") for power in range(-6, 1) for digit in (1, 1.5, 2, 3, 4, 5, 7)] + [10.0]


def network(session: Session) -> None:
    """The network's button."""
    panel(session, "network", of_network(session.run.in_force), "tune", choose_network)


def of_network(settings: Settings) -> str:
    """What its button says."""
    gated = "" if settings.cell == "rnn" else f"{_(CELL_NAMES[settings.cell])}, "
    return _(
        "Network: {gated}{units} units · {back} back",
        gated=gated,
        units=settings.hidden_size,
        back=settings.sequence_length,
    )


def choose_network(session: Session) -> None:
    """Size, start and seed; the classic experiment, and the defaults."""
    settings = session.run.in_force
    with st.form("network-form", border=False):
        one_of("network", settings, "cell")
        left, right = st.columns(2)
        number("network", settings, "hidden_size", left)
        number("network", settings, "sequence_length", right)
        number("network", settings, "batch_size", left)
        number("network", settings, "seed", right)
        one_of("network", settings, "init", left)
        number("network", settings, "init_scale", right)
        one_of("network", settings, "dtype", left)
        st.caption(_("These take effect on starting over."))
        st.form_submit_button(
            _("Start over with these"), type="primary", on_click=lambda: start_over_with_these(session, settings)
        )
    refusal(session, "network")
    with st.container(horizontal=True):
        st.button(
            _("The classic experiment"),
            key="classic",
            on_click=lambda: classic(session),
            help=_(
                "128 units, 30 back, one stream, Adagrad 0.01, clip 5, a Gaussian start of 0.01; the text in "
                "lower case, nothing held out. The run that this page descends from."
            ),
        )
        st.button(
            _("Defaults"),
            key="defaults",
            on_click=lambda: session.propose(session.run.corpus, Settings(), "network"),
            help=_("What learns fastest here; the README tells how they were chosen."),
        )


def start_over_with_these(session: Session, settings: Settings) -> None:
    """What the form says, in place of the settings; of a form that is there no more, what it began with."""
    chosen = {name: entered("network", settings, name) for name in NETWORK}
    with session.saying("network"):
        settings = session.run.in_force.with_cell(chosen["cell"])
        session.propose(session.run.corpus, replace(settings, **chosen), "network")


def classic(session: Session) -> None:
    """The reference experiment on the present text, its choices of the text included."""
    corpus = session.run.corpus
    with session.saying("network"):
        adopted = Corpus.from_text(corpus.text, name=corpus.name, lowercase=True, held_out=0)
        session.propose(adopted, Settings.classic(), "network")


def learning(session: Session) -> None:
    """How it learns: the button."""
    panel(session, "learning", of_learning(session.run.in_force), "school", choose_learning)


def of_learning(settings: Settings) -> str:
    """What its button says."""
    return _(
        "Learning: {rate} · {optimizer}",
        rate=words.rate(settings.learning_rate),
        optimizer=OPTIMIZERS[settings.optimizer],
    )


def choose_learning(session: Session) -> None:
    """Rate and clip act at once; the optimiser, the schedule and what is against learning by heart need a new start."""
    run = session.run
    settings = run.in_force

    def turn(**change: float) -> None:
        with session.saying("learning"):
            run.set(**change, by=session.name)

    def anew(**change: Any) -> None:
        session.propose(run.corpus, replace(run.in_force, **change), "learning")

    # What the widgets show is what is in force, whoever set it.
    rates(lambda: run.in_force.learning_rate, lambda rate: turn(learning_rate=rate))
    live_number("clip", "clip", lambda: run.in_force.clip, lambda clip: turn(clip=clip))
    st.caption(_("With a new start:"))
    optimizers, key = list(OPTIMIZERS), key_of("optimizer", settings.optimizer)
    st.selectbox(
        _("Optimiser"),
        optimizers,
        optimizers.index(settings.optimizer),
        format_func=OPTIMIZERS.__getitem__,
        key=key,
        on_change=acts("optimizer", key, lambda: run.in_force.optimizer, lambda optimizer: anew(optimizer=optimizer)),
        help=explained(_("Needs a new start."), "optimiser", "gradient"),
    )

    def number_anew(name: str, label: str, help: str, step: float, format: str = "%.3g", place: Any = st) -> None:
        def now() -> float:
            return float(getattr(run.in_force, name))

        key, options = key_of(name, now()), {"step": step, "format": format, "help": help}
        on_change = acts(name, key, now, lambda value: anew(**{name: value}))
        place.number_input(_(label), *LIMITS[name], value=now(), key=key, on_change=on_change, **options)

    schedule = _("Needs a new start. Rate in force = rate / √(1 + characters read / this); 0 keeps it constant.")
    number_anew("decay", _("The rate falls after … characters"), schedule, 100_000.0, "%.0f")
    for name, place in zip(("weight_decay", "dropout"), st.columns(2), strict=True):
        label, term, step = NUMBERS[name]
        number_anew(name, label, explained(_("Needs a new start."), term), step, place=place)
    refusal(session, "learning")
    st.caption(_("In force now: {rate}", rate=words.rate(settings.rate_at(run.snapshot.characters))))


def rates(in_force: Callable[[], float], turn: Callable[[float], None]) -> None:
    """The learning rate, to be found with a slider or typed in."""
    rate = in_force()
    steps = sorted({*RATES, rate})
    # The browser tells a slider's place by its number: with other steps to choose from it must be another slider.
    key = key_of("rate", rate, "own" if len(steps) > len(RATES) else "")
    label, term = NUMBERS["learning_rate"][:2]
    on_change = acts("rate", key, in_force, turn)
    st.select_slider(_(label), steps, rate, words.rate, key, explained(AT_ONCE, term), on_change)
    with st.container(key="rate-entered"):
        live_number("learning_rate", "rate-typed", in_force, turn, label_visibility="collapsed")


def live_number(
    name: str, role: str, in_force: Callable[[], float], turn: Callable[[float], None], **options: Any
) -> None:
    """A number that shows what is in force, whoever set it, and acts at once."""
    label, term, step = NUMBERS[name]
    value = in_force()
    key = key_of(role, value)
    options |= {"step": step, "format": "%.3g", "help": explained(AT_ONCE, term)}
    st.number_input(_(label), *LIMITS[name], value=value, key=key, on_change=acts(role, key, in_force, turn), **options)


def confirm(session: Session) -> None:
    """Ask before training is thrown away; closing the dialog is a no."""

    def close() -> None:
        session.proposal = None

    st.dialog(_("Start over?"), width="medium", on_dismiss=close)(choose_start)(session)


def choose_start(session: Session) -> None:
    """Another run, this one from its start, or neither."""
    assert session.proposal
    corpus, settings = session.proposal
    goes_on = corpus.digest != session.run.corpus.digest and settings == session.run.in_force
    at = _("This run is at step {step:,}.", step=session.run.snapshot.step)
    ways = (
        _("Start another one, have this network go on with the new text, or start over and forget what it learned?")
        if goes_on
        else _("Start another one, or start over and forget what it learned?")
    )
    st.write(f"{at} {ways}")

    def another() -> None:
        session.start_another(corpus, settings)
        st.rerun()

    def over() -> None:
        session.start_over(corpus, settings)
        st.rerun()

    def on() -> None:
        go_on_with(session, corpus)
        st.rerun()

    def keep() -> None:
        session.proposal = None
        st.rerun()

    with st.container(horizontal=True):
        help = _("This one stays in My runs.")
        st.button(_("Start another run"), type="primary", key="confirm-another", on_click=another, help=help)
        if goes_on:
            help = _("What it has learned stays; characters that are new to it get weights of their own.")
            st.button(_("Go on with this text"), key="confirm-on", on_click=on, help=help)
        help = _("What this run has learned is forgotten.")
        st.button(_("Start over"), key="confirm-yes", on_click=over, help=help)
        st.button(_("Keep this run"), key="confirm-no", on_click=keep)
