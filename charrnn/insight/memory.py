"""How far back learning reaches: the gradient on its way through time, and what the unroll cuts off.

    d loss_t / d h_t     = (p_t - o(target_t)) W_hyᵀ
    d loss_t / d h_{s-1} = (d loss_t / d h_s · (1 - h_s²)) W_hhᵀ             one character further back

in a vanilla network; with gates as network/jacobian.py says, the state being [h, c] in an LSTM (S = 2 blocks of H).

Each step multiplies by a Jacobian; where its eigenvalues lie within the unit circle the gradient vanishes, where they
lie outside it can explode (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013, section 2.1).
N = characters, V = vocabulary size, H = hidden size, T = characters of a training window.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from charrnn.insight.reading import jacobian, states
from charrnn.network.cells import cell_of, forward
from charrnn.network.jacobian import Jacobian
from charrnn.network.layers import logits, softmax
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed

POSITIONS = 256  # over which the reach is averaged; fewer where units are many:
WORK = 20_000_000_000  # positions times characters back times units squared,
FEWEST = 16  # but never fewer than these
TINY = 1e-30  # stands for a norm of zero where it divides


@displayed
class Reach(NamedTuple):
    """The norm of d loss_t / d state_{t-k} for k = 0 … K, over positions t."""

    mean: Array  # (K + 1,)
    low: Array  # (K + 1,) a tenth of the positions lie below
    high: Array  # (K + 1,) a tenth lie above
    positions: int  # how many there are


@displayed
class Cut(NamedTuple):
    """What the unroll throws away of the gradient of W_xh, W_hh and b_h, averaged over windows."""

    share: float  # |missed| / (|kept| + |missed|): 0 nothing, 1 everything
    cosine: float  # between the gradient that training follows and the one unrolled further


@displayed
class Spectra(NamedTuple):
    """Eigenvalues of one step of the network."""

    weights: Array  # (H,) of W_hh; (0,) with gates, where it is not square
    jacobian: Array  # (S H,) of d state_t / d state_{t-1}, averaged over a text

    @property
    def radius(self) -> float:
        """The spectral radius of W_hh: the largest size of an eigenvalue."""
        return float(np.abs(self.weights).max())

    @property
    def jacobian_radius(self) -> float:
        """The spectral radius of the mean Jacobian."""
        return float(np.abs(self.jacobian).max())


def reach(parameters: Parameters, ids: Array, back: int = 100) -> Reach:
    """How the gradient of one character's loss fades on its way back, over ids (N,), N at least 3.

    All positions walk back together, one matrix product a step; K = back, or less where the text is short. Directions
    are carried with length 1 and their norms apart, so that an exploding gradient does not overflow. Where units are
    many, positions are few (`positions_of`).
    """
    h = states(parameters, ids)
    steps = jacobian(parameters, ids, h)
    back = min(back, len(ids) - 2)
    positions = np.unique(np.linspace(back + 1, len(ids) - 1, positions_of(parameters.sizes[1], back)).astype(int))
    D = _loss_by_state(parameters, h[positions], ids[positions])
    norms = np.empty((back + 1, len(positions)))
    grown = norms[0] = np.linalg.norm(D, axis=1)
    for k in range(1, back + 1):
        D /= np.maximum(grown, TINY)[:, None]
        D = steps.at(positions - k).by_state(D)
        grown = np.linalg.norm(D, axis=1)
        norms[k] = norms[k - 1] * grown
    low, high = np.quantile(norms, [0.1, 0.9], axis=1)
    return Reach(norms.mean(axis=1), low, high, len(positions))


def positions_of(H: int, back: int) -> int:
    """Over how many positions the reach is averaged at most, with H units and so many characters back."""
    return min(POSITIONS, max(FEWEST, WORK // (max(back, 1) * H**2)))


def reach_in_training(mean: Array, T: int) -> Array:
    """What of a reach (K + 1,) training with windows of T characters sees: exactly 0 for k >= T.

    The j-th character of a window, j = 0 … T - 1, reaches back to j at most: (T - k) / T of them reach k.
    """
    return mean * np.maximum(0, 1 - np.arange(len(mean)) / T)


def reach_of(parameters: Parameters, h: Array, ids: Array, position: int) -> Array:
    """(position,) the norm of d loss / d state after each character before `position`, the loss being ids[position]'s.

    h (N + 1, S H) as from reading.states.
    """
    norms, norm = np.empty(position), 1.0
    d = _loss_by_state(parameters, h[position], ids[position])
    steps = jacobian(parameters, ids[:position], h[: position + 1])
    for i in range(position, 0, -1):
        grown = sqrt(d @ d)
        norms[i - 1] = norm = norm * grown
        d = steps.at(i - 1).by_state(d / max(grown, TINY))
    return norms


def strip_reach(parameters: Parameters, ids: Array, start: int, column: int) -> Array:
    """(column,) weights from 0 to 1 for the strip's columns left of a pinned one: how strongly its loss pulls at each.

    ids (N,) and start as for reading.strip. The largest weight of the whole way back, context included, counts as 1.
    """
    position = start + column
    norms = reach_of(parameters, states(parameters, ids[:position]), ids, position)
    largest = norms.max(initial=0)
    return norms[start:] / largest if largest else norms[start:]


def cut(parameters: Parameters, ids: Array, T: int, further: int, windows: int = 16) -> Cut:
    """The gradient of windows of T characters, and what unrolling `further` characters more would add to it.

    ids (N,), N above T + further. Within the window both gradients are the same; what is missed are the terms of the
    characters before it.
    """
    starts = np.unique(np.linspace(0, len(ids) - T - further - 1, windows).astype(int))
    span = starts + np.arange(further + T + 1)[:, None]
    h = forward(parameters, ids[span[:-1]], states(parameters, ids[: starts[-1] + 1])[starts])
    steps = jacobian(parameters, ids[span[:-1]], h)
    steps = steps._replace(W_hh=steps.W_hh.astype(float))
    D = np.zeros(h[1:].shape)  # float64: far back, an exploding gradient would overflow float32
    for t in range(further + T - 1, -1, -1):
        if t < further + T - 1:
            D[t] = steps.at(t + 1).by_state(D[t + 1])
        if t >= further:
            D[t] += _loss_by_state(parameters, h[t + 1], ids[span[t + 1]])
    onehot = np.eye(parameters.sizes[0])[ids[span[:-1]]]
    missed, kept = (
        _recurrent_gradients(parameters, onehot[part], h[:-1][part], steps.at(part), D[part])
        for part in (slice(further), slice(further, None))
    )
    whole = kept + missed
    norm = [np.linalg.norm(g, axis=1) for g in (missed, kept, whole)]
    share = norm[0] / np.maximum(norm[0] + norm[1], TINY)
    cosine = (kept * whole).sum(axis=1) / np.maximum(norm[1] * norm[2], TINY)
    return Cut(float(share.mean()), float(cosine.mean()))


def spectra(parameters: Parameters, ids: Array) -> Spectra:
    """Eigenvalues of W_hh and of the mean Jacobian along ids (N,).

    In a vanilla network d h_t / d h_{t-1} = W_hh diag(1 - h_t²) with row vectors, the transpose of
    diag(1 - h_t²) W_hhᵀ; both have the same eigenvalues.
    """
    W_hh, mean = parameters.W_hh, jacobian(parameters, ids, states(parameters, ids)).mean().matrix()
    square = W_hh.shape[0] == W_hh.shape[1]
    return Spectra(np.linalg.eigvals(W_hh) if square else np.empty(0), np.linalg.eigvals(mean))


def _loss_by_state(parameters: Parameters, along: Array, targets: Array) -> Array:
    """d -ln p(target) / d state for states (…, S H) and targets (…)."""
    p = softmax(logits(parameters, along))
    D = np.zeros_like(along)
    D[..., : len(parameters.W_hh)] = (p - np.eye(parameters.sizes[0], dtype=p.dtype)[targets]) @ parameters.W_hy.T
    return D


def _recurrent_gradients(parameters: Parameters, onehot: Array, before: Array, steps: Jacobian, D: Array) -> Array:
    """(B, all entries) the gradients of W_xh, W_hh and b_h of each stream.

    onehot (T, B, V) is what came in, before (T, B, S H) the states, D (T, B, S H) the derivative by those after.
    """
    H, cell = len(parameters.W_hh), cell_of(parameters)
    da, dq = (by(D).transpose(1, 0, 2) for by in (steps.by_input, steps.by_heard))
    gradients = [onehot.transpose(1, 2, 0) @ da, before[..., :H].transpose(1, 2, 0) @ dq, da.sum(axis=1)]
    if cell.BIASES > cell.GATES:  # the bias of what the last gate hears of the state
        gradients.append(dq[..., -H:].sum(axis=1))
    return np.concatenate([g.reshape(len(da), -1) for g in gradients], axis=1)
