"""The vanilla character RNN: forward, and backpropagation through time beside its equations.

T = sequence length, B = parallel streams, V = vocabulary size, H = hidden size. Rows are vectors, time comes first.
`d…` is the derivative of the loss; o is the one-hot row of an id; p_t = softmax(y_t).

    forward, t = 1 … T                                 backward, t = T … 1          (dz_{T+1} = 0: the unroll is cut)

    z_t  = W_xh[x_t] + b_h                             dW_xh = Σ_t o(x_t)ᵀ dz_t     db_h = Σ_t dz_t
    h_t  = tanh(z_t + h_{t-1} W_hh)                    dW_hh = Σ_t h_{t-1}ᵀ dz_t
                                                       dz_t  = (dh_t + dz_{t+1} W_hhᵀ) (1 - h_t²)
    y_t  = h_t W_hy + b_y                              dh_t  = dy_t W_hyᵀ
                                                       dW_hy = Σ_t h_tᵀ dy_t        db_y = Σ_t dy_t
    loss = 1/B Σ_b Σ_t -ln p_t[target_t]               dy_t  = (p_t - o(target_t)) / B

(Elman 1990, "Finding structure in time"; Werbos 1990, "Backpropagation through time", truncated after T steps as in
Williams & Peng 1990.) Only the two recurrences are loops; the rest is one matrix product over all T·B rows.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Parameters(NamedTuple):
    """The five arrays of the network; gradients and optimiser memory have the same type."""

    W_xh: Array  # (V, H)
    W_hh: Array  # (H, H)
    W_hy: Array  # (H, V)
    b_h: Array  # (H,)
    b_y: Array  # (V,)

    @property
    def sizes(self) -> tuple[int, int]:
        """V and H."""
        return self.W_xh.shape

    @property
    def flat(self) -> Array:
        """All entries as one vector: the buffer that the five arrays are views of, or a copy where they are not."""
        buffer = self.W_xh.base
        size = sum(array.size for array in self)
        if isinstance(buffer, np.ndarray) and buffer.shape == (size,) and all(a.base is buffer for a in self):
            return buffer
        return np.concatenate([array.ravel() for array in self])

    def copy(self) -> "Parameters":
        """The same values in a buffer of their own."""
        return parameters_from_flat(np.array(self.flat), *self.sizes)


def parameters_from_flat(flat: Array, V: int, H: int) -> Parameters:
    """Five views of one buffer of 2VH + H² + H + V entries, so that clip and optimiser are a handful of calls."""
    shapes = ((V, H), (H, H), (H, V), (H,), (V,))
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return Parameters(*(part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)))


def zeros(V: int, H: int, dtype: Any = np.float32) -> Parameters:
    """Parameters that are all zero."""
    return parameters_from_flat(np.zeros(2 * V * H + H * H + H + V, dtype), V, H)


def initialise(
    V: int, H: int, rng: np.random.Generator, *, init: str = "gaussian", scale: float = 0.01, dtype: Any = np.float32
) -> Parameters:
    """A start for training. Biases are zero.

    "gaussian": every weight from N(0, scale²), the classic experiment's start.
    "orthogonal": W_hh is `scale` times a random orthogonal matrix, so that at the start a gradient neither grows nor
    fades along it (Saxe et al. 2014, section 3); the other weights from N(0, 1/fan-in), input rows being one-hot.
    """
    parameters = zeros(V, H, dtype)
    if init == "gaussian":
        for weights in parameters[:3]:
            weights[:] = rng.standard_normal(weights.shape) * scale
        return parameters
    Q, R = np.linalg.qr(rng.standard_normal((H, H)))
    parameters.W_hh[:] = (
        scale * Q * np.sign(np.diag(R))
    )  # signs make Q uniform over the orthogonal group (Mezzadri 2007)
    parameters.W_xh[:] = rng.standard_normal((V, H)) / np.sqrt(H)
    parameters.W_hy[:] = rng.standard_normal((H, V)) / np.sqrt(H)
    return parameters


class Workspace:
    """What one training step of fixed sizes writes: allocated once, and cut once into the rows the loops walk along."""

    def __init__(self, T: int, B: int, V: int, H: int, dtype: Any) -> None:
        rows = T * B
        self.h = np.zeros((T + 1, B, H), dtype)  # h[:-1] is "before", h[1:] "after"
        self.z = np.empty((T, B, H), dtype)
        self.dz = np.empty((T, B, H), dtype)
        self.slope = np.empty((T, B, H), dtype)  # tanh' = 1 - h²
        self.y = np.empty((rows, V), dtype)
        self.onehot = np.zeros((rows, V), dtype)
        self.ones = np.ones(rows, dtype)
        self.row = np.arange(rows)
        self.gradients = zeros(V, H, dtype)
        shape = (H,) if B == 1 else (B, H)  # one stream: vectors, for which BLAS has the cheaper call
        self.recurrent = np.empty(shape, dtype)
        h, z, dz, slope = (list(a.reshape(-1, *shape)) for a in (self.h, self.z, self.dz, self.slope))
        # Methods are looked up here, not in the loops: at these sizes a look-up is a tenth of a product.
        self.forward_steps = [(before.dot, z_t, after) for before, z_t, after in zip(h[:-1], z, h[1:], strict=True)]
        self.backward_steps = [
            (later.dot, dz_t, slope_t)
            for later, dz_t, slope_t in zip(dz[:0:-1], dz[-2::-1], slope[-2::-1], strict=True)
        ]


def forward(parameters: Parameters, inputs: Array, hidden: Array) -> Array:
    """Read inputs (T, B) from the state hidden (B, H); return h (T + 1, B, H), h[0] being the state before."""
    W_xh, W_hh, _, b_h, _ = parameters
    h = np.empty((len(inputs) + 1, *hidden.shape), W_hh.dtype)
    h[0] = hidden
    h[1:] = W_xh[inputs]
    h[1:] += b_h
    recurrent = np.empty(hidden.shape, W_hh.dtype)
    for before, after in pairwise(h):
        np.dot(before, W_hh, recurrent)
        after += recurrent
        np.tanh(after, after)
    return h


def logits(parameters: Parameters, h: Array) -> Array:
    """y = h W_hy + b_y for states (…, H): unnormalised log probabilities (…, V) of the next character."""
    return h @ parameters.W_hy + parameters.b_y


def log_softmax(y: Array) -> Array:
    """ln softmax(y) over the last axis, in nats. The maximum is subtracted first, so that exp cannot overflow."""
    shifted = y - y.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def softmax(y: Array) -> Array:
    """Probabilities exp(y) / Σ exp(y) over the last axis."""
    return np.exp(log_softmax(y))


def loss_and_gradients(
    parameters: Parameters, inputs: Array, targets: Array, hidden: Array, space: Workspace | None = None
) -> tuple[float, Parameters, Array]:
    """One window forward and back.

    inputs, targets (T, B) ids; hidden (B, H) the state before. Returns the loss (nats, summed over t, mean over
    streams), its gradients (not clipped: clipping is the trainer's) and the state after (B, H). With a workspace,
    gradients and state are views into it, valid until its next use.
    """
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    T, B = inputs.shape
    V, H = W_xh.shape
    space = space or Workspace(T, B, V, H, W_hh.dtype)
    h, z, dz, slope, y, row = space.h, space.z, space.dz, space.slope, space.y, space.row
    inputs, targets = inputs.reshape(-1), targets.reshape(-1)
    before, after = h[:-1].reshape(-1, H), h[1:].reshape(-1, H)

    # Forward: the state, then every prediction at once.
    h[0] = hidden
    W_xh.take(inputs, 0, z.reshape(-1, H), "clip")
    np.add(z, b_h, z)
    recurrent, add, tanh = space.recurrent, np.add, np.tanh
    for before_dot, z_t, h_t in space.forward_steps:
        before_dot(W_hh, recurrent)
        add(recurrent, z_t, recurrent)
        tanh(recurrent, h_t)
    np.dot(after, W_hy, y)
    np.add(y, b_y, y)
    np.subtract(y, y.max(axis=1, keepdims=True), y)  # softmax is the same, and exp cannot overflow
    score = y[row, targets]
    np.exp(y, y)
    total = y.sum(axis=1, keepdims=True)
    loss = float(np.log(total).sum() - score.sum()) / B

    # Backward: dy, then dz from the last step to the first, then every weight's gradient at once.
    total *= B
    dy = np.divide(y, total, y)
    dy[row, targets] -= 1 / B
    np.dot(dy, W_hy.T, dz.reshape(-1, H))
    np.multiply(after, after, slope.reshape(-1, H))
    np.subtract(1, slope, slope)
    W_hh_T, multiply = W_hh.T, np.multiply
    multiply(dz[-1], slope[-1], dz[-1])
    for later_dot, dz_t, slope_t in space.backward_steps:
        later_dot(W_hh_T, recurrent)
        add(dz_t, recurrent, dz_t)
        multiply(dz_t, slope_t, dz_t)
    gradients, dz_rows = space.gradients, dz.reshape(-1, H)
    onehot = space.onehot
    onehot.fill(0)
    onehot[row, inputs] = 1
    np.dot(onehot.T, dz_rows, gradients.W_xh)  # a product with one-hot rows: np.add.at is six times slower
    np.dot(before.T, dz_rows, gradients.W_hh)
    np.dot(after.T, dy, gradients.W_hy)
    np.dot(space.ones, dz_rows, gradients.b_h)
    np.dot(space.ones, dy, gradients.b_y)
    return loss, gradients, h[-1]
