"""Four optimisers, each its formula, on flat vectors: p parameters, g gradients, `memory` what it remembers of past g.

They work in place and allocate nothing: `scratch` is one vector of p's length. (Written out as single ufunc calls,
since an expression such as `rate * g / sqrt(m)` would allocate three arrays a step. Cutting the vectors into chunks
that stay in a core's cache was no faster at any size.)
"""

from collections.abc import Callable
from math import sqrt

import numpy as np

from charrnn.network.parameters import Array, Parameters

RMSPROP_DECAY = 0.95
ADAM_BETA_1, ADAM_BETA_2 = 0.9, 0.99  # 0.99: with 0.999 the first thousand steps remember their wild start for too long
EPSILON = 1e-8


def sgd(p: Array, g: Array, memory: list[Array], scratch: Array, rate: float, step: int) -> None:
    """p -= rate · g"""
    np.multiply(g, rate, scratch)
    np.subtract(p, scratch, p)


def adagrad(p: Array, g: Array, memory: list[Array], scratch: Array, rate: float, step: int) -> None:
    """m += g²;  p -= rate · g / sqrt(m + 1e-8)   (Duchi, Hazan & Singer 2011, equation 1 with a diagonal matrix)"""
    (m,) = memory
    np.multiply(g, g, scratch)
    np.add(m, scratch, m)
    np.add(m, EPSILON, scratch)
    np.sqrt(scratch, scratch)
    np.divide(g, scratch, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(p, scratch, p)


def rmsprop(p: Array, g: Array, memory: list[Array], scratch: Array, rate: float, step: int) -> None:
    """m = 0.95 m + 0.05 g²;  p -= rate · g / (sqrt(m) + 1e-8)   (Tieleman & Hinton 2012, lecture 6.5)"""
    (m,) = memory
    np.multiply(g, g, scratch)
    np.multiply(scratch, 1 - RMSPROP_DECAY, scratch)
    np.multiply(m, RMSPROP_DECAY, m)
    np.add(m, scratch, m)
    np.sqrt(m, scratch)
    np.add(scratch, EPSILON, scratch)
    np.divide(g, scratch, scratch)
    np.multiply(scratch, rate, scratch)
    np.subtract(p, scratch, p)


def adam(p: Array, g: Array, memory: list[Array], scratch: Array, rate: float, step: int) -> None:
    """m = β₁m + (1-β₁)g;  v = β₂v + (1-β₂)g²;  p -= rate · m/(1-β₁ᵗ) / (sqrt(v/(1-β₂ᵗ)) + 1e-8)

    (Kingma & Ba 2015, algorithm 1; t = step, counted from 1.) The memory holds M = m/(1-β₁) and W = v/(1-β₂), so that
    the factors become scalars: two passes fewer over the vectors, and the same formula.
    """
    M, W = memory
    np.multiply(M, ADAM_BETA_1, M)
    np.add(M, g, M)
    np.multiply(W, ADAM_BETA_2, W)
    np.multiply(g, g, scratch)
    np.add(W, scratch, W)
    unbias_v = sqrt((1 - ADAM_BETA_2) / (1 - ADAM_BETA_2**step))  # sqrt(v / (1-β₂ᵗ)) = unbias_v · sqrt(W)
    np.sqrt(W, scratch)
    np.add(scratch, EPSILON / unbias_v, scratch)
    np.divide(M, scratch, scratch)
    np.multiply(scratch, rate * (1 - ADAM_BETA_1) / (1 - ADAM_BETA_1**step) / unbias_v, scratch)
    np.subtract(p, scratch, p)


Optimizer = Callable[[Array, Array, list[Array], Array, float, int], None]
OPTIMIZERS: dict[str, tuple[Optimizer, int]] = {  # the formula, and how many vectors it remembers
    "adagrad": (adagrad, 1),
    "adam": (adam, 2),
    "rmsprop": (rmsprop, 1),
    "sgd": (sgd, 0),
}


def decay_weights(parameters: Parameters, rate: float, decay: float) -> None:
    """W -= rate · decay · W for each weight, in place, beside the optimiser's step; the biases are left alone.

    Decoupled weight decay (Loshchilov & Hutter 2019, algorithms 1 and 2): it is no part of the gradient, so neither
    clipping nor what an optimiser remembers sees it. As in PyTorch's AdamW their two rates are one.
    """
    for W in parameters[:3]:
        np.multiply(W, 1 - rate * decay, W)


def update_rows(
    optimize: Optimizer,
    p: Array,
    g: Array,
    memory: list[Array],
    rate: float,
    step: int,
    rows: Array,
    shape: tuple[int, int],
) -> None:
    """An update of some rows of the matrix of this shape with which p begins, and of all that follows it.

    For the rows that a window did not read, whose gradient is zero, time stands still: sgd and adagrad do nothing to
    them anyway, rmsprop and adam would let their memory fade (PyTorch calls this SparseAdam). With thousands of
    characters these are most of p.
    """
    size = shape[0] * shape[1]
    some = [vector[:size].reshape(shape)[rows] for vector in (p, g, *memory)]
    flat = [array.reshape(-1) for array in some]
    optimize(flat[0], flat[1], flat[2:], np.empty_like(flat[0]), rate, step)
    for vector, array in zip((p, *memory), (some[0], *some[2:]), strict=True):
        vector[:size].reshape(shape)[rows] = array
    rest = [vector[size:] for vector in (p, g, *memory)]
    optimize(rest[0], rest[1], rest[2:], np.empty_like(rest[0]), rate, step)


def clip(g: Array, limit: float) -> tuple[float, float]:
    """Bound every entry of g to [-limit, limit], in place; return the norm before and the fraction that was cut.

    The extremes decide whether there is anything to cut, and there seldom is: two passes that only read.
    """
    norm = sqrt(float(np.dot(g, g)))
    if norm <= limit or (g.max() <= limit and g.min() >= -limit):  # no entry is larger than the norm
        return norm, 0.0
    cut = np.count_nonzero(np.abs(g) > limit)
    np.clip(g, -limit, limit, out=g)
    return norm, cut / len(g)
