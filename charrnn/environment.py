"""Numbers that whoever serves the page may set in the environment; a bad one is told in the log and changes nothing."""

import logging
import os
from functools import cache


def number(name: str, default: float, low: float, high: float) -> float:
    """The environment variable `name` as a number from `low` to `high`, else the default."""
    text = os.environ.get(name, "").strip()
    return _read(name, text, default, low, high) if text else default


@cache  # so that each is told once
def _read(name: str, text: str, default: float, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if low <= value <= high:
        return value
    said = f"{name} is {text!r}, but has to be a number from {low:g} to {high:g}: it counts as {default:g}."
    logging.getLogger(__name__).warning(said)
    return default
