"""What lies before and behind any cell: the rows of W_xh that come in, and the output layer with its loss.

T = sequence length, B = parallel streams, V = vocabulary size, H = hidden size, as in rnn.py, where the equations are.
"""

from typing import Any

import numpy as np

from charrnn.network.parameters import Array, Parameters, aligned_zeros, unbounded

MANY = 512  # characters from which on the few rows of W_xh that a window read are treated by themselves


def room(rows: int, V: int, dtype: Any) -> tuple[Array, Array]:
    """For y and the one-hot rows of what is read, (rows, V) each; of these none where characters are MANY."""
    return aligned_zeros(rows, V, dtype=dtype), aligned_zeros(rows, V if V < MANY else 0, dtype=dtype)


def steps(rows: Array, B: int) -> list[Array]:
    """Rows (T·B, H) as T matrices (B, H); as vectors (H,) where B = 1, for which BLAS has the cheaper call."""
    return list(rows if B == 1 else rows.reshape(-1, B, rows.shape[1]))


@unbounded
def logits(parameters: Parameters, states: Array) -> Array:
    """y = h W_hy + b_y: unnormalised log probabilities (…, V) of the next character, h being what states begin with."""
    return states[..., : len(parameters.W_hy)] @ parameters.W_hy + parameters.b_y


@unbounded
def log_softmax(y: Array) -> Array:
    """ln softmax(y) over the last axis, in nats. The maximum is subtracted first, so that exp cannot overflow."""
    shifted = y - y.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


@unbounded
def softmax(y: Array) -> Array:
    """Probabilities exp(y) / Σ exp(y) over the last axis."""
    return np.exp(log_softmax(y))


def output(
    parameters: Parameters,
    space: Any,
    h: Array,
    targets: Array,
    B: int,
    counted: Array | None = None,
    mask: Array | None = None,
) -> float:
    """The output layer forward and back, in any cell's workspace: the loss of h (T·B, H) and targets (T·B,).

    Writes dW_hy, db_y and, into space.dh, what the predictions tell each state; counted and mask as in
    loss_and_gradients.
    """
    W_hy, gradients = parameters.W_hy, space.gradients
    if mask is not None:
        h = np.multiply(h, mask, space.dh)  # whose room is free until dh is known
    y = np.dot(h, W_hy, space.y)
    np.add(y, parameters.b_y, y)
    loss, dy = cross_entropy(y, space.row_start + targets, B, space.ones_V, counted)
    np.dot(h.T, dy, gradients.W_hy)
    np.dot(space.ones, dy, gradients.b_y)
    np.dot(dy, W_hy.T, space.dh)
    if mask is not None:
        np.multiply(space.dh, mask, space.dh)
    return loss


def by_rows(space: Any, inputs: Array, dz: Array) -> None:
    """dW_xh = Σ_t o(x_t)ᵀ dz_t, from inputs (T·B,) and dz (T·B, G H), in any cell's workspace."""
    dW, onehot = space.gradients.W_xh, space.onehot
    if len(dW) < MANY:
        onehot.fill(0)
        onehot.reshape(-1)[space.row_start + inputs] = 1
        np.dot(onehot.T, dz, dW)  # a product with one-hot rows: np.add.at is six times slower
    else:
        space.rows = add_rows(dW, inputs, dz, space.rows)


def add_rows(dW: Array, inputs: Array, dz: Array, before: Array | None) -> Array:
    """dW_xh = Σ_t o(x_t)ᵀ dz_t without its rows of zeros; return the others, in ascending order.

    dW (V, H) is zero but in the rows `before`; inputs (T·B,), dz (T·B, H).
    """
    if before is not None:
        dW[before] = 0
    order = inputs.argsort(kind="stable")
    rows, first = np.unique(inputs[order], return_index=True)
    dW[rows] = np.add.reduceat(dz[order], first)
    return rows


def cross_entropy(y: Array, target: Array, B: int, ones: Array, counted: Array | None = None) -> tuple[float, Array]:
    """The loss 1/B Σ -ln softmax(y)[target], and dy = (softmax(y) - o(target)) / B, which takes the place of y.

    y is (T·B, V), target (T·B,) the places of the targets in y as it lies in memory, ones (V,). Where targets are not
    `counted` they add nothing to either.
    """
    if max(y.max(), -y.min()) > 80:  # exp would overflow or vanish; softmax is the same without the rows' maxima
        np.subtract(y, y.max(axis=1, keepdims=True), y)
    score = y.take(target)
    np.exp(y, y)
    total = np.dot(y, ones)[:, None]  # a product is quicker than a sum along short rows
    if counted is None:
        loss = float(np.log(total).sum() - score.sum()) / B
    else:
        loss = float((np.log(total[:, 0]) - score)[counted.reshape(-1)].sum()) / B
    total *= B
    np.divide(y, total, y)
    y.reshape(-1)[target] -= 1 / B
    if counted is not None:
        y[~counted.reshape(-1)] = 0
    return loss, y


def transposed(W: Array, out: Array) -> Array:
    """Wᵀ as an array of its own, with which large products are up to twice as fast as with the view W.T.

    Copied a cache line of columns at a time: where H is a power of two, NumPy's own copy takes four times as long.
    """
    for start in range(0, len(W), 16):
        out[:, start : start + 16] = W[start : start + 16].T
    return out


def from_next(rows: Array) -> Array:
    """What each of these rows sends back to the one before it, nothing coming to the last."""
    return np.concatenate([rows[1:], np.zeros_like(rows[:1])])
