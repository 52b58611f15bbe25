"""What the canvas components send to the browser, and how they answer to bad input."""

import asyncio
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from starlette.requests import Request
from starlette.responses import Response
from streamlit.testing.v1 import AppTest

from charrnn.dashboard.components.cells import Axis, encode_cells
from charrnn.dashboard.components.scripts import SCRIPTS, script
from charrnn.dashboard.components.strip import StripFrame, encode_strip


def a_frame(text: str = "elizabeth could not help smiling", steps: int = 6, seed: int = 0) -> StripFrame:
    rng = np.random.default_rng(seed)
    n = len(text)
    probabilities = -np.sort(-rng.dirichlet(np.ones(5), size=n), axis=1)
    rows = [{"label": f"at step {10**k}", "guess": text[::-1], "p": rng.random(n)} for k in range(steps)]
    units = [{"name": f"unit {k}", "values": np.tanh(rng.normal(size=n))} for k in range(5)]
    return {
        "text": text,
        "rows": rows,
        "now": "its guess now",
        "top": ["abcde"] * n,
        "top_p": probabilities,
        "surprise": rng.gamma(2, size=n),
        "units": units,
    }


def opened(message: bytes) -> tuple[dict[str, Any], bytes]:
    header, payload = message.split(b"\0", 1)
    return json.loads(header), payload


def encoded(values: ArrayLike, **options: Any) -> bytes:
    """Cells of as many rows and columns as there are values."""
    R, C = np.shape(values)
    down, across = Axis("unit", list(map(str, range(R)))), Axis("character", "é" * C)
    return encode_cells(values, down=down, across=across, title="value", **options)


def test_a_strip_of_84_characters_six_rows_and_five_units_stays_below_four_kilobytes():
    assert (
        len(encode_strip(a_frame("elizabeth could not help smiling at his easy manner of directing his\nfriend.\n\n")))
        < 4096
    )


def test_a_heatmap_of_128_units_at_100_characters_stays_below_40_kilobytes():
    assert len(encoded(np.zeros((128, 100)))) < 40_000


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), st.integers(0, 2**32 - 1))
def test_a_strip_read_back_as_the_browser_reads_it_is_the_frame(text: str, seed: int):
    frame = a_frame(text, seed=seed)
    n = len(text)
    header, payload = opened(encode_strip(frame))
    assert (header["text"], header["top"]) == (text, "abcde" * n)
    assert [row["guess"] for row in header["rows"]] == [text[::-1]] * 6
    top, surprise = np.split(np.frombuffer(payload, "<u2", 6 * n), [5 * n])
    units = np.frombuffer(payload, "<i2", 5 * n, offset=12 * n).reshape(5, n)
    rows = np.frombuffer(payload, "u1", offset=22 * n).reshape(6, n)
    np.testing.assert_allclose(top.reshape(n, 5) / 65535, frame["top_p"], atol=1e-5)
    np.testing.assert_allclose(surprise / 1000, frame["surprise"], atol=6e-4)
    np.testing.assert_allclose(units / 32767, [unit["values"] for unit in frame["units"]], atol=2e-5)
    np.testing.assert_allclose(rows / 255, [row["p"] for row in frame["rows"]], atol=1 / 500)


def test_an_impossible_character_has_the_largest_surprise_that_can_be_told():
    frame = a_frame("a", steps=0) | {"surprise": [np.inf]}
    _, payload = opened(encode_strip(frame))
    assert np.frombuffer(payload, "<u2", 1, offset=10) == [65535]


def test_a_row_still_to_come_keeps_its_label_and_costs_no_numbers():
    frame = a_frame(steps=0)
    with_empty = frame | {"rows": [{"label": "at step 3k", "guess": "", "p": []}]}
    header, payload = opened(encode_strip(with_empty))
    assert header["rows"] == [{"label": "at step 3k", "guess": ""}]
    assert len(payload) == len(opened(encode_strip(frame))[1])


