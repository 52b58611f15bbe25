"""The network drawn, unrolled over a stretch of text: what it reads, carries, guesses, is told and learns."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.wire import pack

from .mounting import mount

GUESSES = 5


class Summed(TypedDict):
    """The gradient of one array, and what the optimiser makes of it."""

    name: str  # "W_hh"
    norm: float | None  # of the gradient, summed over the columns that training learns from; None where it overflows
    cut: int  # entries that were clipped
    size: int  # entries in all
    change: float | None  # the norm of what is added to the array; None where that is not known


class Columns(NamedTuple):
    """The columns that are drawn, oldest first. K of them, U units of each."""

    read: str  # K characters
    came: str
    at: Sequence[int]  # places among the N columns of the step, rising; a gap stands for some that are left out
    top: Sequence[str]  # K times the likeliest characters, best first, equally many
    top_p: ArrayLike  # (K, that many)
    figures: Sequence[
        ArrayLike
    ]  # each (K,): loss, y and dy of the character that came, ln Σ e^y, share of the gradient
    units: Sequence[ArrayLike]  # each (K, U): z, what comes from the state before, h, dy W_hyᵀ, dh, dz
    bias: ArrayLike  # (U,) b_h


class Story(TypedDict):
    """What is told beside the columns."""

    N: int  # columns of the step
    T: int  # characters of a training window
    last: bool  # whether the loss of the last column alone counts
    units: Sequence[int]  # U numbers
    H: int  # units in all
    chosen: bool  # whether a person chose them
    summed: Sequence[Summed]
    clip: float
    optimizer: str
    step: str  # "step 1,000"
    place: int  # of the character that came last, among those that may be chosen: the first and the last of them
    places: tuple[int, int]


def network(data: bytes, *, key: str, on_place: Callable[[int], None]) -> None:
    """Draw a network that was encoded. ``on_place`` is called with the place of the text that was moved to."""
    mount("network", data, key=key, choice="place", on_choice=on_place)


def encode_network(columns: Columns, story: Story) -> bytes:
    """The picture as sent: 13 KB for 15 columns of 32 units. Raises ValueError where shapes do not agree."""
    K, U, best = len(columns.read), len(story["units"]), len(columns.top[0])
    wanted = [(columns.top_p, (K, best)), (columns.bias, (U,))]
    wanted += [(array, (K,)) for array in columns.figures] + [(array, (K, U)) for array in columns.units]
    for array, shape in wanted:
        if np.shape(array) != shape:
            raise ValueError(f"shape {shape} is needed, not {np.shape(array)}")
    if len(columns.came) != K or len(columns.at) != K or any(len(top) != best for top in columns.top):
        raise ValueError(f"{K} columns of {best} guesses are needed")
    header = {
        **story,
        "read": columns.read,
        "came": columns.came,
        "at": list(columns.at),
        "top": "".join(columns.top),
    }
    numbers = [columns.top_p, *columns.figures, *columns.units, columns.bias]
    return pack(header, *(np.asarray(array, "<f4") for array in numbers))
