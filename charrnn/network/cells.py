"""The cells by name: each a module with the same few functions (rnn.py, gru.py, lstm.py), chosen here and nowhere else.

B = parallel streams, H = hidden size. A state is a row of STATES · H numbers that begins with h; an LSTM's goes on
with c. Parameters tell by their shapes which cell they are of: W_hh is as wide as its gates.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from charrnn.network import gru, lstm, rnn
from charrnn.network.jacobian import Jacobian
from charrnn.network.parameters import Array, Parameters, unbounded


class Cell(Protocol):
    """What a module has to have to be a cell."""

    GATES: int  # blocks of H columns in W_hh
    BIASES: int  # blocks of H entries in b_h
    STATES: int  # blocks of H numbers in a row of the state
    ROWS: int  # blocks of H numbers that a Workspace has for each character
    Workspace: Any

    @property
    def zeros(self) -> Callable[..., Parameters]:
        """Parameters (V, H, dtype) that are all zero."""

    @property
    def initialise(self) -> Callable[..., Parameters]:
        """A start for training."""

    @property
    def loss_and_gradients(self) -> Callable[..., tuple[float, Parameters, Array]]:
        """One window forward and back."""

    def forward(self, parameters: Parameters, inputs: Array, hidden: Array, /) -> Array:
        """The states (T + 1, B, STATES · H) along inputs (T, B)."""

    def quantities(self, parameters: Parameters, inputs: Array, space: Any, /) -> dict[str, Array]:
        """All but y of the window of one stream, inputs (T,), that has just gone through a workspace: (T, H) each."""

    def advance(self, parameters: Parameters, came: Array, hidden: Array, /) -> Array:
        """The states (B, STATES · H) after one character of which W_xh says came (B, GATES · H), or (GATES · H,)."""

    def reader(self, parameters: Parameters, /) -> Callable[[Array, int], None]:
        """A function that has one state read one character, in place."""

    def parts(self, parameters: Parameters, inputs: Array, before: Array, after: Array, /) -> dict[str, Array]:
        """What there is to see beside h (…, H) in the steps from the states before to those after (…, STATES · H)."""

    def jacobian(self, parameters: Parameters, inputs: Array, before: Array, after: Array, /) -> Jacobian:
        """The derivative of these steps."""


CELLS: dict[str, Cell] = {"rnn": rnn, "gru": gru, "lstm": lstm}
_BY_GATES = {cell.GATES: cell for cell in CELLS.values()}


def cell_of(parameters: Parameters) -> Cell:
    """The cell that parameters, or gradients, are of."""
    H, width = parameters.W_hh.shape
    return _BY_GATES[width // H]


def zero_state(parameters: Parameters, B: int = 1) -> Array:
    """The states (B, STATES · H) before any text."""
    return np.zeros((B, cell_of(parameters).STATES * len(parameters.W_hh)), parameters.W_hh.dtype)


@unbounded
def forward(parameters: Parameters, inputs: Array, hidden: Array) -> Array:
    """Read inputs (T, B) from the states hidden (B, S H); return those (T + 1, B, S H) before and after each."""
    return cell_of(parameters).forward(parameters, inputs, hidden)
