"""The GRU: a state that one gate keeps and another one opens, with backpropagation through time beside its equations.

T = sequence length, B = parallel streams, V = vocabulary size, H = hidden size. Rows are vectors, time comes first.
`d…` is the derivative of the loss; σ is the logistic function, ∘ entry by entry. The columns of W_xh and W_hh are the
three gates side by side: r, z, n. b_h holds their biases and, last, b_m, that of what r lets through.

    forward, t = 1 … T                                 backward, t = T … 1               (dq_{T+1} = 0: the cut)

    a_t  = W_xh[x_t] + b_rzn                           dW_xh = Σ_t o(x_t)ᵀ da_t          db_rzn = Σ_t da_t
    q_t  = h_{t-1} W_hh + [0, 0, b_m]                  dW_hh = Σ_t h_{t-1}ᵀ dq_t         db_m   = Σ_t dm_t
    r, z = σ(a_r + q_r), σ(a_z + q_z)                  da_r = dq_r = dm_t ∘ m (1 - r)    (dn_t ∘ m ∘ r (1 - r))
    m    = q_n                                         da_z = dq_z = dh_t ∘ (h_{t-1} - n) ∘ z (1 - z)
    n    = tanh(a_n + r ∘ m)                           da_n = dn_t = dh_t ∘ (1 - z) (1 - n²)
                                                       dq_n = dm_t = dn_t ∘ r
    h_t  = n + z ∘ (h_{t-1} - n)                       dh_t = dy_t W_hyᵀ + dh_{t+1} ∘ z_{t+1} + dq_{t+1} W_hhᵀ
    y_t  = h_t W_hy + b_y

(Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", section 2.3; the reset gate acts on what
comes out of W_hh and not on what goes in, as in version 1 of that paper and in cuDNN and PyTorch, so that one product
serves all three gates.) Only the two recurrences are loops; the rest is one matrix product over all T·B rows.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from charrnn.network.jacobian import Jacobian
from charrnn.network.layers import by_rows, from_next, output, read_in, room, steps, times, times_transposed
from charrnn.network.lstm import by_gate, sigmoid, start_gates
from charrnn.network.parameters import Array, Parameters, aligned_zeros
from charrnn.network.parameters import zeros as zeros_of

GATES, BIASES, STATES = 3, 4, 1  # blocks of H columns in W_hh, of H entries in b_h, and in a row of the state
ROWS = 12  # of H numbers that a Workspace has for each character: h, a (3), q (3), dq (3), dh, dn


def zeros(V: int, H: int, dtype: Any = np.float32) -> Parameters:
    """Parameters that are all zero."""
    return zeros_of(V, H, dtype, GATES, BIASES)


def initialise(
    V: int, H: int, rng: np.random.Generator, *, init: str = "orthogonal", scale: float = 1.0, dtype: Any = np.float32
) -> Parameters:
    """A start for training, as in rnn.py for each gate; biases are zero."""
    parameters = zeros(V, H, dtype)
    start_gates(parameters, rng, init, scale)
    return parameters


class Workspace:
    """What one training step of fixed sizes writes, allocated once; a row for each t and stream, time first."""

    def __init__(self, T: int, B: int, V: int, H: int, dtype: Any) -> None:
        self.h = aligned_zeros((T + 1) * B, H, dtype=dtype)
        self.a, self.q, self.dq = (aligned_zeros(T * B, 3 * H, dtype=dtype) for _ in range(3))
        self.dh, self.dn = (aligned_zeros(T * B, H, dtype=dtype) for _ in range(2))
        self.y, self.onehot = room(T * B, V, dtype)
        self.row_start = np.arange(T * B) * V
        self.rows: Array | None = None
        self.ones, self.ones_V = np.ones(T * B, dtype), np.ones(V, dtype)
        self.came_in = np.empty((V if V <= T * B else 0, 3 * H), dtype)
        self.W_hh = aligned_zeros(2, H * 3 * H, dtype=dtype)  # as it is multiplied forward, and back
        self.gradients = zeros(V, H, dtype)


def forward(parameters: Parameters, inputs: Array, hidden: Array) -> Array:
    """Read inputs (T, B) from the state hidden (B, H); return h (T + 1, B, H), h[0] being the state before."""
    W_xh, W_hh, _, b_h, _ = parameters
    (T, B), H = inputs.shape, len(W_hh)
    a = W_xh[inputs.reshape(-1)] + b_h[: 3 * H]
    h = np.empty(((T + 1) * B, H), W_hh.dtype)
    h[:B] = hidden
    recur(W_hh, np.empty(W_hh.size, W_hh.dtype), b_h[3 * H :], a, np.empty_like(a), h, B)
    return h.reshape(T + 1, B, H)


def recur(W_hh: Array, room: Array, b_m: Array, a: Array, q: Array, h: Array, B: int) -> None:
    """Turn a, W_xh[x] + b_rzn at first, into r, z, n (T·B, 3H), and write q, of which m is used again, and h.

    `room` takes W_hh as it is multiplied. σ(a) = (1 + tanh(a / 2)) / 2, so that NumPy's fast tanh serves both.
    """
    H = len(W_hh)
    add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
    gates, r, z, n = (steps(a[:, i * H : k * H], B) for i, k in ((0, 2), (0, 1), (1, 2), (2, 3)))
    from_state, to_gates, m = steps(q, B), steps(q[:, : 2 * H], B), steps(q[:, 2 * H :], B)
    h_steps = steps(h, B)
    dot, W = times(W_hh, B, room)
    for before, q_t, g, s, m_t, r_t, z_t, n_t, h_t in zip(
        h_steps, from_state, to_gates, gates, m, r, z, n, h_steps[1:], strict=False
    ):
        dot(before, W, q_t)
        add(s, g, s)
        multiply(s, 0.5, s)
        tanh(s, s)
        multiply(s, 0.5, s)
        add(s, 0.5, s)
        add(m_t, b_m, m_t)
        multiply(r_t, m_t, h_t)
        add(n_t, h_t, n_t)
        tanh(n_t, n_t)
        subtract(before, n_t, h_t)
        multiply(h_t, z_t, h_t)
        add(h_t, n_t, h_t)


def recur_back(W_hh: Array, room: Array, dh: Array, z: Array, dq: Array, B: int) -> None:
    """Write dq_t for t = T … 1 over `dq`, which holds what dh_t is to be multiplied by in each gate.

    dh (T·B, H) holds dy_t W_hyᵀ at first, and dh_t at the end; `room` takes W_hhᵀ as it is multiplied.
    """
    H = dh.shape[1]
    add, multiply = np.add, np.multiply
    shape = (3, H) if B == 1 else (B, 3, H)
    dq_steps = steps(dq, B)
    blocks = [one.reshape(shape) for one in dq_steps]
    dh_steps, z_steps = steps(dh, B), steps(z, B)
    back = np.empty_like(dh_steps[0])
    dot, W = times_transposed(W_hh, B, room)
    for t in range(len(dh_steps) - 1, -1, -1):
        dh_t = dh_steps[t]
        if t + 1 < len(dh_steps):
            dot(dq_steps[t + 1], W, back)
            add(dh_t, back, dh_t)
            multiply(dh_steps[t + 1], z_steps[t + 1], back)
            add(dh_t, back, dh_t)
        multiply(blocks[t], dh_t if B == 1 else dh_t[:, None], blocks[t])


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

    inputs, targets (T, B) ids; hidden (B, H) the state before; counted and mask as in rnn.py. Returns the loss
    (nats, summed over t, mean over streams), its gradients (not clipped) and the state after (B, H). With a workspace,
    gradients and state are views into it.
    """
    W_xh, W_hh, _, b_h, _ = parameters
    (T, B), (V, H) = inputs.shape, parameters.sizes
    space = space or Workspace(T, B, V, H, W_hh.dtype)
    h, a, q, dh, dq = space.h, space.a, space.q, space.dh, space.dq
    inputs, targets = inputs.reshape(-1), targets.reshape(-1)

    # The state from the first step to the last, then every prediction at once, forward and back.
    h[:B] = hidden
    read_in(W_xh, b_h[: 3 * H], inputs, space.came_in, a)
    recur(W_hh, space.W_hh[0], b_h[3 * H :], a, q, h, B)
    before, after = h[:-B], h[B:]
    loss = output(parameters, space, after, targets, B, counted, mask)

    # All that dh is multiplied by at once, the recurrence back, then every other weight's gradient at once.
    r, z, n = (a[:, k * H : (k + 1) * H] for k in range(3))
    dq_r, dq_z, dq_n = (dq[:, k * H : (k + 1) * H] for k in range(3))
    m, dn = q[:, 2 * H :], space.dn
    np.multiply(n, n, dn)
    np.subtract(1, dn, dn)
    np.subtract(1, z, dq_z)
    np.multiply(dn, dq_z, dn)  # (1 - z) (1 - n²)
    np.multiply(dq_z, z, dq_z)
    np.subtract(before, n, dq_n)  # whose room is free until then
    np.multiply(dq_z, dq_n, dq_z)
    np.multiply(dn, r, dq_n)
    np.subtract(1, r, dq_r)
    np.multiply(dq_r, m, dq_r)
    np.multiply(dq_r, dq_n, dq_r)
    recur_back(W_hh, space.W_hh[1], dh, z, dq, B)
    np.multiply(dn, dh, dn)
    gradients = space.gradients
    np.dot(before.T, dq, gradients.W_hh)
    np.dot(space.ones, dq[:, 2 * H :], gradients.b_h[3 * H :])
    dq[:, 2 * H :] = dn  # from here on da
    by_rows(space, inputs, dq)
    np.dot(space.ones, dq, gradients.b_h[: 3 * H])
    return loss, gradients, h[-B:]


