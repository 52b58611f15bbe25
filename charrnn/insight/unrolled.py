"""One training step with all its numbers: what is read, guessed and told column by column, and what is learned.

The letters are those of network/rnn.py, a column for each character read; dh is all that reaches a state:

    dh_t = dy_t W_hyᵀ + dz_{t+1} W_hhᵀ                                          dz_t = dh_t (1 - h_t²)

Training learns from the last T columns and cuts the unroll before them. Here the gradient flows on past the cut, so
that it is seen what is thrown away; the summed gradients leave it out, as training does. All is without dropout.
N = columns, T = characters of a training window, V = vocabulary size, H = hidden size.
"""

from typing import NamedTuple

import numpy as np

from charrnn.network.optimizers import OPTIMIZERS, clip, decay_weights, update_rows
from charrnn.network.rnn import MANY, Array, Parameters, cross_entropy, log_softmax, recur_back, softmax


class Unrolled(NamedTuple):
    """Every quantity of the step, in the order in which it comes about."""

    x: Array  # (N,) ids of the characters read
    before: Array  # (N, H) h_{t-1}
    z: Array  # (N, H) W_xh[x] + b_h
    recurrent: Array  # (N, H) h_{t-1} W_hh
    h: Array  # (N, H) tanh(z + recurrent)
    y: Array  # (N, V) h W_hy + b_y
    p: Array  # (N, V) softmax(y)
    came: Array  # (N,) ids of the characters that came
    loss: Array  # (N,) -ln p[came], nats
    dy: Array  # (N, V) p - o(came), 0 where a loss does not count
    told: Array  # (N, H) dy W_hyᵀ
    dh: Array  # (N, H) told + dz_{t+1} W_hhᵀ
    dz: Array  # (N, H) dh (1 - h²)
    cut: int  # the first column that training learns from
    gradients: Parameters  # summed over the columns from there on

    @property
    def share(self) -> Array:
        """(N,) the norm of d loss / d h at each column: how strongly the losses that count pull there."""
        return np.linalg.norm(self.dh, axis=1)


class Update(NamedTuple):
    """What the optimiser makes of a gradient."""

    gradients: Parameters  # clipped
    change: Parameters  # of the parameters


def unrolled(parameters: Parameters, ids: Array, states: Array, T: int, *, last: bool = False) -> Unrolled:
    """Read ids[:-1], seeing ids[1:] come; learn from the last T columns.

    The losses of these T count, as in training, or with `last` only that of the last column, whose gradient can then be
    followed back. ids (N + 1,), N at least 1; states (N + 1, H), before the text and after each character, as from
    reading.states.
    """
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    x, came = ids[:-1], ids[1:]
    N, V = len(x), len(b_y)
    cut = max(0, N - T)
    before, h = states[:-1], states[1:]
    y = np.dot(h, W_hy) + b_y
    _, dy = cross_entropy(y.copy(), np.arange(N) * V + came, 1, np.ones(V, y.dtype))
    dy[: N - 1 if last else cut] = 0
    told = np.dot(dy, W_hy.T)
    dz = np.empty_like(h)
    recur_back(W_hh.T, list(told), list(1 - h * h), list(dz))
    dh = told.copy()
    dh[:-1] += dz[1:] @ W_hh.T
    loss = -log_softmax(y)[np.arange(N), came]
    gradients = _summed(parameters, x[cut:], before[cut:], h[cut:], dy[cut:], dz[cut:])
    return Unrolled(
        x, before, W_xh[x] + b_h, before @ W_hh, h, y, softmax(y), came, loss, dy, told, dh, dz, cut, gradients
    )


def _summed(parameters: Parameters, x: Array, before: Array, h: Array, dy: Array, dz: Array) -> Parameters:
    """The gradient of each array over the columns given, by the same products as in training."""
    ones, onehot = np.ones(len(x), dz.dtype), np.zeros((len(x), len(parameters.b_y)), dz.dtype)
    onehot[np.arange(len(x)), x] = 1
    products = (np.dot(onehot.T, dz), np.dot(before.T, dz), np.dot(h.T, dy), np.dot(ones, dz), np.dot(ones, dy))
    return Parameters(*products)


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
