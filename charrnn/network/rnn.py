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
from typing import Any

import numpy as np

from charrnn.network.jacobian import Jacobian
from charrnn.network.layers import by_rows, from_next, output, read_in, room, steps, transposed
from charrnn.network.parameters import Array, Parameters, aligned_zeros
from charrnn.network.parameters import zeros as zeros

GATES, BIASES, STATES = 1, 1, 1  # blocks of H columns in W_hh, of H entries in b_h, and in a row of the state
ROWS = 5  # of H numbers that a Workspace has for each character: h, z, dh, dz, 1 - h²


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


class Workspace:
    """What one training step of fixed sizes writes, allocated once; a row for each t and stream, time first."""

    def __init__(self, T: int, B: int, V: int, H: int, dtype: Any) -> None:
        self.h = aligned_zeros((T + 1) * B, H, dtype=dtype)
        self.before, self.after = self.h[:-B], self.h[B:]
        self.z, self.dh, self.dz, self.slope = (aligned_zeros(T * B, H, dtype=dtype) for _ in range(4))
        self.y, self.onehot = room(T * B, V, dtype)
        self.row_start = np.arange(T * B) * V  # where each row of y and onehot starts
        self.rows: Array | None = None  # with MANY characters: those read, the only rows of dW_xh that are not zero
        self.ones, self.ones_V = np.ones(T * B, dtype), np.ones(V, dtype)
        self.came_in = np.empty((V if V <= T * B else 0, H), dtype)
        self.W_hh_T = aligned_zeros(H, H, dtype=dtype)
        self.gradients = zeros(V, H, dtype)
        self.steps = [steps(array, B) for array in (self.h, self.z, self.dh, self.dz, self.slope)]


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
    read_in(W_xh, b_h, inputs, space.came_in, z)
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


def quantities(parameters: Parameters, inputs: Array, space: Workspace) -> dict[str, Array]:
    """All but y of the window of one stream, inputs (T,), that has just gone through `space`: by letter, (T, H) each.

    q is h_{t-1} W_hh, and `back` dz_{t+1} W_hhᵀ, 0 at the end; dh is all that reaches h_t.
    """
    W_hh = parameters.W_hh
    back = from_next(space.dz @ W_hh.T)
    return {"z": space.z, "q": space.before @ W_hh, "dh": space.dh + back, "back": back, "dz": space.dz}


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
