"""Prove the gradients: those of the present network, right and with a bug planted, against central differences.

The bugs are those that people make. Most can be made in the gradients of any cell; one stands in a line of the vanilla
network's backward pass, written as in network/rnn.py. The window has one stream: T = characters read, H = hidden size.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from charrnn.insight.reading import jacobian, states
from charrnn.insight.unrolled import Unrolled, unrolled
from charrnn.network.cells import cell_of, forward
from charrnn.network.gradient_check import Verdict, central_differences, verdict
from charrnn.network.layers import log_softmax, logits
from charrnn.network.parameters import Array, Parameters, parameters_from_flat
from charrnn.sentence import Sentence
from charrnn.shown import displayed

NUDGE = 1e-4  # in float64, of a trained network's weights: with 1e-5 rounding weighs more than what is left out
TOLERANCE = 1e-5  # the measured side is right to about 1e-6 of small entries; the bugs are at 1e-2 and more
LARGEST = 0.5  # of the entries that are checked in an array: those with the largest gradients; the others are drawn


@displayed
class Window(NamedTuple):
    """What a gradient is of, and the gradient as it should be."""

    parameters: Parameters  # float64
    ids: Array  # (T + 1,) the characters read, and the one that comes last
    before: Array  # (S H,) the state before them
    gradients: Parameters
    limit: float  # to which a bug clips


@displayed
class Bug(NamedTuple):
    """A mistake in a backward pass."""

    line: str  # what it computes, beside what it should
    plant: Callable[[Window], Parameters]  # the wrong gradients
    arrays: tuple[str, ...]  # that it makes wrong; where it depends on the numbers, all that it may
    why: str  # these and no others
    everywhere: bool = True  # or in the vanilla network's backward pass alone


@displayed
class Proof(NamedTuple):
    """What was found of a window."""

    characters: int  # read
    limit: float
    checks: dict[str, list[Verdict]]  # of each array, by the bug that is planted, "" for none


def no_next_step(window: Window) -> Parameters:
    """Each step by itself, from the state that it really has: what the next one would send back is missing."""
    parameters, ids = window.parameters, window.ids
    along = states(parameters, ids[:-1], window.before)
    one = cell_of(parameters).loss_and_gradients
    each = [
        one(parameters, ids[t : t + 1, None], ids[t + 1 : t + 2, None], along[t : t + 1])[1].flat
        for t in range(len(ids) - 1)
    ]
    return parameters.like(np.sum(each, axis=0))


def wrong_sign(window: Window) -> Parameters:
    """dy = o(target) - p: all that follows is turned round."""
    return window.gradients.like(-window.gradients.flat)


def missing_slope(window: Window) -> Parameters:
    """dz_t = dh_t + dz_{t+1} W_hhᵀ, as if tanh were a straight line."""
    W_hh_T, step = window.parameters.W_hh.T, _unrolled(window)
    dz = step.told.copy()
    for t in range(len(dz) - 2, -1, -1):
        dz[t] += dz[t + 1] @ W_hh_T
    return _from_dz(window, step.x, step.before, dz)


def shifted_state(window: Window) -> Parameters:
    """dW_hh = Σ h_tᵀ dq_t, with the state after the step instead of the one before; dq is dz, or that of all gates."""
    step, along = _unrolled(window), states(window.parameters, window.ids[:-1], window.before)
    dq = jacobian(window.parameters, step.x, along).by_heard(step.by_state)
    return window.gradients._replace(W_hh=step.h.T @ dq)


def clipped_before(window: Window) -> Parameters:
    """Every entry bounded, as training does it after this."""
    return window.gradients.like(np.clip(window.gradients.flat, -window.limit, window.limit))


def forgotten_biases(window: Window) -> Parameters:
    """db_h and db_y never computed."""
    g = window.gradients
    return g._replace(b_h=np.zeros_like(g.b_h), b_y=np.zeros_like(g.b_y))


EVERY = Parameters._fields
BUGS: dict[str, Bug] = {
    Sentence("no gradient from the next step"): Bug(
        Sentence("dz_t = dh_t (1 − h_t²), without dz_{t+1} W_hhᵀ"),
        no_next_step,
        ("W_xh", "W_hh", "b_h"),
        Sentence(
            "What a state does to later predictions is left out. W_hy and b_y act on the prediction of "
            "their own step alone, so theirs stay right."
        ),
    ),
    Sentence("wrong sign"): Bug(
        Sentence("dy_t = o(target_t) − p_t, instead of p_t − o(target_t)"),
        wrong_sign,
        EVERY,
        Sentence(
            "Every gradient is made from dy, so all five point uphill: the relative error is 1, the largest there is."
        ),
    ),
    Sentence("missing 1 − h²"): Bug(
        Sentence("dz_t = dh_t + dz_{t+1} W_hhᵀ, without (1 − h_t²)"),
        missing_slope,
        ("W_xh", "W_hh", "b_h"),
        Sentence("All that enters a unit passes its tanh, whose slope is missing; W_hy and b_y stand behind it."),
        everywhere=False,
    ),
    Sentence("state shifted by one"): Bug(
        Sentence("dW_hh = Σ h_tᵀ dq_t, instead of Σ h_{t−1}ᵀ dq_t"),
        shifted_state,
        ("W_hh",),
        Sentence(
            "dq, what reaches h_{t−1} W_hh, is right, and with it all that is made from it but W_hh, "
            "which is multiplied by the state before."
        ),
    ),
    Sentence("clipped before the check"): Bug(
        Sentence("the gradient is clipped where it is computed, not where it is used"),
        clipped_before,
        EVERY,
        Sentence(
            "Wrong are the entries beyond the limit, so just the arrays that have some. A check has to "
            "look at the largest entries to see it."
        ),
    ),
    Sentence("biases forgotten"): Bug(
        Sentence("db_h = 0, db_y = 0"),
        forgotten_biases,
        ("b_h", "b_y"),
        Sentence("The biases never learn; all else is right, and training seems to work."),
    ),
}


def bugs_of(parameters: Parameters) -> list[str]:
    """The bugs that can be planted in this network's gradients."""
    vanilla = cell_of(parameters).GATES == 1
    return [name for name, bug in BUGS.items() if bug.everywhere or vanilla]


