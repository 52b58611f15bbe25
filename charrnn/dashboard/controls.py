"""Three buttons whose labels state their values: the text, the network, how it learns."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from charrnn.dashboard import texts, words
from charrnn.dashboard.session import Session, show
from charrnn.dashboard.texts import Choices
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.text.parameters import changed, name_of, parameters_of
from charrnn.text.synthetic import SOURCES, Source
from charrnn.training.settings import LIMITS, Settings, SettingsError

FREQUENT = 200
NAME = 28  # characters of a text's name on its button: more would push the last button out of the first screen
OPTIMIZERS = {"adam": "Adam", "adagrad": "Adagrad", "rmsprop": "RMSprop", "sgd": "SGD"}
INITS, DTYPES = ["orthogonal", "gaussian"], ["float32", "float64"]
NETWORK = ("hidden_size", "sequence_length", "batch_size", "seed", "init", "init_scale", "dtype")  # by start over
RATES = [float(f"{digit}e{power}") for power in range(-5, 0) for digit in (1, 1.5, 2, 3, 4, 5, 7)] + [1.0]


def text(session: Session) -> None:
    """The text's button; as with the others, nothing of its panel is drawn while that is closed."""
    corpus = session.run.corpus
    name = corpus.name if len(corpus.name) <= NAME else corpus.name[: NAME - 1] + "…"
    with st.popover(f"Text: {words.plain(name)}", icon=":material/menu_book:", key="text", on_change="rerun") as panel:
        if panel.open:
            choose_text(session)


def choose_text(session: Session) -> None:
    """The texts there are, a text of one's own, and what was found in the present one."""
    corpus = session.run.corpus
    choices = reading()
    chosen = corpus.name if (corpus.lowercase, corpus.held_out) == choices else ""
    pick(session, texts.names(), choices, chosen)
    st.caption("Generated, of exactly known entropy:")
    source = texts.source_named(corpus.name)
    pick(session, [each.title for each in SOURCES], choices, source.title if source else "")
    if source:
        parameters(session, source, choices)
    paste(session, choices)
    upload(session, choices)
    report(corpus)


def reading() -> Choices:
    """How the next text is to be read."""
    lowercase = st.toggle(
        "Lower-case letters only",
        value=True,
        key="lowercase",
        persist_state="session",
        help="A smaller alphabet is learned sooner: THE and the become one.",
    )
    held_out = st.select_slider(
        "Held out for testing",
        options=[0.0, 0.02, 0.05, 0.1, 0.2],
        value=0.05,
        format_func=lambda part: f"{part:.0%}" if part else "nothing",
        key="held_out",
        persist_state="session",
        help="The last part of the text, never learned from: its loss tells what was learned, not memorised.",
    )
    return Choices(lowercase, held_out)


def pick(session: Session, titles: list[str], choices: Choices, chosen: str) -> None:
    """One button a title."""
    with st.container(horizontal=True, gap="small"):
        for title in titles:
            st.button(
                words.plain(title),
                on_click=lambda title=title: adopt(session, lambda: texts.find(title, choices)),
                key=f"text-{title}",
                type="primary" if title == chosen else "secondary",
            )


def parameters(session: Session, source: Source, choices: Choices) -> None:
    """What the generated text depends on, and what that makes of its entropy; another one takes effect by a press."""
    columns, values = st.columns(2, vertical_alignment="bottom"), {}
    for place, parameter in enumerate(parameters_of(source)):
        kind = type(parameter.default)
        values[parameter.name] = columns[place % 2].number_input(
            parameter.words,
            kind(parameter.low),
            kind(parameter.high),
            getattr(source, parameter.name),
            step=1 if kind is int else 0.05,
            key=f"{parameter.name} of {session.run.corpus.name}",
        )
    other = changed(source, values)
    st.caption(f"{source.teaches} Exact entropy: {other.entropy_bits:.4f} bits a character.")
    if other != source:
        st.button(
            "Learn from this",
            key="use-generated",
            type="primary",
            on_click=lambda: adopt(session, lambda: texts.find(name_of(other), choices)),
        )


