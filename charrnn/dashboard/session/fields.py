"""Widgets that begin with what is in force, and those that take a text."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.session import CELLS, CHARACTERS
from charrnn.sentence import Sentence
from charrnn.training.settings import LIMITS, Settings

CELL_NAMES = {"rnn": Sentence("vanilla"), "gru": "GRU", "lstm": "LSTM"}
OPTIMIZERS = {"adam": "Adam", "adagrad": "Adagrad", "rmsprop": "RMSprop", "sgd": "SGD"}
NUMBERS = {  # what each is called, its term in the glossary, and how far one press on its + goes
    "hidden_size": (Sentence("Units"), "unit", 1),
    "sequence_length": (Sentence("Looks back"), "looks back", 1),
    "batch_size": (Sentence("Streams"), "stream", 1),
    "seed": (Sentence("Seed"), "seed", 1),
    "init_scale": (Sentence("Start scale"), "start", 0.01),
    "learning_rate": (Sentence("Learning rate"), "learning rate", 0.001),
    "clip": (Sentence("Clip"), "clip", 1.0),
    "weight_decay": (Sentence("Weight decay"), "weight decay", 0.1),
    "dropout": (Sentence("Dropout"), "dropout", 0.1),
}
FEW: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {  # the same of what is one of a few, each by its words
    "cell": (Sentence("Cell"), CELL_NAMES, ("cell", "gate")),
    "init": (Sentence("Start"), {"orthogonal": Sentence("orthogonal"), "gaussian": Sentence("gaussian")}, ("start",)),
    "dtype": (Sentence("Precision"), {"float32": "float32", "float64": "float64"}, ("precision",)),
    "optimizer": (Sentence("Optimiser"), OPTIMIZERS, ("optimiser",)),
}
TYPED = {  # characters at most
    "typed": CELLS,
    "heatmap-text": CHARACTERS,
    "prime": 200,
    "stop": 1,
    "film-prime": 200,
    "pattern": 200,
    "run-name": 60,
    "guessed": 1,
}


def text(label: str, key: str, **options: Any) -> str:
    """A field for a text, of no more characters than are TYPED there; return what it holds."""
    st.text_input(label, key=key, max_chars=TYPED[key], **options)
    return typed(key)


def typed(key: str) -> str:
    """What a field holds, "" where it has not been drawn. Only browsers keep to a field's limit, so it is cut here."""
    return str(st.session_state.get(key) or "")[: TYPED[key]]


def one(key: str, options: Iterable[Any]) -> Any:
    """Which of these a choice names, the first where it names none: a browser tells it by its words, which those of
    another language, left meanwhile, are not."""
    options = list(options)
    value = st.session_state.get(key)
    return value if value in options else options[0]


def entered(form: str, settings: Settings, name: str) -> Any:
    """What a form's field holds; one that is not there (any more), or names none of its choices, what it began with."""
    value = st.session_state.get(field(form, settings, name))
    known = value in FEW[name][1] if name in FEW else value is not None
    return value if known else getattr(settings, name)


def field(form: str, settings: Settings, name: str) -> str:
    """The key of a form's field that begins with the setting: once that is another one, it is another field."""
    return f"{form} {name} {getattr(settings, name)}"


def number(form: str, settings: Settings, name: str, place: Any = st) -> None:
    """A form's field for a setting that is a number, between the limits of Settings."""
    label, term, step = NUMBERS[name]
    kind = type(step)
    low, high = map(kind, LIMITS[name])
    decimals = "%d" if kind is int else "%.3g"
    key, value = field(form, settings, name), kind(getattr(settings, name))
    place.number_input(_(label), low, high, value, step=step, format=decimals, key=key, help=explained("", term))


def one_of(form: str, settings: Settings, name: str, place: Any = st) -> None:
    """A form's field for a setting that is one of a few."""
    label, options, terms = FEW[name]
    place.selectbox(
        _(label),
        list(options),
        list(options).index(getattr(settings, name)),
        format_func=by_name(options),
        key=field(form, settings, name),
        help=explained("", *terms),
    )


def key_of(role: str, value: Any, choices: str = "", read: Callable[[Any], Any] = lambda entered: entered) -> str:
    """The key of the widget that shows a value, whoever set it: of another one, which begins with the value, once that
    is not what the one before has, or its `choices` are others. `read` tells the value from what was entered.

    None is ever set. One that is set overrides what a person enters at that moment; of two drawings that reach the
    browser in one message the second would take the setting back; and a browser that has not yet heard of it tells what
    it had, which counts as a choice: of two fields for one number each turned the other back.
    """
    state, shown = st.session_state, f"{role} shown"
    times = state.get(shown, (0, ""))[0]
    before = _joined(role, choices, times)
    if before in state and read(state[before]) != value:
        times += 1
    key = _joined(role, choices, times)
    state[shown] = times, key
    return key


def _joined(role: str, choices: str, times: int) -> str:
    return "-".join(filter(None, (role, choices, str(times or ""))))


def acts(
    role: str,
    key: str,
    now: Callable[[], Any],
    do: Callable[[Any], Any],
    read: Callable[[Any], Any] = lambda entered: entered,
) -> Callable[[], None]:
    """A widget's callback: `do` with what was entered, if that is not what is so `now`.

    What a browser tells once more, Streamlit takes for a change where it has forgotten the widget: of one in a panel
    that has just been closed, and of one that has been replaced, which does nothing any more.
    """

    def act() -> None:
        entered = st.session_state[key]
        if st.session_state[f"{role} shown"][1] == key and read(entered) != now():
            do(entered)

    return act