def window_of(parameters: Parameters, ids: Array, T: int, clip: float) -> Window:
    """The last T characters of ids (N + 1,), read after those before them; in float64.

    Where nothing exceeds the `clip` in force, the limit for the bug that clips is half of the largest entry.
    """
    flat = np.array(parameters.flat, np.float64)
    V, H = parameters.sizes
    exact = parameters_from_flat(flat, V, H, parameters.W_hh.shape[1] // H, len(parameters.b_h) // H)
    before = states(exact, ids[: -T - 1])[-1]
    own = ids[-T - 1 :]
    _, gradients, _ = cell_of(exact).loss_and_gradients(exact, own[:-1, None], own[1:, None], before[None])
    largest = float(np.abs(gradients.flat).max())
    return Window(exact, own, before, gradients.copy(), clip if largest > clip else largest / 2)


def prove(window: Window, entries: int, rng: np.random.Generator) -> Proof:
    """Check up to so many entries of each array, the right gradients and those of every bug on the same ones."""
    parameters, ids, gradients = window.parameters, window.ids, window.gradients
    inputs, came, steps = ids[:-1, None], ids[1:], np.arange(len(ids) - 1)

    def loss() -> float:
        h = forward(parameters, inputs, window.before[None])[1:, 0]
        return -float(log_softmax(logits(parameters, h))[steps, came].sum())

    places = [entries_to_check(array, entries, rng) for array in gradients]
    measured = [central_differences(loss, weights, NUDGE, at) for weights, at in zip(parameters, places, strict=True)]

    def check(given: Parameters) -> list[Verdict]:
        rows = zip(EVERY, given, places, measured, strict=True)
        return [
            verdict(name, array.reshape(-1)[at], found)._replace(tolerance=TOLERANCE) for name, array, at, found in rows
        ]

    planted = {bug: check(BUGS[bug].plant(window)) for bug in bugs_of(parameters)}
    return Proof(len(steps), window.limit, {"": check(gradients), **planted})


def entries_to_check(gradient: Array, entries: int, rng: np.random.Generator) -> Array:
    """Places, in memory's order, of so many entries: half of them those with the largest gradients, the others drawn.

    Of a large array most entries may be near zero, where a check says little; all drawn ones could be of these.
    """
    if gradient.size <= entries:
        return np.arange(gradient.size)
    order = np.argsort(-np.abs(gradient), axis=None, kind="stable")
    many = int(LARGEST * entries)
    return np.concatenate([order[:many], rng.choice(order[many:], entries - many, replace=False)])


def _unrolled(window: Window) -> Unrolled:
    along = states(window.parameters, window.ids[:-1], window.before)
    return unrolled(window.parameters, window.ids, along, len(window.ids) - 1)


def _from_dz(window: Window, x: Array, before: Array, dz: Array) -> Parameters:
    """The gradients whose dz is another one."""
    dW_xh = np.zeros_like(window.gradients.W_xh)
    np.add.at(dW_xh, x, dz)
    return window.gradients._replace(W_xh=dW_xh, W_hh=before.T @ dz, b_h=dz.sum(axis=0))
