"""The LSTM: a cell state that gates let in, keep and let out, with backpropagation through time beside its equations.

T = sequence length, B = parallel streams, V = vocabulary size, H = hidden size. Rows are vectors, time comes first.
`d…` is the derivative of the loss; σ is the logistic function, ∘ entry by entry. The columns of W_xh, W_hh and b_h are
the four gates side by side: o, i, f, g. The state is a row [h, c].

    forward, t = 1 … T                                 backward, t = T … 1       (da_{T+1} = 0, dc_{T+1} = 0: the cut)

    a_t  = W_xh[x_t] + h_{t-1} W_hh + b_h              dW_xh = Σ_t o(x_t)ᵀ da_t     db_h = Σ_t da_t
    o, i, f = σ(a_o), σ(a_i), σ(a_f)                   dW_hh = Σ_t h_{t-1}ᵀ da_t
    g    = tanh(a_g)                                   da_o = dh_t ∘ tanh(c_t) ∘ o (1 - o)
    c_t  = f ∘ c_{t-1} + i ∘ g                         da_i = dc_t ∘ g ∘ i (1 - i)
                                                       da_f = dc_t ∘ c_{t-1} ∘ f (1 - f)
                                                       da_g = dc_t ∘ i ∘ (1 - g²)
    h_t  = o ∘ tanh(c_t)                               dc_t = dh_t ∘ o (1 - tanh²(c_t)) + dc_{t+1} ∘ f_{t+1}
    y_t  = h_t W_hy + b_y                              dh_t = dy_t W_hyᵀ + da_{t+1} W_hhᵀ

(Hochreiter & Schmidhuber 1997, "Long short-term memory", with the forget gate of Gers, Schmidhuber & Cummins 2000,
"Learning to forget", whose bias starts at 1, so that the cell keeps what it holds until it has learned to let go; no
peepholes.) Only the two recurrences are loops; the rest is one matrix product over all T·B rows.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from charrnn.network.jacobian import Jacobian
from charrnn.network.layers import (
    by_rows,
    from_next,
    output,
    read_in,
    room,
    steps,
    steps_at_a_time,
    times,
    times_transposed,
)
from charrnn.network.parameters import Array, Parameters, aligned_zeros
from charrnn.network.parameters import zeros as zeros_of

GATES, BIASES, STATES = 4, 4, 2  # blocks of H columns in W_hh, of H entries in b_h, and in a row of the state
ROWS = 9  # of H numbers that a Workspace has for each character: h, c, a (4), tanh(c), dh, dc


def zeros(V: int, H: int, dtype: Any = np.float32) -> Parameters:
    """Parameters that are all zero."""
    return zeros_of(V, H, dtype, GATES, BIASES)


def initialise(
    V: int, H: int, rng: np.random.Generator, *, init: str = "orthogonal", scale: float = 1.0, dtype: Any = np.float32
) -> Parameters:
    """A start for training, as in rnn.py for each gate; biases are zero but for the forget gate's, which are 1."""
    parameters = zeros(V, H, dtype)
    start_gates(parameters, rng, init, scale)
    parameters.b_h[2 * H : 3 * H] = 1
    return parameters


def start_gates(parameters: Parameters, rng: np.random.Generator, init: str, scale: float) -> None:
    """Fill the weights in place: N(0, scale²), or `scale` times an orthogonal matrix for each gate (rnn.initialise)."""
    W_xh, W_hh, W_hy, _, _ = parameters
    H = len(W_hh)
    if init == "gaussian":
        for weights in (W_xh, W_hh, W_hy):
            weights[:] = rng.standard_normal(weights.shape) * scale
        return
    for start in range(0, W_hh.shape[1], H):
        Q, R = np.linalg.qr(rng.standard_normal((H, H)))
        W_hh[:, start : start + H] = scale * Q * np.sign(np.diag(R))
    W_xh[:] = rng.standard_normal(W_xh.shape) / np.sqrt(H)
    W_hy[:] = rng.standard_normal(W_hy.shape) / np.sqrt(H)


