import numpy as np
import pytest

from charrnn.insight.attribution import attribution
from charrnn.insight.reading import strip
from charrnn.network.gradient_check import central_differences
from charrnn.network.layers import log_softmax


def log_p_and_logits(parameters, inputs):
    """Read rows of inputs (K, V), one-hot or not, from the zero state."""
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    h = np.zeros(len(b_h))
    for x in inputs:
        h = np.tanh(x @ W_xh + h @ W_hh + b_h)
    y = h @ W_hy + b_y
    return log_softmax(y), y


@pytest.mark.parametrize("character", [None, 3])
def test_the_gradient_is_what_nudging_each_input_does_to_the_logit(parameters, ids, character):
    inputs = np.eye(6)[ids[:20]]
    found = attribution(parameters, ids, 20, character)
    measured = central_differences(lambda: log_p_and_logits(parameters, inputs)[1][found.character], inputs)
    np.testing.assert_allclose(found.gradient, np.linalg.norm(measured, axis=1), atol=1e-9)
    np.testing.assert_allclose(found.contribution, (measured * inputs).sum(axis=1), atol=1e-9)


@pytest.mark.parametrize("replacement", [None, 2])
def test_the_effect_is_that_of_reading_the_changed_text(parameters, ids, replacement):
    inputs = np.eye(6)[ids[:20]]
    other = np.eye(6)[ids].mean(axis=0) if replacement is None else np.eye(6)[replacement]
    found = attribution(parameters, ids, 20, 4, replacement=replacement)
    before = log_p_and_logits(parameters, inputs)[0][4]
    for i in range(20):
        changed = inputs.copy()
        changed[i] = other
        assert found.effect[i] == pytest.approx(before - log_p_and_logits(parameters, changed)[0][4], abs=1e-12)


def test_replacing_a_character_by_itself_does_nothing(parameters, ids):
    same = np.full(20, 2)
    np.testing.assert_allclose(attribution(parameters, same, 15, replacement=2).effect, 0, atol=1e-12)


def test_looking_less_far_back_sees_the_same_of_what_it_sees(parameters, ids):
    whole, near = attribution(parameters, ids, 30), attribution(parameters, ids, 30, back=7)
    assert (whole.first, near.first) == (0, 23)
    for some in ("gradient", "contribution", "effect"):
        np.testing.assert_allclose(getattr(near, some), getattr(whole, some)[23:])


def test_the_guesses_are_those_of_the_strip(parameters, ids):
    found, shown = attribution(parameters, ids, 12), strip(parameters, ids, 12)
    np.testing.assert_array_equal(found.top_ids, shown.top_ids[0])
    np.testing.assert_allclose(found.top_probabilities, shown.top_probabilities[0])
    assert found.character == shown.guess[0]
    assert found.probability == pytest.approx(shown.guess_probability[0])


def test_the_first_character_was_moved_by_nothing(parameters, ids):
    found = attribution(parameters, ids, 0)
    assert len(found.gradient) == len(found.contribution) == len(found.effect) == 0
    assert found.character == parameters.b_y.argmax()


def test_a_prediction_after_the_end_of_the_text_can_be_looked_at_too(parameters, ids):
    assert len(attribution(parameters, ids, len(ids), back=10).effect) == 10
