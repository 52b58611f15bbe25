"""Each optimiser against its formula written plainly, and what clipping promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from charrnn.network.optimizers import OPTIMIZERS, clip

RATE = 0.03


def sgd(p, gradients):
    for g in gradients:
        p = p - RATE * g
    return p


def adagrad(p, gradients):
    m = np.zeros_like(p)
    for g in gradients:
        m = m + g**2
        p = p - RATE * g / np.sqrt(m + 1e-8)
    return p


def rmsprop(p, gradients):
    m = np.zeros_like(p)
    for g in gradients:
        m = 0.95 * m + 0.05 * g**2
        p = p - RATE * g / (np.sqrt(m) + 1e-8)
    return p


def adam(p, gradients):
    m, v = np.zeros_like(p), np.zeros_like(p)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        p = p - RATE * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return p


FORMULAS = {"adagrad": adagrad, "adam": adam, "rmsprop": rmsprop, "sgd": sgd}


def run(name, p, gradients):
    p = p.copy()
    optimize, memories = OPTIMIZERS[name]
    memory = [np.zeros_like(p) for _ in range(memories)]
    for step, g in enumerate(gradients, start=1):
        optimize(p, g.copy(), memory, np.empty_like(p), RATE, step)
    return p


def problem(size, dtype=np.float64):
    rng = np.random.default_rng(size)
    gradients = rng.normal(size=(6, size)) * np.logspace(-6, 1, size)  # from next to nothing to steep
    gradients[2] = 0
    return rng.normal(size=size).astype(dtype), gradients.astype(dtype)


def test_every_optimiser_has_a_formula_here():
    assert set(FORMULAS) == set(OPTIMIZERS)


@pytest.mark.parametrize("size", [1, 100, 10_007])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_is_its_formula(name, size):
    p, gradients = problem(size)
    np.testing.assert_allclose(run(name, p, gradients), FORMULAS[name](p, gradients), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_in_float32_stays_float32_and_close_to_its_formula(name):
    p, gradients = problem(500, np.float32)
    found = run(name, p, gradients)
    assert found.dtype == np.float32
    formula = FORMULAS[name](p.astype(float), gradients.astype(float))
    np.testing.assert_allclose(found, formula, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_goes_downhill(name):
    p = np.array([3.0, -2.0, 0.5])
    assert ((run(name, p, [2 * p]) ** 2) < p**2).all()


ENTRIES = arrays.arrays(np.float64, st.integers(1, 40), elements=st.floats(-100, 100))


@given(ENTRIES, st.floats(1e-3, 50))
def test_clipping_bounds_every_entry_keeps_signs_and_leaves_small_ones_alone(g, limit):
    before = g.copy()
    norm, fraction = clip(g, limit)
    assert (np.abs(g) <= limit).all()
    np.testing.assert_array_equal(g, np.minimum(np.maximum(before, -limit), limit))
    assert norm == pytest.approx(np.sqrt((before**2).sum()))
    assert fraction == np.mean(np.abs(before) > limit)


@given(ENTRIES)
def test_clipping_twice_is_clipping_once(g):
    clip(g, 5)
    once = g.copy()
    assert clip(g, 5)[1] == 0
    np.testing.assert_array_equal(g, once)
