"""Dropout between state and output: its mask, and gradients under a mask by the same witnesses as without one."""

import numpy as np
import pytest

from charrnn.network.cells import CELLS, zero_state
from charrnn.network.dropout import draw_mask
from charrnn.network.gradient_check import gradient_check
from charrnn.network.layers import log_softmax

V, H, T, B = 5, 4, 4, 2
EVERY_CELL = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def drawn(dropout, *, rows=T * B, units=H, key=1, step=0, dtype=np.float64):
    """A mask."""
    mask = np.empty((rows, units), dtype)
    draw_mask(mask, dropout, key, step)
    return mask


def problem(cell):
    """A network far from its start, a window and the state before it."""
    rng = np.random.default_rng(3)
    parameters = cell.initialise(V, H, rng, init="gaussian", scale=0.4, dtype=np.float64)
    ids = rng.integers(V, size=(T + 1, B))
    return parameters, ids[:-1], ids[1:], rng.uniform(-0.9, 0.9, zero_state(parameters, B).shape)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.9])
def test_a_mask_drops_that_share_and_scales_what_is_left(dropout, dtype):
    mask = drawn(dropout, rows=400, units=100, dtype=dtype)
    assert set(np.unique(mask)) == {dtype(0), dtype(1 / (1 - dropout))}
    assert (mask == 0).mean() == pytest.approx(dropout, abs=5 * (dropout * (1 - dropout) / mask.size) ** 0.5)
    # Each entry by itself: along rows and along columns neighbours do not know of each other.
    for one, other in ((mask[1:], mask[:-1]), (mask[:, 1:], mask[:, :-1])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 5 / mask.size**0.5


def test_a_mask_is_that_of_its_key_and_step_and_of_no_other():
    masks = [drawn(0.5, units=40, key=key, step=step) for key in (1, 2) for step in (0, 1, 2)]
    np.testing.assert_array_equal(masks[4], drawn(0.5, units=40, key=2, step=1))
    assert len({mask.tobytes() for mask in masks}) == len(masks)


@EVERY_CELL
def test_gradients_under_a_mask_agree_with_central_differences_and_those_without_it_do_not(cell):
    given, mask = problem(cell), drawn(0.4)
    loss = lambda: cell.loss_and_gradients(*given, mask=mask)[0]  # noqa: E731 - one use, one line
    check = gradient_check(loss, given[0], cell.loss_and_gradients(*given, mask=mask)[1])
    assert all(one.relative < 5e-6 and one.absolute < 1e-8 for one in check), check
    without = gradient_check(loss, given[0], cell.loss_and_gradients(*given)[1])
    assert all(one.relative > 1e-2 for one in without), without  # each array is told of the mask


@EVERY_CELL
def test_the_mask_lies_between_state_and_output_and_never_on_the_way_from_state_to_state(cell):
    given, mask = problem(cell), drawn(0.4)
    parameters, inputs, targets, state = given
    loss, _, after = cell.loss_and_gradients(*given, mask=mask)
    states = cell.forward(parameters, inputs, state)
    np.testing.assert_array_equal(after, cell.loss_and_gradients(*given)[2])
    h = states[1:, :, :H] * mask.reshape(T, B, H)
    surprisals = -np.take_along_axis(log_softmax(h @ parameters.W_hy + parameters.b_y), targets[..., None], axis=-1)
    assert loss == pytest.approx(surprisals.sum() / B, rel=1e-12)


@EVERY_CELL
def test_a_mask_of_ones_changes_no_bit(cell):
    given = problem(cell)
    one, other = cell.loss_and_gradients(*given), cell.loss_and_gradients(*given, mask=np.ones((T * B, H)))
    assert one[0] == other[0]
    np.testing.assert_array_equal(one[1].flat, other[1].flat)


def test_the_mask_of_a_key_and_a_step_stays_the_same_in_every_version():
    """Or a saved run would not go on as it did."""
    mask = np.empty(6)
    draw_mask(mask, 0.5, key=3, step=7)
    drawn = np.random.Generator(np.random.Philox(key=3, counter=[0, 0, 0, 7])).random(6)
    np.testing.assert_array_equal(mask, np.where(drawn >= 0.5, 2.0, 0.0))