def quantities(parameters: Parameters, inputs: Array, space: Workspace) -> dict[str, Array]:
    """All but y of the window of one stream, inputs (T,), that has just gone through `space`: by letter, (T, H) each.

    a and q by gate, each without the other; of dq only dq_n, the others being da. `kept` is dh_{t+1} ∘ z_{t+1}, and
    `back` dq_{t+1} W_hhᵀ, both 0 at the end.
    """
    H = len(parameters.W_hh)
    r, z, n = np.split(space.a, 3, axis=1)
    dq_n = (1 - n * n) * (1 - z) * r * space.dh  # once more: loss_and_gradients has left da_n in its place
    dq = np.concatenate([space.dq[:, : 2 * H], dq_n], axis=1)
    return {
        **by_gate("a", parameters.W_xh[inputs] + parameters.b_h[: 3 * H], "rzn"),
        **by_gate("q", space.q, "rzn"),
        **{"h before": space.h[:-1], "r": r, "z": z, "n": n, "dh": space.dh, "kept": from_next(space.dh * z)},
        "back": from_next(dq @ parameters.W_hh.T),
        **by_gate("da", space.dq, "rzn"),
        "dq_n": dq_n,
    }


def reader(parameters: Parameters) -> Callable[[Array, int], None]:
    """A function that has a state (H,) read one character, in place."""
    W_xh, W_hh, _, b_h, _ = parameters
    H = len(W_hh)
    came_in, b_m, q = list(W_xh + b_h[: 3 * H]), b_h[3 * H :], np.empty(3 * H, W_hh.dtype)
    gates, m = q[: 2 * H], q[2 * H :]
    r, z = gates.reshape(2, H)

    def read(h: Array, character: int) -> None:
        came = came_in[character]
        h.dot(W_hh, q)
        np.add(gates, came[: 2 * H], gates)
        np.multiply(gates, 0.5, gates)
        np.tanh(gates, gates)
        np.multiply(gates, 0.5, gates)
        np.add(gates, 0.5, gates)
        np.add(m, b_m, m)
        n = np.tanh(came[2 * H :] + r * m)
        np.add(n, z * (h - n), h)

    return read