class Workspace:
    """What one training step of fixed sizes writes, allocated once; a row for each t and stream, time first."""

    def __init__(self, T: int, B: int, V: int, H: int, dtype: Any) -> None:
        self.h, self.c = (aligned_zeros((T + 1) * B, H, dtype=dtype) for _ in range(2))
        self.a = aligned_zeros(T * B, 4 * H, dtype=dtype)
        self.q = aligned_zeros(B, 4 * H, dtype=dtype)
        self.tanh_c, self.dh, self.dc = (aligned_zeros(T * B, H, dtype=dtype) for _ in range(3))
        self.parts = steps_at_a_time(T, B * 4 * H)  # of the way back, each with factors, f and to_c in one room
        self.factors = aligned_zeros(len(self.parts[0]) * B, 4 * H, dtype=dtype)
        self.f, self.to_c = (aligned_zeros(len(self.factors), H, dtype=dtype) for _ in range(2))
        self.y, self.onehot = room(T * B, V, dtype)
        self.row_start = np.arange(T * B) * V
        self.rows: Array | None = None
        self.ones, self.ones_V = np.ones(T * B, dtype), np.ones(V, dtype)
        self.came_in = np.empty((V if V <= T * B else 0, 4 * H), dtype)
        self.W_hh = aligned_zeros(2, H * 4 * H, dtype=dtype)  # as it is multiplied forward, and back
        self.gradients = zeros(V, H, dtype)
        self.state = aligned_zeros(B, 2 * H, dtype=dtype)


def forward(parameters: Parameters, inputs: Array, state: Array) -> Array:
    """Read inputs (T, B) from the state (B, 2H); return the states (T + 1, B, 2H), [h, c], the one before first."""
    W_xh, W_hh, _, b_h, _ = parameters
    (T, B), H = inputs.shape, len(W_hh)
    a = W_xh[inputs.reshape(-1)] + b_h
    h, c = (np.empty(((T + 1) * B, H), W_hh.dtype) for _ in range(2))
    h[:B], c[:B] = state[:, :H], state[:, H:]
    recur(W_hh, np.empty(W_hh.size, W_hh.dtype), a, np.empty_like(a[:B]), h, c, np.empty((T * B, H), W_hh.dtype), B)
    return np.concatenate([h, c], axis=1).reshape(T + 1, B, 2 * H)


def recur(W_hh: Array, room: Array, a: Array, q: Array, h: Array, c: Array, tanh_c: Array, B: int) -> None:
    """Turn a, W_xh[x] + b_h at first, into the gates (T·B, 4H), and write h, c (from row B on) and tanh(c).

    `q` (B, 4H) takes what comes from the state before, h_{t-1} W_hh, and `room` W_hh as it is multiplied.
    σ(a) = (1 + tanh(a / 2)) / 2: one tanh for all four gates.
    """
    H = len(W_hh)
    add, multiply, tanh = np.add, np.multiply, np.tanh
    gates, sigmoids = steps(a, B), steps(a[:, : 3 * H], B)
    o, i, f, g = (steps(a[:, k * H : (k + 1) * H], B) for k in range(4))
    h_steps, c_steps, t_steps, (q_t,) = steps(h, B), steps(c, B), steps(tanh_c, B), steps(q, B)
    dot, W = times(W_hh, B, room)
    for before, a_t, s, o_t, i_t, f_t, g_t, c_before, h_t, c_t, tc in zip(
        h_steps, gates, sigmoids, o, i, f, g, c_steps, h_steps[1:], c_steps[1:], t_steps, strict=False
    ):
        dot(before, W, q_t)
        add(a_t, q_t, a_t)
        multiply(s, 0.5, s)
        tanh(a_t, a_t)
        multiply(s, 0.5, s)
        add(s, 0.5, s)
        multiply(f_t, c_before, c_t)
        multiply(i_t, g_t, tc)
        add(c_t, tc, c_t)
        tanh(c_t, tc)
        multiply(o_t, tc, h_t)


def factors(space: Workspace, rows: slice) -> None:
    """Write over the gates in some rows of the workspace what dh_t (o) and dc_t (i, f, g) are multiplied by.

    Their f goes to space.f, and o (1 - tanh²(c)), by which dh_t reaches dc_t, to space.to_c.
    """
    a, c_before, tanh_c = space.a[rows], space.c[rows], space.tanh_c[rows]
    room, f, to_c = space.factors[: len(a)], space.f[: len(a)], space.to_c[: len(a)]
    H = len(tanh_c[0])
    o, i, forget, g = (a[:, k * H : (k + 1) * H] for k in range(4))
    s, slopes = a[:, : 3 * H], room[:, : 3 * H]
    da_o, da_i, da_f, da_g = (room[:, k * H : (k + 1) * H] for k in range(4))
    f[:] = forget
    np.multiply(tanh_c, tanh_c, to_c)
    np.subtract(1, to_c, to_c)
    np.multiply(to_c, o, to_c)
    np.multiply(g, g, da_g)
    np.subtract(1, da_g, da_g)
    np.multiply(da_g, i, da_g)
    np.subtract(1, s, slopes)
    np.multiply(slopes, s, slopes)
    np.multiply(da_o, tanh_c, o)
    np.multiply(da_i, g, i)
    np.multiply(da_f, c_before, forget)
    g[:] = da_g


