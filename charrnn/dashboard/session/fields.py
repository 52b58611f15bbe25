"""Widgets that begin with what is in force."""

from typing import Any

import streamlit as st

from charrnn.training.settings import LIMITS, Settings

OPTIMIZERS = {"adam": "Adam", "adagrad": "Adagrad", "rmsprop": "RMSprop", "sgd": "SGD"}


NUMBERS = {  # what each is called and means, and how far one press on its + goes
    "hidden_size": ("Units", "Numbers it carries along from character to character.", 1),
    "sequence_length": ("Looks back", "How far back learning looks, in characters.", 1),
    "batch_size": ("Streams", "Places of the text that are read at once.", 1),
    "seed": ("Seed", "Same seed, same start.", 1),
    "init_scale": ("Start scale", "Size of the weights before training.", 0.01),
    "learning_rate": ("Learning rate", "Size of each correction.", 0.001),
    "clip": ("Clip", "Largest entry of the gradient that is allowed; larger ones are cut.", 1.0),
}


def field(form: str, settings: Settings, name: str) -> str:
    """The key of a form's field that begins with the setting: once that is another one, it is another field."""
    return f"{form} {name} {getattr(settings, name)}"


def number(form: str, settings: Settings, name: str, place: Any = st) -> None:
    """A form's field for a setting that is a number, between the limits of Settings."""
    label, help, step = NUMBERS[name]
    kind = type(step)
    low, high = map(kind, LIMITS[name])
    decimals = "%d" if kind is int else "%.3g"
    key, value = field(form, settings, name), kind(getattr(settings, name))
    place.number_input(label, low, high, value, step=step, format=decimals, key=key, help=help)


def show(key: str, value: Any) -> dict[str, Any]:
    """Arguments with which a widget shows a value: it begins with it, and is set only where it shows something else.

    One that is set overrides what a person enters at that moment. And a new one must not be set: of two drawings that
    reach the browser in one message the second replaces the first, sets nothing any more, and the widget would stand
    at whatever it begins with.
    """
    if st.session_state.get(key, value) == value:
        return {"value": value}
    st.session_state[key] = value
    return {}
