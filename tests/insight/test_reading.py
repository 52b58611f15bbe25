import numpy as np
import pytest

from charrnn.insight.reading import most_varying, read, sentence, strip


def naive_pass(parameters, ids):
    """Distributions before each character and after the last, and the state after each, one at a time."""
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    h, predictions, hidden = np.zeros(len(b_h)), [], []
    for i in [*ids, None]:
        y = h @ W_hy + b_y
        predictions.append(np.exp(y) / np.exp(y).sum())
        if i is not None:
            x = np.eye(len(W_xh))[i]
            h = np.tanh(x @ W_xh + h @ W_hh + b_h)
            hidden.append(h)
    return np.array(predictions), np.array(hidden)


@pytest.mark.parametrize("start", [0, 1, 17, 39])
def test_the_strip_is_a_naive_pass_seen_before_each_character(parameters, ids, start):
    predictions, hidden = naive_pass(parameters, ids)
    shown = strip(parameters, ids, start)
    p = predictions[start:-1]
    columns = np.arange(len(ids) - start)
    np.testing.assert_array_equal(shown.came, ids[start:])
    np.testing.assert_array_equal(shown.guess, p.argmax(axis=1))
    np.testing.assert_allclose(shown.guess_probability, p.max(axis=1))
    np.testing.assert_allclose(shown.probability, p[columns, ids[start:]])
    np.testing.assert_allclose(shown.surprise, -np.log2(p[columns, ids[start:]]))
    np.testing.assert_allclose(shown.top_probabilities, np.sort(p, axis=1)[:, :0:-1])
    np.testing.assert_allclose(np.take_along_axis(p, shown.top_ids, axis=1), shown.top_probabilities)
    np.testing.assert_allclose(shown.hidden, hidden[start:])


def test_the_first_prediction_of_a_whole_text_comes_from_the_zero_state_alone(parameters, ids):
    other = (ids + 1) % 6
    np.testing.assert_array_equal(strip(parameters, ids, 0).top_ids[0], strip(parameters, other, 0).top_ids[0])
    np.testing.assert_array_equal(strip(parameters, ids, 0).guess[0], parameters.b_y.argmax())


def test_an_alphabet_of_two_shows_two_guesses(parameters, ids):
    small = parameters._replace(W_xh=parameters.W_xh[:2], W_hy=parameters.W_hy[:, :2], b_y=parameters.b_y[:2])
    assert strip(small, ids % 2, 3).top_ids.shape == (37, 2)


def test_reading_gives_the_state_after_each_character_and_the_next_prediction(parameters, ids):
    predictions, hidden = naive_pass(parameters, ids)
    reading = read(parameters, ids)
    np.testing.assert_allclose(reading.hidden, hidden)
    np.testing.assert_allclose(reading.probabilities, predictions[1:])


def test_reading_in_two_parts_is_reading_once(parameters, ids):
    whole, first = read(parameters, ids), read(parameters, ids[:13])
    second = read(parameters, ids[13:], first.hidden[-1])
    np.testing.assert_allclose(np.concatenate([first.hidden, second.hidden]), whole.hidden)
    np.testing.assert_allclose(np.concatenate([first.probabilities, second.probabilities]), whole.probabilities)


def test_the_most_varying_units_are_those_with_the_largest_variance_in_the_order_of_their_numbers(rng):
    hidden = rng.normal(size=(50, 8)) * [1, 9, 2, 8, 3, 7, 4, 6]
    assert most_varying(hidden, 4).tolist() == [1, 3, 5, 7]
    assert most_varying(hidden, 99).tolist() == list(range(8))


def test_units_that_are_shown_stay_while_they_still_vary(rng):
    hidden = rng.normal(size=(50, 8)) * [1, 9, 2, 8, 3, 7, 4, 6]
    assert most_varying(hidden, 1, shown=np.array([7])).tolist() == [7]
    assert most_varying(hidden, 1, shown=np.array([0])).tolist() == [1]


PROSE = "This is a sentence. Another, by Mr. Smith, follows it here! " * 40


@pytest.mark.parametrize("held_out_start", [0, 1000, 1700, 2050])
def test_the_sentence_is_held_out_and_begins_a_sentence(held_out_start):
    text, start = sentence(PROSE, held_out_start)
    assert text[start:].startswith(("This is", "Another, by"))
    assert len(text) - start == 84
    assert start <= 200
    assert text[start:] in PROSE[held_out_start:]
    assert text in PROSE


def test_where_nothing_is_held_out_the_sentence_comes_from_the_end():
    text, start = sentence(PROSE, len(PROSE))
    assert text[start:] in PROSE[-84 - 60 :]
    assert text[start:].startswith(("This is", "Another, by"))


def test_a_list_of_words_gives_the_beginning_of_a_line():
    text, start = sentence("ada\nbob\ncarol\n" * 100, 700, cells=20)
    assert text[start - 1] == "\n"


def test_a_text_without_beginnings_gives_some_place_in_the_held_out_part():
    text = "".join(chr(0x4E00 + i) for i in range(600))
    shown, start = sentence(text, 400)
    assert shown[start] == text[400]
    assert len(shown) - start == 84


def test_where_nothing_is_held_out_and_no_sentence_begins_it_is_the_beginning_of_the_text():
    assert sentence("ha ha ha" * 75, 600, cells=20) == (("ha ha ha" * 3)[:20], 0)


@pytest.mark.parametrize(("text", "held_out_start"), [("ab", 2), ("ab" * 300, 590), ("a", 1), ("word. " * 9, 20)])
def test_a_short_text_gives_what_there_is(text, held_out_start):
    shown, start = sentence(text, held_out_start)
    assert 0 <= start < len(shown)
    assert shown in text
    if held_out_start < len(text):
        assert len(shown) - start <= len(text) - held_out_start
