"""What a chart sends to the browser, and what is drawn of what was measured."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from charrnn.dashboard import inside_charts, weight_charts
from charrnn.dashboard.components import Chart, Layer, Scale, encode_chart
from charrnn.insight.memory import Reach, Spectra
from charrnn.insight.weights import histogram

numbers = st.lists(st.floats(-1e6, 1e6, width=32), max_size=20)


def opened(message: bytes) -> tuple[list[dict[str, Any]], np.ndarray]:
    header, payload = message.split(b"\0", 1)
    return json.loads(header), np.frombuffer(payload, "<f4")


def a_chart(*layers: Layer, x: Scale | None = None, y: Scale | None = None) -> Chart:
    return Chart("chart", "a chart", x or Scale("x"), y or Scale("y"), layers)


@given(numbers, numbers)
def test_numbers_read_back_as_the_browser_reads_them_are_those_of_the_layers_in_order(one: Any, other: Any):
    charts = (
        a_chart(Layer("line", one, one), Layer("rule", other)),
        a_chart(Layer("dots", other, other, also={"|z|": other})),
    )
    header, sent = opened(encode_chart(*charts))
    assert sent.tolist() == [*one, *one, *other, *other, *other, *other]
    layers = [layer for chart in header for layer in chart["layers"]]
    assert [layer["points"] for layer in layers] == [len(one), len(other), len(other)]
    assert [layer["has"] for layer in layers if layer["points"]] == [
        has for has, values in ((["y"], one), ([], other), (["y", "|z|"], other)) if values
    ]


@given(numbers, st.booleans())
def test_every_axis_has_two_ends_with_all_that_is_drawn_between_them(values: Any, log: bool):
    scales = Scale("x", log=log), Scale("y", log=log)
    header, _ = opened(encode_chart(a_chart(Layer("line", values, values), x=scales[0], y=scales[1])))
    for axis in (header[0]["x"], header[0]["y"]):
        assert axis["low"] < axis["high"]
        drawn = np.array([value for value in values if value > 0 or not log])
        assert np.all((axis["low"] <= drawn) & (drawn <= axis["high"] * (1 + 1e-12 if log else 1)))


@pytest.mark.parametrize(
    ("layer", "named"),
    [
        (Layer("line", [1, 2], [1], name="loss"), "loss: 2 numbers"),
        (Layer("band", [1, 2], [1, 2], [1]), "band: 2 numbers"),
        (Layer("dots", [1], [1], also={"size": [1, 2]}), "size"),
        (Layer("signs", [1], [1], signs="ab"), "signs"),
    ],
)
def test_a_layer_whose_lengths_disagree_is_refused_by_name(layer: Layer, named: str):
    with pytest.raises(ValueError, match=named):
        encode_chart(a_chart(layer))


def test_what_is_no_number_is_sent_as_a_gap_and_moves_no_axis():
    header, sent = opened(encode_chart(a_chart(Layer("line", [0, 1, 2], [1, np.nan, 3]))))
    assert np.isnan(sent[4])
    assert header[0]["y"]["high"] == pytest.approx(3.1)


def test_the_gradient_is_drawn_down_to_a_hundred_millionth_and_each_line_ends_there():
    mean = 10.0 ** -np.arange(12)
    chart = inside_charts.reach_chart(Reach(mean, mean / 2, 2 * mean, 1), mean[:6], mean, 5)
    lines = {layer.name: layer for layer in chart.layers if layer.shape == "line"}
    assert [len(np.asarray(line.x)) for line in lines.values()] == [8, 6, 8]
    band = next(layer for layer in chart.layers if layer.shape == "band")
    assert np.min(band.y) >= 1e-8
    rule = next(layer for layer in chart.layers if layer.shape == "rule")
    assert (list(rule.x), rule.label) == ([5], "learning looks 5 back")


def test_eigenvalues_stand_on_a_square_that_holds_the_unit_circle_and_know_their_sizes():
    values = np.array([2 + 1j, 2 - 1j, -0.5])
    chart = inside_charts.eigenvalues_chart(Spectra(values, 0.1 * values))
    assert chart.square
    assert chart.x[3:5] == chart.y[3:5]
    assert chart.x.high > np.sqrt(5)
    dots = next(layer for layer in chart.layers if layer.shape == "dots")
    assert list(dots.x) == sorted(values.real)
    np.testing.assert_allclose(dots.also["size |λ|"], np.hypot(dots.x, dots.y))


def test_the_dearest_units_come_first_under_their_own_numbers():
    chart = inside_charts.cost_chart(np.array([0.1, -0.2, 0.3, 0.2]), 3)
    assert (chart.x.names, list(chart.layers[0].y)) == (["2", "3", "0"], [0.3, 0.2, 0.1])


def test_the_shown_histogram_is_the_last_and_strongest_and_each_sums_to_one():
    values = np.random.default_rng(0).normal(size=500)
    chart = weight_charts.histogram_chart([0, 10, 1000], [histogram("W_hh", k * values, 2.0) for k in (1, 2, 3)])
    assert [layer.name for layer in chart.layers] == ["step 0", "step 10", "step 1,000"]
    assert [layer.filled for layer in chart.layers] == [False, False, True]
    assert [float(np.sum(layer.y)) for layer in chart.layers] == pytest.approx([1, 1, 1])
    strengths = [layer.strength for layer in chart.layers]
    assert strengths == sorted(strengths)


def test_a_run_at_its_start_has_one_histogram_and_one_point_over_time():
    assert len(weight_charts.histogram_chart([0], [histogram("b_h", np.zeros(4), 0.1)]).layers) == 1
    charts = weight_charts.over_time_charts([0], [0.5], [2.0], [0.0])
    assert [chart.heading for chart in charts] == [
        "values with |h| > 0.9: 50.0%",
        "norm of the gradient: 2",
        "entries that clipping would cut: 0.0%",
    ]
    assert encode_chart(*charts)


def test_what_training_met_is_a_point_a_step_beside_no_claim_of_what_it_is_now():
    norm, clipped = weight_charts.as_met_charts(np.array([1, 10]), np.array([2.0, 3.0]), np.array([0.0, 0.5]))
    assert [float(value) for value in norm.layers[0].y] == [2, 3]
    assert [float(value) for value in clipped.layers[0].y] == [0, 0.5]
    assert norm.heading == "norm of the gradient, as training met it"


def page() -> None:
    from charrnn.dashboard.components import Chart, Layer, Scale, chart, encode_chart

    chart(encode_chart(Chart("line", "a line", Scale("x"), Scale("y"), [Layer("line", [0, 1], [1, 2])])), key="chart")


def test_a_page_without_installation_mounts_the_chart():
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert [element.proto.js_source_path for element in at.get("bidi_component")] == ["chart.js"]