def recur_back(W_hh: Array, space: Workspace, B: int) -> Array:
    """Write da_t for t = T … 1 over the gates in the workspace, and dc; return da (T·B, 4H).

    Its dh (T·B, H) holds dy_t W_hyᵀ at first. (With an array of its own da took up to 5 % of a step more: what is
    gone through does not stay in a processor's cache.)
    """
    a, H = space.a, len(W_hh)
    add, multiply = np.add, np.multiply
    shape = (3, H) if B == 1 else (B, 3, H)
    da_steps, da_o = steps(a, B), steps(a[:, :H], B)
    da_rest = [rest[..., H:].reshape(shape) for rest in da_steps]
    dh_steps, dc_steps = steps(space.dh, B), steps(space.dc, B)
    f_steps, to_c_steps = steps(space.f, B), steps(space.to_c, B)
    back, kept = np.empty_like(dh_steps[0]), np.empty_like(dh_steps[0])
    dot, W = times_transposed(W_hh, B, space.W_hh[1])
    later: Array | None = None
    for part in reversed(space.parts):
        factors(space, slice(part.start * B, part.stop * B))
        for t in reversed(part):
            dh_t, dc_t, k = dh_steps[t], dc_steps[t], t - part.start
            if later is not None:
                dot(later, W, back)
                add(dh_t, back, dh_t)
            multiply(dh_t, to_c_steps[k], dc_t)
            if later is not None:
                add(dc_t, kept, dc_t)
            multiply(dc_t, f_steps[k], kept)
            multiply(da_o[t], dh_t, da_o[t])
            multiply(da_rest[t], dc_t if B == 1 else dc_t[:, None], da_rest[t])
            later = da_steps[t]
    return a


def loss_and_gradients(
    parameters: Parameters,
    inputs: Array,
    targets: Array,
    state: Array,
    space: Workspace | None = None,
    counted: Array | None = None,
    mask: Array | None = None,
) -> tuple[float, Parameters, Array]:
    """One window forward and back.

    inputs, targets (T, B) ids; state (B, 2H) before; counted and mask as in rnn.py. Returns the loss (nats, summed over
    t, mean over streams), its gradients (not clipped) and the state after (B, 2H). With a workspace, gradients and
    state are views into it.
    """
    W_xh, W_hh, _, b_h, _ = parameters
    (T, B), (V, H) = inputs.shape, parameters.sizes
    space = space or Workspace(T, B, V, H, W_hh.dtype)
    h, c = space.h, space.c
    inputs, targets = inputs.reshape(-1), targets.reshape(-1)

    # The state from the first step to the last, then every prediction at once, forward and back.
    h[:B], c[:B] = state[:, :H], state[:, H:]
    read_in(W_xh, b_h, inputs, space.came_in, space.a)
    recur(W_hh, space.W_hh[0], space.a, space.q, h, c, space.tanh_c, B)
    after = h[B:]
    loss = output(parameters, space, after, targets, B, counted, mask)

    # The recurrence back, then every other weight's gradient at once.
    da = recur_back(W_hh, space, B)
    gradients = space.gradients
    by_rows(space, inputs, da)
    np.dot(h[:-B].T, da, gradients.W_hh)
    np.dot(space.ones, da, gradients.b_h)
    space.state[:, :H], space.state[:, H:] = h[-B:], c[-B:]
    return loss, gradients, space.state


