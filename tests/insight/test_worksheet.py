import numpy as np
import pytest

from charrnn.insight.reading import read
from charrnn.insight.worksheet import worksheet
from charrnn.network.rnn import Parameters, loss_and_gradients


@pytest.fixture
def sheet(parameters, ids):
    before = read(parameters, ids[:10]).hidden[-1]
    return worksheet(parameters, before, int(ids[10]), int(ids[11]))


def test_the_worksheet_shows_the_numbers_of_a_training_step_of_one_character(parameters, sheet):
    x, target = np.array([[sheet.x]]), np.array([[sheet.target]])
    loss, gradients, hidden = loss_and_gradients(parameters, x, target, sheet.before[None])
    assert sheet.loss == pytest.approx(loss)
    np.testing.assert_allclose(sheet.h, hidden[0])
    for name, shown, trained in zip(Parameters._fields, sheet.gradients, gradients, strict=True):
        np.testing.assert_allclose(shown, trained, atol=1e-14, err_msg=name)


def test_the_worksheet_agrees_with_the_reading(parameters, ids, sheet):
    reading = read(parameters, ids[:11])
    np.testing.assert_allclose(sheet.h, reading.hidden[-1])
    np.testing.assert_allclose(sheet.p, reading.probabilities[-1])


def test_each_line_of_the_worksheet_follows_from_those_above_it(parameters, sheet):
    np.testing.assert_allclose(np.tanh(sheet.z + sheet.recurrent), sheet.h)
    np.testing.assert_allclose(np.exp(sheet.y) / np.exp(sheet.y).sum(), sheet.p)
    assert sheet.loss == pytest.approx(-np.log(sheet.p[sheet.target]))
    assert sheet.dy.sum() == pytest.approx(0)
    np.testing.assert_allclose(sheet.dh, parameters.W_hy @ sheet.dy)
    np.testing.assert_allclose(sheet.dz, sheet.dh * (1 - sheet.h**2))
