"""How well the network predicts a text that it does not learn from."""

from collections.abc import Iterator

import numpy as np

from charrnn.network.cells import forward, zero_state
from charrnn.network.layers import log_softmax, logits
from charrnn.network.parameters import Array, Parameters, unbounded

CHUNK = 500  # characters at a time: states and predictions stay in the cache


def surprisal(parameters: Parameters, ids: Array, hidden: Array | None = None) -> Array:
    """-ln p(ids[i+1] | ids[:i+1]) for each character after the first, in nats: shape (len(ids) - 1,).

    One pass from the state hidden (S H,), zero where none is given, carried from the first character to the last.
    """
    return np.concatenate([np.empty(0), *surprisal_in_chunks(parameters, ids, hidden)])


def surprisal_in_chunks(parameters: Parameters, ids: Array, hidden: Array | None = None) -> Iterator[Array]:
    """The same, CHUNK characters at a time."""
    state = zero_state(parameters) if hidden is None else hidden[None]
    for start in range(0, len(ids) - 1, CHUNK):
        targets = ids[start + 1 : start + 1 + CHUNK]
        h = forward(parameters, ids[start : start + len(targets), None], state)
        yield -log_softmax(logits(parameters, h[1:, 0]))[np.arange(len(targets)), targets]
        state = h[-1]


def evaluate(parameters: Parameters, ids: Array, ignored: int | None = None) -> float | None:
    """Mean surprisal of the text in nats per character: zero state first, then carried, nothing learned.

    `ignored` is a character that counts for nothing where it is to be predicted; None where no other one is.
    """
    return evaluated(surprisal(parameters, ids), ids, ignored)


@unbounded
def evaluated(nats: Array, ids: Array, ignored: int | None = None) -> float | None:
    """The mean of the surprisal nats (len(ids) - 1,) that counts."""
    counted = ids[1:] != ignored
    return float(nats[counted].mean() if ignored is not None else nats.mean()) if counted.any() else None