def quantities(parameters: Parameters, inputs: Array, space: Workspace) -> dict[str, Array]:
    """All but y of the window of one stream, inputs (T,), that has just gone through `space`: by letter, (T, H) each.

    The gates and q, h_{t-1} W_hh, once more: da has taken the gates' place. `kept` is dc_{t+1} ∘ f_{t+1} and `back`
    da_{t+1} W_hhᵀ, these two 0 at the end.
    """
    o, i, f, g = np.split(gates(parameters, parameters.W_xh[inputs], space.h[:-1]), 4, axis=1)
    q = space.h[:-1] @ parameters.W_hh
    return {
        **by_gate("a", parameters.W_xh[inputs] + parameters.b_h + q, "oifg"),
        **by_gate("q", q, "oifg"),
        **{"o": o, "i": i, "f": f, "g": g, "c before": space.c[:-1], "c": space.c[1:], "dh": space.dh, "dc": space.dc},
        "kept": from_next(space.dc * f),
        "back": from_next(space.a @ parameters.W_hh.T),
        **by_gate("da", space.a, "oifg"),
    }


def by_gate(name: str, columns: Array, gates: str) -> dict[str, Array]:
    """The columns (T, G H) of G gates as name_gate (T, H) each."""
    blocks = np.split(columns, len(gates), axis=1)
    return {f"{name}_{gate}": block for gate, block in zip(gates, blocks, strict=True)}


def reader(parameters: Parameters) -> Callable[[Array, int], None]:
    """A function that has a state (2H,) read one character, in place."""
    W_xh, W_hh, _, b_h, _ = parameters
    H = len(W_hh)
    came_in, a = list(W_xh + b_h), np.empty(4 * H, W_hh.dtype)
    s, (o, i, f, g) = a[: 3 * H], a.reshape(4, H)

    def read(state: Array, character: int) -> None:
        h, c = state[:H], state[H:]
        h.dot(W_hh, a)
        np.add(a, came_in[character], a)
        np.multiply(s, 0.5, s)
        np.tanh(a, a)
        np.multiply(s, 0.5, s)
        np.add(s, 0.5, s)
        np.multiply(c, f, c)
        np.add(c, i * g, c)
        np.multiply(o, np.tanh(c), h)

    return read


def sigmoid(a: Array) -> Array:
    """σ(a) = (1 + tanh(a / 2)) / 2, which cannot overflow."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * a))


def gates(parameters: Parameters, came: Array, before: Array) -> Array:
    """o, i, f, g (…, 4H) where W_xh says came (…, 4H), from the states before (…, 2H)."""
    H = len(parameters.W_hh)
    a = came + parameters.b_h + before[..., :H] @ parameters.W_hh
    return np.concatenate([sigmoid(a[..., : 3 * H]), np.tanh(a[..., 3 * H :])], axis=-1)


def advance(parameters: Parameters, came: Array, state: Array) -> Array:
    """The states (B, 2H) after one character, of which W_xh says came (B, 4H) or (4H,), from those before it."""
    o, i, f, g = np.split(gates(parameters, came, state), 4, axis=-1)
    c = f * state[..., len(parameters.W_hh) :] + i * g
    return np.concatenate([o * np.tanh(c), c], axis=-1)


def parts(parameters: Parameters, inputs: Array, before: Array, after: Array) -> dict[str, Array]:
    """c, o, i, f and g (…, H) in the steps from the states before to those after (…, 2H)."""
    opened = gates(parameters, parameters.W_xh[inputs], before)
    c = after[..., len(parameters.W_hh) :]
    return {"c": c, **dict(zip("oifg", np.split(opened, 4, axis=-1), strict=True))}


def jacobian(parameters: Parameters, inputs: Array, before: Array, after: Array) -> Jacobian:
    """The derivative of the steps from the states before to those after (…, 2H): the equations above, right."""
    H = len(parameters.W_hh)
    o, i, f, g = np.split(gates(parameters, parameters.W_xh[inputs], before), 4, axis=-1)
    tanh_c = np.tanh(after[..., H:])
    to_c, none = o * (1 - tanh_c**2), np.zeros_like(o)  # by which dh_t reaches dc_t
    by_c = [g * i * (1 - i), before[..., H:] * f * (1 - f), i * (1 - g * g)]
    came = np.stack(
        [
            np.stack([tanh_c * o * (1 - o), *(to_c * each for each in by_c)], axis=-2),
            np.stack([none, *by_c], axis=-2),
        ],
        axis=-3,
    )
    kept = np.stack([np.stack([none, to_c * f], axis=-2), np.stack([none, f], axis=-2)], axis=-3)
    return Jacobian(parameters.W_hh, came, came, kept)
