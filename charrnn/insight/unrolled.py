"""One training step with all its numbers: what is read, guessed and told column by column, and what is learned.

The letters are those of the cell's own module (network/rnn.py, gru.py, lstm.py), whose pass forward and back it is; a
column for each character read. dh is all that reaches a state: dy W_hyᵀ, and what comes back from the next column.

Training learns from the last T columns and cuts the unroll before them. Here the gradient flows on past the cut, so
that it is seen what is thrown away; the summed gradients leave it out, as training does. All is without dropout.
N = columns, T = characters of a training window, V = vocabulary size, H = hidden size.
"""

from typing import NamedTuple

import numpy as np

from charrnn.network.cells import cell_of
from charrnn.network.layers import MANY, log_softmax, logits, softmax
from charrnn.network.optimizers import OPTIMIZERS, clip, decay_weights, update_rows
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed


@displayed
class Unrolled(NamedTuple):
    """Every quantity of the step."""

    x: Array  # (N,) ids of the characters read
    before: Array  # (N, H) h_{t-1}
    h: Array  # (N, H)
    y: Array  # (N, V) h W_hy + b_y
    p: Array  # (N, V) softmax(y)
    came: Array  # (N,) ids of the characters that came
    loss: Array  # (N,) -ln p[came], nats
    dy: Array  # (N, V) p - o(came), 0 where a loss does not count
    told: Array  # (N, H) dy W_hyᵀ
    inside: dict[str, Array]  # (N, H) each, what the cell has beside these: its quantities
    cut: int  # the first column that training learns from
    gradients: Parameters  # summed over the columns from there on

    @property
    def by_state(self) -> Array:
        """(N, S H) d loss / d state at each column: by h, and in an LSTM by c, along the way not through h."""
        names = ("dh", "kept") if "c" in self.inside else ("dh",)
        return np.concatenate([self.inside[name] for name in names], axis=1)

    @property
    def share(self) -> Array:
        """(N,) its norm: how strongly the losses that count pull there."""
        return np.linalg.norm(self.by_state, axis=1)


@displayed
class Update(NamedTuple):
    """What the optimiser makes of a gradient."""

    gradients: Parameters  # clipped
    change: Parameters  # of the parameters


def unrolled(parameters: Parameters, ids: Array, states: Array, T: int, *, last: bool = False) -> Unrolled:
    """Read ids[:-1], seeing ids[1:] come; learn from the last T columns.

    The losses of these T count, as in training, or with `last` only that of the last column, whose gradient can then be
    followed back. ids (N + 1,), N at least 1; states (N + 1, S H), before the text and after each character, as from
    reading.states.
    """
    cell, (V, H) = cell_of(parameters), parameters.sizes
    x, came = ids[:-1], ids[1:]
    N = len(x)
    cut = max(0, N - T)
    counted = np.arange(N) >= (N - 1 if last else cut)
    space = cell.Workspace(N, 1, V, H, states.dtype)
    # Once over all columns, whose numbers are seen, and once as in training, from the cut on.
    cell.loss_and_gradients(parameters, x[:, None], came[:, None], states[:1], space, counted[:, None])
    learned = x[cut:, None], came[cut:, None], states[cut : cut + 1], None, counted[cut:, None]
    _, gradients, _ = cell.loss_and_gradients(parameters, *learned)
    before, h = states[:-1, :H], states[1:, :H]
    y = logits(parameters, h)
    loss = -log_softmax(y)[np.arange(N), came]
    told = np.dot(space.y, parameters.W_hy.T)
    inside = cell.quantities(parameters, x, space)
    return Unrolled(x, before, h, y, softmax(y), came, loss, space.y, told, inside, cut, gradients)


def update(
    parameters: Parameters,
    gradients: Parameters,
    memory: list[Array],
    read: Array,
    *,
    optimizer: str,
    rate: float,
    limit: float,
    step: int,
    weight_decay: float = 0,
) -> Update:
    """The gradients clipped to ±limit, and what a step, counted from 1, adds to the parameters: decay and optimiser.

    `memory` is what it remembers of earlier gradients, as flat vectors; `read` are the ids of the characters that the
    gradients are of, which alone have their rows updated where the alphabet is large. Nothing that is given is changed.
    """
    optimize, _ = OPTIMIZERS[optimizer]
    p, g, memory = np.array(parameters.flat), np.array(gradients.flat), [np.array(m) for m in memory]
    clip(g, limit)
    before, W_xh = p.copy(), gradients.W_xh
    if weight_decay:
        decay_weights(parameters.like(p), rate, weight_decay)
    if len(W_xh) < MANY:
        optimize(p, g, memory, np.empty_like(p), rate, step)
    else:
        update_rows(optimize, p, g, memory, rate, step, np.unique(read), W_xh.shape)
    return Update(parameters.like(g), parameters.like(p - before))


def that_moved(step: Unrolled, parameters: Parameters, n: int) -> Array:
    """The n units that moved the last column's likeliest guess most, in ascending order of their number.

    A unit moves its score by h (W_hy[guess] - mean over characters): what it says for the guess beyond what it says for
    all, which the softmax does not see.
    """
    W_hy, guess = parameters.W_hy, int(step.p[-1].argmax())
    moved = np.abs(step.h[-1] * (W_hy[:, guess] - W_hy.mean(axis=1)))
    return np.sort(np.argsort(-moved, kind="stable")[:n])
