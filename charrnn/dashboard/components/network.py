"""The network drawn, unrolled over a stretch of text: what it reads, carries, guesses, is told and learns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charrnn.dashboard.wire import pack

from .mounting import mount

GUESSES = 5
FIGURES = (  # of a column
    "loss",
    "y",  # of the character that came, as dy
    "dy",
    "total",  # ln Σ e^y
    "share",  # of the gradient
    "back",  # the norm of what comes back from the next column through W_hh
    "kept",  # and of what comes beside it, through a gate
)


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
    figures: Sequence[ArrayLike]  # each (K,), by the names of FIGURES
    units: Mapping[str, ArrayLike]  # each (K, U), what the cell's equations have, by their letters (network_cells.js)
    bias: NDArray[Any]  # (blocks of H in b_h, U)


class Story(TypedDict):
    """What is told beside the columns."""

    cell: str  # as in Settings
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
    """The picture as sent: 13 KB for 15 columns of 32 units, 48 KB for those of an LSTM.

    Raises ValueError where shapes do not agree.
    """
    K, U, best = len(columns.read), len(story["units"]), len(columns.top[0])
    held = list(columns.units.values())
    wanted: list[tuple[ArrayLike, tuple[int, ...]]] = [
        (columns.top_p, (K, best)),
        (columns.bias, (len(columns.bias), U)),
    ]
    wanted += [(array, (K,)) for array in columns.figures] + [(array, (K, U)) for array in held]
    for array, shape in wanted:
        if np.shape(array) != shape:
            raise ValueError(f"shape {shape} is needed, not {np.shape(array)}")
    counts = (len(columns.came), len(columns.at), len(columns.figures))
    if counts != (K, K, len(FIGURES)) or any(len(top) != best for top in columns.top):
        raise ValueError(f"{K} columns of {best} guesses are needed")
    header = {
        **story,
        "read": columns.read,
        "came": columns.came,
        "at": list(columns.at),
        "top": "".join(columns.top),
        "held": list(columns.units),
        "biases": len(columns.bias),
    }
    numbers = [columns.top_p, *columns.figures, *held, columns.bias]
    return pack(header, *(np.asarray(array, "<f4") for array in numbers))
