"""What the drawn network sends to the browser."""

import json
from typing import Any

import numpy as np
import pytest

from charrnn.dashboard.components.network import FIGURES, Columns, Story, Summed, encode_network


def a_step(K: int = 15, U: int = 32, **changed: Any) -> tuple[Columns, Story]:
    rng = np.random.default_rng(K)
    whole: dict[str, Any] = {
        "read": "é" * K,
        "came": "x" * K,
        "at": range(K),
        "top": ["abcde"] * K,
        "top_p": rng.random((K, 5)),
        "figures": [rng.normal(size=K) for _ in FIGURES],
        "units": {name: rng.normal(size=(K, U)) * 1e-6 for name in ("z", "q", "h", "told", "dh", "dz")},
        "bias": rng.normal(size=(1, U)),
    }
    summed = [
        Summed(name=name, norm=None, cut=0, size=9, change=0.5) for name in ("W_xh", "W_hh", "W_hy", "b_h", "b_y")
    ]
    story = Story(
        cell="rnn", N=K, T=8, last=True, units=range(U), H=U, chosen=False, summed=summed, clip=5.0, optimizer="Adam",
        step="step 3", place=7, places=(0, 83),
    )  # fmt: skip
    return Columns(**whole | changed), {**story, "units": list(range(U))}


def test_what_is_drawn_of_the_network_comes_back_to_seven_digits_and_is_small():
    columns, story = a_step()
    message = encode_network(columns, story)
    header, payload = message.split(b"\0", 1)
    numbers = np.frombuffer(payload, "<f4")
    sent = [columns.top_p, *columns.figures, *columns.units.values(), columns.bias]
    np.testing.assert_array_equal(numbers, np.concatenate([np.ravel(array) for array in sent]).astype("f4"))
    told = json.loads(header)
    assert (told["read"], told["units"], told["summed"][0]["norm"]) == ("é" * 15, list(range(32)), None)
    assert len(message) < 14_000


@pytest.mark.parametrize(
    "changed",
    [{"bias": np.zeros((1, 31))}, {"top_p": np.zeros((14, 5))}, {"came": "x"}, {"figures": [np.zeros(3)]}, {"at": [1]}],
)
def test_a_drawing_whose_parts_do_not_fit_each_other_is_refused(changed: dict[str, Any]):
    with pytest.raises(ValueError, match="needed"):
        encode_network(*a_step(**changed))
