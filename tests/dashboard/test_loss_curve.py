"""What the loss curve sends to the browser, and how it answers to bad input."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from charrnn.dashboard.components.loss_curve import CurveFrame, encode_curve

BLIND = float(np.log(57))


def a_frame(points: int, measured: int = 0, seed: int = 0) -> CurveFrame:
    rng = np.random.default_rng(seed)
    smooth = np.sort(rng.uniform(0, 2 * BLIND, points))[::-1]
    return {
        "steps": np.cumsum(rng.integers(1, 2**20, points)),
        "smooth": smooth,
        "low": smooth * rng.random(points),
        "high": np.minimum(smooth * (1 + rng.random(points)), 2 * BLIND),
        "held_out": [(k, float(loss)) for k, loss in enumerate(rng.uniform(0, BLIND, measured))],
        "rivals": [{"name": "blind guess", "nats": BLIND}, {"name": "counting triples", "nats": 2.07}],
        "marks": [{"step": 300, "label": "learning rate 0.002"}],
        "blind": BLIND,
    }


def opened(message: bytes) -> tuple[dict[str, Any], bytes]:
    header, payload = message.split(b"\0", 1)
    return json.loads(header), payload


@given(st.integers(0, 40), st.integers(0, 10), st.integers(0, 2**32 - 1))
def test_a_curve_read_back_as_the_browser_reads_it_is_the_frame(n: int, measured: int, seed: int):
    frame = a_frame(n, measured, seed)
    header, payload = opened(encode_curve(frame, height=300))
    assert (header["height"], header["points"], header["measured"]) == (300, n, measured)
    assert header["marks"] == frame["marks"]
    assert [rival["name"] for rival in header["rivals"]] == ["blind guess", "counting triples"]
    steps, held_steps = np.split(np.frombuffer(payload, "<u4", n + measured), [n])
    losses = np.frombuffer(payload, "<u2", offset=4 * (n + measured)) / 65535 * header["limit"]
    smooth, low, high, held_out = np.split(losses, [n, 2 * n, 3 * n])
    assert steps.tolist() == list(frame["steps"])
    assert held_steps.tolist() == [step for step, _ in frame["held_out"]]
    for sent, meant in ((smooth, frame["smooth"]), (low, frame["low"]), (high, frame["high"])):
        np.testing.assert_allclose(sent, meant, atol=1e-4)
    np.testing.assert_allclose(held_out, [loss for _, loss in frame["held_out"]], atol=1e-4)


def test_760_points_stay_below_ten_kilobytes_also_with_a_hundred_held_out_losses():
    assert len(encode_curve(a_frame(760))) < 8_192
    assert len(encode_curve(a_frame(760, measured=100))) < 10_000


def test_a_loss_that_is_no_number_or_beyond_all_bounds_is_sent_as_the_largest_and_never_as_a_small_one():
    frame = a_frame(3) | {"smooth": [np.nan, np.inf, 1e9], "held_out": [(1, np.nan)]}
    _, payload = opened(encode_curve(frame))
    losses = np.frombuffer(payload, "<u2", offset=16)
    assert losses[:3].tolist() + losses[-1:].tolist() == [65535] * 4


@pytest.mark.parametrize("name", ["smooth", "low", "high"])
def test_a_curve_whose_lengths_disagree_is_refused_by_name(name: str):
    with pytest.raises(ValueError, match=name):
        encode_curve(a_frame(5) | {name: [1.0]})


def test_a_curve_that_has_blown_up_is_sent_whole():
    frame = a_frame(3) | {"smooth": [4.0, 20.0, 60.0], "held_out": [(2, 80.0)]}
    header, payload = opened(encode_curve(frame))
    losses = np.frombuffer(payload, "<u2", offset=16) / 65535 * header["limit"]
    np.testing.assert_allclose([*losses[:3], losses[-1]], [4, 20, 60, 80], rtol=1e-3)


def test_an_alphabet_of_one_character_leaves_no_doubt_and_still_makes_a_curve():
    header, _ = opened(encode_curve(a_frame(0) | {"blind": 0.0}))
    assert header["limit"] > 0


def page() -> None:
    from charrnn.dashboard.components import encode_curve, loss_curve

    frame = {"steps": [1], "smooth": [4.0], "low": [4.0], "high": [4.0]}
    curve = encode_curve(frame | {"held_out": [], "rivals": [], "marks": [], "blind": 4.0})
    loss_curve(curve, key="curve")


def test_a_page_without_installation_mounts_the_curve():
    at = AppTest.from_function(page).run()
    assert not at.exception
    (mounted,) = at.get("bidi_component")
    assert "/loss_curve.js" in mounted.proto.js_content
