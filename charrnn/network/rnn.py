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

With dropout h_t ∘ m_t stands for h_t in y_t and dW_hy, and dh_t = dy_t W_hyᵀ ∘ m_t, whatever the cell (dropout.py).
"""

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from charrnn.network.jacobian import Jacobian

GATES, BIASES, STATES = 1, 1, 1  # blocks of H columns in W_hh, of H entries in b_h, and in a row of the state
ROWS = 5  # of H numbers that a Workspace has for each character: h, z, dh, dz, 1 - h²

Array = np.ndarray[Any, np.dtype[Any]]


class Parameters(NamedTuple):
    """The five arrays of the network; gradients and optimiser memory have the same type.

    A gated cell has the same five: what comes into its G gates lies side by side in the columns (gru.py, lstm.py).
    """

    W_xh: Array  # (V, G H), G = 1 here
    W_hh: Array  # (H, G H)
    W_hy: Array  # (H, V)
    b_h: Array  # (G H,), and H more where a cell has a second bias
    b_y: Array  # (V,)

    @property
    def sizes(self) -> tuple[int, int]:
        """V and H."""
        H, V = self.W_hy.shape
        return V, H

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
        return self.like(np.array(self.flat))

    def like(self, flat: Array) -> "Parameters":
        """Five views, of the same shapes, of another buffer."""
        V, H = self.sizes
        return parameters_from_flat(flat, V, H, self.W_hh.shape[1] // H, len(self.b_h) // H)


def parameters_from_flat(flat: Array, V: int, H: int, gates: int = 1, biases: int = 1) -> Parameters:
    """Five views of one buffer of (V + H) G H + H V + biases H + V entries: clip and optimiser are few calls."""
    shapes = ((V, gates * H), (H, gates * H), (H, V), (biases * H,), (V,))
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return Parameters(*(part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)))


def aligned_zeros(*shape: int, dtype: Any) -> Array:
    """np.zeros from the start of a cache line on: 4 % faster with one stream, and the same in every process."""
    size = prod(shape)
    memory = np.zeros(size * np.dtype(dtype).itemsize + 64, np.uint8)
    return np.frombuffer(memory.data, dtype, size, -memory.ctypes.data % 64).reshape(shape)


def zeros(V: int, H: int, dtype: Any = np.float32, gates: int = 1, biases: int = 1) -> Parameters:
    """Parameters that are all zero."""
    size = (V + H) * gates * H + H * V + biases * H + V
    return parameters_from_flat(aligned_zeros(size, dtype=dtype), V, H, gates, biases)


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
    parameters.W_hh[:] = scale * Q * np.sign(np.diag(R))  # with these signs Q is uniform (Mezzadri 2007)
    parameters.W_xh[:] = rng.standard_normal((V, H)) / np.sqrt(H)
    parameters.W_hy[:] = rng.standard_normal((H, V)) / np.sqrt(H)
    return parameters


MANY = 512  # characters from which on the few rows of W_xh that a window read are treated by themselves


class Workspace:
    """What one training step of fixed sizes writes, allocated once; a row for each t and stream, time first."""

    def __init__(self, T: int, B: int, V: int, H: int, dtype: Any) -> None:
        self.h = aligned_zeros((T + 1) * B, H, dtype=dtype)
        self.before, self.after = self.h[:-B], self.h[B:]
        self.z, self.dh, self.dz, self.slope = (aligned_zeros(T * B, H, dtype=dtype) for _ in range(4))
        self.y, self.onehot = (aligned_zeros(T * B, width, dtype=dtype) for width in (V, V if V < MANY else 0))
        self.row_start = np.arange(T * B) * V  # where each row of y and onehot starts
        self.rows: Array | None = None  # with MANY characters: those read, the only rows of dW_xh that are not zero
        self.ones, self.ones_V = np.ones(T * B, dtype), np.ones(V, dtype)
        self.W_hh_T = aligned_zeros(H, H, dtype=dtype)
        self.gradients = zeros(V, H, dtype)
        self.steps = [steps(array, B) for array in (self.h, self.z, self.dh, self.dz, self.slope)]


def steps(rows: Array, B: int) -> list[Array]:
    """Rows (T·B, H) as T matrices (B, H); as vectors (H,) where B = 1, for which BLAS has the cheaper call."""
    return list(rows if B == 1 else rows.reshape(-1, B, rows.shape[1]))


def forward(parameters: Parameters, inputs: Array, hidden: Array) -> Array:
    """Read inputs (T, B) from the state hidden (B, H); return h (T + 1, B, H), h[0] being the state before."""
    W_xh, W_hh, _, b_h, _ = parameters
    T, B = inputs.shape
    h = np.empty(((T + 1) * B, len(W_hh)), W_hh.dtype)
    h[:B] = hidden
    recur(W_hh, steps(W_xh[inputs.reshape(-1)] + b_h, B), steps(h, B))
    return h.reshape(T + 1, B, -1)


def recur(W_hh: Array, z: list[Array], h: list[Array]) -> None:
    """Write h_t = tanh(z_t + h_{t-1} W_hh) for t = 1 … T into the rows of h, the first of which is given."""
    add, tanh = np.add, np.tanh
    for before, z_t, h_t in zip(h, z, h[1:], strict=False):
        before.dot(W_hh, h_t)
        add(h_t, z_t, h_t)
        tanh(h_t, h_t)


def recur_back(W_hh_T: Array, dh: list[Array], slope: list[Array], dz: list[Array]) -> None:
    """Write dz_t = (dh_t + dz_{t+1} W_hhᵀ) (1 - h_t²) for t = T … 1 into the rows of dz; slope holds the 1 - h_t²."""
    add, multiply = np.add, np.multiply
    multiply(dh[-1], slope[-1], dz[-1])
    for later, dh_t, slope_t, dz_t in zip(dz[:0:-1], dh[-2::-1], slope[-2::-1], dz[-2::-1], strict=True):
        later.dot(W_hh_T, dz_t)
        add(dz_t, dh_t, dz_t)
        multiply(dz_t, slope_t, dz_t)


def logits(parameters: Parameters, states: Array) -> Array:
    """y = h W_hy + b_y: unnormalised log probabilities (…, V) of the next character, h being what states begin with."""
    return states[..., : len(parameters.W_hy)] @ parameters.W_hy + parameters.b_y


def log_softmax(y: Array) -> Array:
    """ln softmax(y) over the last axis, in nats. The maximum is subtracted first, so that exp cannot overflow."""
    shifted = y - y.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def softmax(y: Array) -> Array:
    """Probabilities exp(y) / Σ exp(y) over the last axis."""
    return np.exp(log_softmax(y))


def loss_and_gradients(
    parameters: Parameters,
    inputs: Array,
    targets: Array,
    hidden: Array,
    space: Workspace | None = None,
    counted: Array | None = None,
    mask: Array | None = None,
) -> tuple[float, Parameters, Array]:
    """One window forward and back.

    inputs, targets (T, B) ids; hidden (B, H) the state before; counted (T, B) bool, which targets are to be predicted,
    all where it is None; mask (T·B, H) of dropout, none where it is None. Returns the loss (nats, summed over t, mean
    over streams), its gradients (not clipped: clipping is the trainer's) and the state after (B, H). With a workspace,
    gradients and state are views into it, valid until its next use.
    """
    W_xh, W_hh, _, b_h, _ = parameters
    T, B = inputs.shape
    V, H = W_xh.shape
    space = space or Workspace(T, B, V, H, W_hh.dtype)
    before, after, z, dz, slope = space.before, space.after, space.z, space.dz, space.slope
    h_steps, z_steps, dh_steps, dz_steps, slope_steps = space.steps
    inputs, targets = inputs.reshape(-1), targets.reshape(-1)

    # The state from the first step to the last, then every prediction at once, forward and back.
    space.h[:B] = hidden
    W_xh.take(inputs, 0, z, "clip")
    np.add(z, b_h, z)
    recur(W_hh, z_steps, h_steps)
    loss = output(parameters, space, after, targets, B, counted, mask)

    # dz from the last step to the first, then every other weight's gradient at once.
    np.multiply(after, after, slope)
    np.subtract(1, slope, slope)
    W_hh_T = transposed(W_hh, space.W_hh_T) if B * H >= 1024 else W_hh.T  # from about there on the copy pays
    recur_back(W_hh_T, dh_steps, slope_steps, dz_steps)
    gradients = space.gradients
    by_rows(space, inputs, dz)
    np.dot(before.T, dz, gradients.W_hh)
    np.dot(space.ones, dz, gradients.b_h)
    return loss, gradients, space.h[-B:]


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


def quantities(parameters: Parameters, inputs: Array, space: Workspace) -> dict[str, Array]:
    """All but y of the window of one stream, inputs (T,), that has just gone through `space`: by letter, (T, H) each.

    q is h_{t-1} W_hh, and `back` dz_{t+1} W_hhᵀ, 0 at the end; dh is all that reaches h_t.
    """
    W_hh = parameters.W_hh
    back = from_next(space.dz @ W_hh.T)
    return {"z": space.z, "q": space.before @ W_hh, "dh": space.dh + back, "back": back, "dz": space.dz}


def from_next(rows: Array) -> Array:
    """What each of these rows sends back to the one before it, nothing coming to the last."""
    return np.concatenate([rows[1:], np.zeros_like(rows[:1])])


def advance(parameters: Parameters, came: Array, hidden: Array) -> Array:
    """The states (B, H) after one character, of which W_xh says came (B, H) or (H,), from the states hidden (B, H)."""
    return np.asarray(np.tanh(hidden @ parameters.W_hh + came + parameters.b_h))


def reader(parameters: Parameters) -> Callable[[Array, int], None]:
    """A function that has a state (H,) read one character, in place."""
    W_hh = parameters.W_hh
    came_in, recurrent = list(parameters.W_xh + parameters.b_h), np.empty(len(W_hh), W_hh.dtype)

    def read(h: Array, character: int) -> None:
        h.dot(W_hh, recurrent)
        np.add(recurrent, came_in[character], recurrent)
        np.tanh(recurrent, h)

    return read


def parts(parameters: Parameters, inputs: Array, before: Array, after: Array) -> dict[str, Array]:
    """What there is to see beside h in the steps from the states before to those after: nothing."""
    return {}


def jacobian(parameters: Parameters, inputs: Array, before: Array, after: Array) -> Jacobian:
    """The derivative of the steps from the states before to those after (…, H): dz = dh (1 - h²), both ways."""
    slope = (1 - after**2)[..., None, None, :]
    return Jacobian(parameters.W_hh, slope, slope, np.broadcast_to(np.zeros_like(slope[:1]), slope.shape))