def paste(session: Session, choices: Choices) -> None:
    """A text typed or pasted."""
    pasted = st.text_area(
        "or paste a text",
        key="pasted",
        persist_state="session",
        height=90,
        placeholder="A few hundred characters or more …",
    )
    st.button(
        "Learn from what I pasted",
        key="use-pasted",
        on_click=lambda: adopt(session, lambda: Corpus.from_text(pasted, name="pasted text", **choices._asdict())),
    )


def upload(session: Session, choices: Choices) -> None:
    """A file of one's own."""
    uploaded = st.file_uploader("or upload a file", key="uploaded", help="Plain text, in any encoding.")
    if not uploaded:
        return
    rare = st.toggle(
        f"Keep only the {FREQUENT} most frequent characters",
        key="frequent",
        persist_state="session",
        help="For texts with a very large alphabet: the rest becomes one sign, �.",
    )
    name, data, frequent = uploaded.name, uploaded.getvalue(), FREQUENT if rare else None
    st.button(
        f"Learn from {words.plain(name)}",
        key="use-uploaded",
        type="primary",
        on_click=lambda: adopt(
            session, lambda: Corpus.from_bytes(data, name=name, keep_frequent=frequent, **choices._asdict())
        ),
    )


def report(corpus: Corpus) -> None:
    """What was found in the text: size, alphabet, what was dropped or replaced."""
    found = corpus.report
    held_out = len(corpus.held_out_ids)
    encoding = f" · read as {found.encoding}" if found.encoding else ""
    st.caption(words.plain(corpus.name))
    st.caption(f"{found.characters:,} characters · {found.alphabet} different ones{encoding} · {held_out:,} held out")
    shown = corpus.vocabulary.characters[:120]
    st.code("".join(words.visible(character) for character in shown), language=None, wrap_lines=True)
    for note in found.notes:
        st.text(note)


def adopt(session: Session, load: Callable[[], Corpus]) -> None:
    """Start over on a text if it can be had; otherwise say why, and leave the run alone."""
    try:
        corpus = load()
        corpus.require_window(session.run.settings.sequence_length)
    except CorpusError as error:
        session.notice = str(error)
    except (OSError, KeyError):
        session.notice = "The file is not there any more, or cannot be read: choose another text."
    else:
        session.propose(corpus, session.run.settings)


def network(session: Session) -> None:
    """The network's button."""
    settings = session.run.settings
    label = f"Network: {settings.hidden_size} units · {settings.sequence_length} back"
    with st.popover(label, icon=":material/tune:", key="network", on_change="rerun") as panel:
        if panel.open:
            choose_network(session)


def field(form: str, settings: Settings, name: str) -> str:
    """The key of a form's field that begins with the setting: once that is another one, it is another field."""
    return f"{form} {name} {getattr(settings, name)}"


def choose_network(session: Session) -> None:
    """Size, start and seed; the classic experiment, and the defaults."""
    settings = session.run.settings

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
        session.propose(session.run.corpus, replace(settings, **chosen))
    except SettingsError as error:
        session.notice = str(error)


def classic(session: Session) -> None:
    """The reference experiment on the present text, its choices of the text included."""
    corpus = session.run.corpus
    adopted = Corpus.from_text(corpus.text, name=corpus.name, lowercase=True, held_out=0)
    session.propose(adopted, Settings.classic())


def learning(session: Session) -> None:
    """How it learns: the button."""
    now = session.run.snapshot
    label = f"Learning: {words.rate(now.learning_rate)} · {OPTIMIZERS[session.run.settings.optimizer]}"
    with st.popover(label, icon=":material/school:", key="learning", on_change="rerun") as panel:
        if panel.open:
            choose_learning(session)


def choose_learning(session: Session) -> None:
    """Rate and clip act at once; the optimiser and the schedule need a new start."""
    run, state = session.run, st.session_state
    settings, now = run.settings, run.snapshot
    # What the widgets show is what is in force, whoever set it.
    rates = sorted({*RATES, now.learning_rate})
    rate = "rate" if len(rates) == len(RATES) else "rate-own"  # other choices: another slider (player.scrubber)
    show(rate, now.learning_rate)
    show("clip", now.clip)
    show("optimizer", settings.optimizer)
    show("decay", float(settings.decay))

    def anew() -> None:
        changes = {"optimizer": state["optimizer"], "decay": state["decay"]}
        session.propose(run.corpus, replace(settings, **changes))

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
    st.caption(f"In force now: {words.rate(now.rate)}")


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