def test_the_reach_of_a_pinned_prediction_travels_with_its_frame():
    header, _ = opened(encode_strip(a_frame() | {"reach": {"column": 3, "weights": [1.0, 0.5, np.nan], "cut": 2}}))
    assert header["reach"] == {"column": 3, "weights": [1.0, 0.5, 0.0], "cut": 2}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"top_p": np.zeros((3, 5))}, "top_p"),
        ({"top": ["abcde"]}, "top"),
        ({"surprise": [1.0]}, "surprise"),
        ({"units": [{"name": "unit 7", "values": [0.0]}]}, "unit 7"),
        ({"rows": [{"label": "at step 10", "guess": "ab", "p": [0.5, 0.5]}]}, "at step 10"),
    ],
)
def test_a_strip_whose_lengths_disagree_is_refused_by_name(change: dict[str, Any], named: str):
    with pytest.raises(ValueError, match=named):
        encode_strip(a_frame() | change)


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1.0, 2.0]), st.integers(0, 2**32 - 1))
def test_every_cell_of_a_fixed_scale_comes_back_right_to_three_decimals(R: int, C: int, limit: float, seed: int):
    values = np.random.default_rng(seed).uniform(-limit, limit, (R, C))
    header, payload = opened(encoded(values, limit=limit, text=True))
    assert (header["limit"], header["full"]) == (limit, limit)
    assert [axis["signs"] for axis in header["axes"]] == [list(map(str, range(R))), "é" * C]
    np.testing.assert_allclose(np.frombuffer(payload, "<i2").reshape(R, C) / 32767 * limit, values, atol=5e-5)


@given(st.integers(1, 9), st.integers(1, 9), st.floats(1e-3, 1e3), st.integers(0, 2**32 - 1))
def test_every_cell_comes_back_though_the_scale_ends_before_the_largest(R: int, C: int, size: float, seed: int):
    values = np.random.default_rng(seed).standard_normal((R, C)) * size
    header, payload = opened(encoded(values))
    back = np.frombuffer(payload, "<i2").reshape(R, C) / 32767 * header["limit"]
    np.testing.assert_allclose(back, values, atol=header["limit"] / 30_000)
    assert header["full"] <= header["limit"]


def test_cells_that_need_not_be_exact_are_half_as_long():
    (_, exact), (_, moving) = (opened(encoded(np.eye(4), limit=1.0, exact=exact)) for exact in (True, False))
    assert len(moving) * 2 == len(exact)
    np.testing.assert_allclose(np.frombuffer(moving, "i1").reshape(4, 4) / 127, np.eye(4))


def test_values_beyond_the_scale_are_drawn_at_its_end_and_what_is_no_number_as_neither_sign():
    _, payload = opened(encoded([[-3.0, 3.0, np.nan]], limit=1.0))
    assert np.frombuffer(payload, "<i2").tolist() == [-32767, 32767, -32768]


@pytest.mark.parametrize(
    ("values", "rows", "columns"),
    [(np.zeros((2, 3)), "ab", "ab"), (np.zeros((0, 2)), "", "ab"), (np.zeros((2, 2)), "aa", "ab")],
)
def test_cells_whose_shapes_disagree_or_whose_rows_have_one_sign_are_refused(values, rows, columns):
    with pytest.raises(ValueError, match=r"values|down"):
        encode_cells(values, down=Axis("unit", rows), across=Axis("unit", columns), title="weight")


def page() -> None:
    import numpy as np

    from charrnn.dashboard.components import Axis, cells, encode_cells, encode_strip, reading_strip

    frame = {
        "text": "a",
        "rows": [],
        "now": "its guess now",
        "top": ["b"],
        "top_p": [[1.0]],
        "surprise": [9],
        "units": [],
    }
    reading_strip(encode_strip(frame), key="strip")
    cells(encode_cells(np.zeros((1, 1)), down=Axis("", [""]), across=Axis("unit", "0"), title="bias"), key="bias")


def test_a_page_without_installation_mounts_both_components_twice_over():
    for _ in range(2):  # each simulated page brings a component registry of its own
        at = AppTest.from_function(page).run()
        assert not at.exception
        mounted = [element.proto.js_content for element in at.get("bidi_component")]
        assert [re.search(r'\["(\w+)"', shim)[1] for shim in mounted] == ["reading_strip", "cells"]
        assert all(len(shim) < 400 for shim in mounted), "scripts are served once, not sent with each update"


def answer(name: str) -> Response:
    return asyncio.run(script(Request({"type": "http", "path_params": {"name": name}})))


def test_a_script_is_served_as_one_that_never_changes_at_its_address():
    answered = answer("press.js")
    assert answered.media_type == "text/javascript"
    assert bytes(answered.body) == SCRIPTS["press.js"]
    assert "immutable" in answered.headers["cache-control"]


@pytest.mark.parametrize("name", ["no_script.js", "types.d.ts", "../scripts.py", "..\\scripts.py", ""])
def test_nothing_else_is_served(name: str):
    assert answer(name).status_code == 404


def test_the_scripts_never_treat_text_as_markup():
    for source in SCRIPTS.values():
        assert not any(
            word in source.decode()
            for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
        )
