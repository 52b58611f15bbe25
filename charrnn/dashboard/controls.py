"""Two buttons whose labels state their values: the network, and how it learns; the question before a start over."""

from dataclasses import replace

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.session import Session, show
from charrnn.text.corpus import Corpus
from charrnn.training.settings import LIMITS, Settings, SettingsError

OPTIMIZERS = {"adam": "Adam", "adagrad": "Adagrad", "rmsprop": "RMSprop", "sgd": "SGD"}
INITS, DTYPES = ["orthogonal", "gaussian"], ["float32", "float64"]
NETWORK = ("hidden_size", "sequence_length", "batch_size", "seed", "init", "init_scale", "dtype")  # by start over
RATES = [float(f"{digit}e{power}") for power in range(-5, 0) for digit in (1, 1.5, 2, 3, 4, 5, 7)] + [1.0]


def network(session: Session) -> None:
    """The network's button."""
    settings = session.run.in_force
    label = f"Network: {settings.hidden_size} units · {settings.sequence_length} back"
    with st.popover(label, icon=":material/tune:", key="network", on_change="rerun") as panel:
        if panel.open:
            choose_network(session)


def field(form: str, settings: Settings, name: str) -> str:
    """The key of a form's field that begins with the setting: once that is another one, it is another field."""
    return f"{form} {name} {getattr(settings, name)}"


def choose_network(session: Session) -> None:
    """Size, start and seed; the classic experiment, and the defaults."""
    settings = session.run.in_force

    def key(name: str) -> str:
        return field("network", settings, name)

    def limits(name: str) -> tuple[int, int]:
        low, high = LIMITS[name]
        return int(low), int(high)

    with st.form("network-form", border=False):
        left, right = st.columns(2)
        left.number_input(
            "Units",
            *limits("hidden_size"),
            settings.hidden_size,
            key=key("hidden_size"),
            help="Numbers it carries along from character to character.",
        )
        right.number_input(
            "Looks back",
            *limits("sequence_length"),
            settings.sequence_length,
            key=key("sequence_length"),
            help="How far back learning looks, in characters.",
        )
        left.number_input(
            "Streams",
            *limits("batch_size"),
            settings.batch_size,
            key=key("batch_size"),
            help="Places of the text that are read at once.",
        )
        right.number_input("Seed", 0, 2**32 - 1, settings.seed, key=key("seed"), help="Same seed, same start.")
        left.selectbox(
            "Start",
            INITS,
            index=INITS.index(settings.init),
            key=key("init"),
            help="Weights before training: a rotation, so that gradients travel far, or small random numbers.",
        )
        right.number_input("Start scale", 1e-6, 10.0, settings.init_scale, format="%.3g", key=key("init_scale"))
        left.selectbox("Precision", DTYPES, index=DTYPES.index(settings.dtype), key=key("dtype"))
        st.caption("These take effect on starting over.")
        st.form_submit_button(
            "Start over with these", type="primary", on_click=lambda: start_over_with_these(session, settings)
        )
    with st.container(horizontal=True):
        st.button(
            "The classic experiment",
            key="classic",
            on_click=lambda: classic(session),
            help="128 units, 30 back, one stream, Adagrad 0.01, clip 5, a Gaussian start of 0.01; the text in "
            "lower case, nothing held out. The run that this page descends from.",
        )
        st.button(
            "Defaults",
            key="defaults",
            on_click=lambda: session.propose(session.run.corpus, Settings()),
            help="What learns fastest here; the README tells how they were chosen.",
        )


def start_over_with_these(session: Session, settings: Settings) -> None:
    """What the form says, in place of the settings."""
    chosen = {name: st.session_state[field("network", settings, name)] for name in NETWORK}
    try:
        session.propose(session.run.corpus, replace(session.run.in_force, **chosen))
    except SettingsError as error:
        session.notice = str(error)


def classic(session: Session) -> None:
    """The reference experiment on the present text, its choices of the text included."""
    corpus = session.run.corpus
    adopted = Corpus.from_text(corpus.text, name=corpus.name, lowercase=True, held_out=0)
    session.propose(adopted, Settings.classic())


def learning(session: Session) -> None:
    """How it learns: the button."""
    settings = session.run.in_force
    label = f"Learning: {words.rate(settings.learning_rate)} · {OPTIMIZERS[settings.optimizer]}"
    with st.popover(label, icon=":material/school:", key="learning", on_change="rerun") as panel:
        if panel.open:
            choose_learning(session)


def choose_learning(session: Session) -> None:
    """Rate and clip act at once; the optimiser and the schedule need a new start."""
    run, state = session.run, st.session_state
    settings = run.in_force
    # What the widgets show is what is in force, whoever set it.
    rates = sorted({*RATES, settings.learning_rate})
    rate = "rate" if len(rates) == len(RATES) else "rate-own"  # other choices: another slider (player.scrubber)
    show(rate, settings.learning_rate)
    show("clip", settings.clip)
    show("optimizer", settings.optimizer)
    show("decay", float(settings.decay))

    def anew() -> None:
        changes = {"optimizer": state["optimizer"], "decay": state["decay"]}
        session.propose(run.corpus, replace(run.in_force, **changes))

    st.select_slider(
        "Learning rate",
        rates,
        format_func=words.rate,
        key=rate,
        on_change=lambda: run.set(learning_rate=state[rate], by=session.name),
        help="Size of each correction. Acts at once.",
    )
    st.number_input(
        "Clip",
        *LIMITS["clip"],
        format="%.3g",
        key="clip",
        on_change=lambda: run.set(clip=state["clip"], by=session.name),
        help="Largest entry of the gradient that is allowed; larger ones are cut. Acts at once.",
    )
    st.divider()
    st.selectbox(
        "Optimiser",
        list(OPTIMIZERS),
        format_func=OPTIMIZERS.__getitem__,
        key="optimizer",
        on_change=anew,
        help="How a gradient becomes a correction. Needs a new start.",
    )
    st.number_input(
        "The rate falls after … characters",
        0.0,
        LIMITS["decay"][1],
        step=100_000.0,
        format="%.0f",
        key="decay",
        on_change=anew,
        help="Rate in force = rate / √(1 + characters read / this); 0 keeps it constant. Needs a new start.",
    )
    st.caption(f"In force now: {words.rate(run.snapshot.rate)}")


def confirm(session: Session) -> None:
    """Ask before training is thrown away; closing the dialog is a no."""

    def close() -> None:
        session.proposal = None

    st.dialog("Start over?", on_dismiss=close)(choose_start)(session)


def choose_start(session: Session) -> None:
    """Another run, this one from its start, or neither."""
    assert session.proposal
    corpus, settings = session.proposal
    st.write(f"This run is at step {session.run.snapshot.step:,}. Start another one, or start over and forget it?")

    def another() -> None:
        session.start_another(corpus, settings)
        st.rerun()

    def over() -> None:
        session.start_over(corpus, settings)
        st.rerun()

    def keep() -> None:
        session.proposal = None
        st.rerun()

    with st.container(horizontal=True):
        help = "This one stays in My runs."
        st.button("Start another run", type="primary", key="confirm-another", on_click=another, help=help)
        help = "What this run has learned is forgotten."
        st.button("Start over", key="confirm-yes", on_click=over, help=help)
        st.button("Keep this run", key="confirm-no", on_click=keep)
