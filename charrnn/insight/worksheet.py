"""One step of the network with all its numbers: read a character, predict the next, learn from what came.

The letters are those of network/rnn.py; the gradients are those of this one step (T = B = 1), as if nothing had come
before. V = vocabulary size, H = hidden size.
"""

from typing import NamedTuple

import numpy as np

from charrnn.network.rnn import Array, Parameters, logits, softmax


class Worksheet(NamedTuple):
    """Every quantity of one step, in the order in which it comes about."""

    x: int  # id of the character read
    before: Array  # (H,) h_{t-1}
    z: Array  # (H,) W_xh[x] + b_h
    recurrent: Array  # (H,) h_{t-1} W_hh
    h: Array  # (H,) tanh(z + recurrent)
    y: Array  # (V,) h W_hy + b_y
    p: Array  # (V,) softmax(y)
    target: int  # id of the character that came
    loss: float  # -ln p[target], nats
    dy: Array  # (V,) p - o(target)
    dh: Array  # (H,) dy W_hyᵀ
    dz: Array  # (H,) dh (1 - h²)
    gradients: Parameters  # o(x)ᵀ dz, h_{t-1}ᵀ dz, hᵀ dy, dz, dy


def worksheet(parameters: Parameters, before: Array, x: int, target: int) -> Worksheet:
    """Read the character x from the state before (H,), then see the character target."""
    W_xh, W_hh, W_hy, b_h, _ = parameters
    z = W_xh[x] + b_h
    recurrent = before @ W_hh
    h = np.tanh(z + recurrent)
    y = logits(parameters, h)
    p = softmax(y)
    dy = p.copy()
    dy[target] -= 1
    dh = dy @ W_hy.T
    dz = dh * (1 - h * h)
    dW_xh = np.zeros_like(W_xh)
    dW_xh[x] = dz
    gradients = Parameters(dW_xh, np.outer(before, dz), np.outer(h, dy), dz, dy)
    loss = float(np.logaddexp.reduce(y) - y[target])
    return Worksheet(x, before, z, recurrent, h, y, p, target, loss, dy, dh, dz, gradients)
