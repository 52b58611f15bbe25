"""What the coloured text sends to the browser."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.components.coloured_text import Colouring, encode_coloured_text

SIGNED = Colouring(title="hidden value", signed=True, limit=1.0)


def guesses(T: int) -> Any:
    return {"of": "next", "top": ["ab"] * T, "top_p": np.full((T, 2), 0.5), "surprise": np.full(T, np.nan)}


def opened(message: bytes) -> tuple[dict[str, Any], bytes]:
    header, payload = message.split(b"\0", 1)
    return json.loads(header), payload


@given(st.integers(1, 12), st.integers(1, 6), st.sampled_from([1.0, 2.5]), st.integers(0, 2**32 - 1))
def test_values_on_a_text_come_back_right_to_a_hundredth_of_the_scale(T: int, R: int, limit: float, seed: int):
    values = np.random.default_rng(seed).uniform(-limit, limit, (R, T))
    message = encode_coloured_text(
        values, text="é" * T, rows=["unit"] * R, colouring=SIGNED | {"limit": limit}, guesses=guesses(T)
    )
    _, payload = opened(message)
    numbers = np.frombuffer(payload, "u1")[-values.size :].reshape(R, T).astype(float)
    np.testing.assert_allclose((numbers - 128) / 127 * limit, values, atol=limit / 200)


def test_zero_and_what_is_no_number_are_drawn_as_neither_sign():
    message = encode_coloured_text([[0.0, np.nan]], text="ab", rows=["unit"], colouring=SIGNED, guesses=guesses(2))
    assert message[-2:] == bytes([128, 128])


def test_all_units_of_256_on_200_characters_stay_below_60_kilobytes():
    rows = [f"unit {u}" for u in range(256)]
    message = encode_coloured_text(
        np.zeros((256, 200)), text="x" * 200, rows=rows, colouring=SIGNED, guesses=guesses(200)
    )
    assert len(message) < 60_000


@pytest.mark.parametrize("values", [np.zeros((1, 3)), np.zeros((2, 2)), np.zeros((0, 2))])
def test_values_that_do_not_fit_the_text_are_refused(values: np.ndarray):
    with pytest.raises(ValueError, match="values"):
        encode_coloured_text(values, text="ab", rows=["unit"], colouring=SIGNED, guesses=guesses(2))


def test_guesses_that_do_not_fit_the_text_are_refused():
    with pytest.raises(ValueError, match="guesses"):
        encode_coloured_text(np.zeros((1, 2)), text="ab", rows=["unit"], colouring=SIGNED, guesses=guesses(3))