def gates(parameters: Parameters, came: Array, before: Array) -> tuple[Array, Array]:
    """r, z, n (…, 3H) and m (…, H) where W_xh says came (…, 3H), from the states before (…, H)."""
    H = len(parameters.W_hh)
    a, q = came + parameters.b_h[: 3 * H], before @ parameters.W_hh
    m = q[..., 2 * H :] + parameters.b_h[3 * H :]
    opened = sigmoid(a[..., : 2 * H] + q[..., : 2 * H])
    n = np.tanh(a[..., 2 * H :] + opened[..., :H] * m)
    return np.concatenate([opened, n], axis=-1), m


def advance(parameters: Parameters, came: Array, hidden: Array) -> Array:
    """The states (B, H) after one character, of which W_xh says came (B, 3H) or (3H,), from those before it."""
    _, z, n = np.split(gates(parameters, came, hidden)[0], 3, axis=-1)
    return np.asarray(n + z * (hidden - n))


def parts(parameters: Parameters, inputs: Array, before: Array, after: Array) -> dict[str, Array]:
    """r, z and n (…, H) in the steps from the states before to those after (…, H)."""
    opened, _ = gates(parameters, parameters.W_xh[inputs], before)
    return dict(zip("rzn", np.split(opened, 3, axis=-1), strict=True))


def jacobian(parameters: Parameters, inputs: Array, before: Array, after: Array) -> Jacobian:
    """The derivative of the steps from the states before to those after (…, H): the equations above, right."""
    opened, m = gates(parameters, parameters.W_xh[inputs], before)
    r, z, n = np.split(opened, 3, axis=-1)
    dn = (1 - z) * (1 - n * n)
    dr, dz = dn * m * r * (1 - r), (before - n) * z * (1 - z)
    came, heard = (np.stack([dr, dz, last], axis=-2)[..., None, :, :] for last in (dn, dn * r))
    return Jacobian(parameters.W_hh, came, heard, z[..., None, None, :])
