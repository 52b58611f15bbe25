"""How well the network predicts a text that it does not learn from."""

import numpy as np

from charrnn.network.cells import forward, zero_state
from charrnn.network.rnn import Array, Parameters, log_softmax, logits

CHUNK = 500  # characters at a time: states and predictions stay in the cache


def surprisal(parameters: Parameters, ids: Array, hidden: Array | None = None) -> Array:
    """-ln p(ids[i+1] | ids[:i+1]) for each character after the first, in nats: shape (len(ids) - 1,).

    One pass from the state hidden (S H,), zero where none is given, carried from the first character to the last.
    """
    state = zero_state(parameters) if hidden is None else hidden[None]
    nats = np.empty(max(len(ids) - 1, 0))
    for start in range(0, len(nats), CHUNK):
        inputs = ids[start : min(start + CHUNK, len(nats))]
        targets = ids[start + 1 : start + 1 + len(inputs)]
        h = forward(parameters, inputs[:, None], state)
        log_p = log_softmax(logits(parameters, h[1:, 0]))
        nats[start : start + len(inputs)] = -log_p[np.arange(len(inputs)), targets]
        state = h[-1]
    return nats


def evaluate(parameters: Parameters, ids: Array, ignored: int | None = None) -> float | None:
    """Mean surprisal of the text in nats per character: zero state first, then carried, nothing learned.

    `ignored` is a character that counts for nothing where it is to be predicted; None where no other one is.
    """
    nats, counted = surprisal(parameters, ids), ids[1:] != ignored
    return float(nats[counted].mean() if ignored is not None else nats.mean()) if counted.any() else None
