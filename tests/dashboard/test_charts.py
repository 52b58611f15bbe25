"""Charts: the same options give the same chart byte for byte, every number stands in a frame, labels keep apart."""

import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from charrnn.dashboard.charts import compared, draws, inside, loss_axes, losses, mistakes, weights
from charrnn.dashboard.charts.drawn import spec
from charrnn.dashboard.charts.look import ROLES, apart
from charrnn.dashboard.views.loss_curve import GROWTH, length
from charrnn.insight.memory import Reach, Spectra
from charrnn.insight.mistakes import Mistakes
from charrnn.insight.weights import Embedding, histogram
from charrnn.insight.writing import Written

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
MARKS = pd.DataFrame(
    {"step": [300, 320], "characters": [3e4, 3.2e4], "seconds": [3.0, 3.2], "label": ["learning rate 0.002", "clip 3"]}
)
FADES = 10.0 ** -np.arange(12)
WRITTEN = Written(np.array([0]), np.full((2, 3), 1 / 3), np.array([0.2, 0.0, 0.8]), 0.5, 2)
VALUES = np.array([2 + 1j, 2 - 1j, -0.5])


def a_history(last: int = 1_000, level: float = 1.6) -> pd.DataFrame:
    steps = np.unique(np.geomspace(1, last, 100).astype(int)) if last else np.array([], int)
    smooth = level + 2.4 / (1 + steps / 100)
    held_out = [(int(step), float(loss)) for step, loss in zip(steps[::20], smooth[::20], strict=True)]
    return loss_axes.losses_frame(steps, smooth, smooth - 0.2, smooth + 0.3, held_out, 100, [(last, last / 100)])


def of_losses(last: int = 1_000, **looks: Any) -> dict[str, pd.DataFrame]:
    baselines = [("blind guess", 4.0), ("counting pairs", 2.4)]
    return losses.losses_data(a_history(last), baselines, MARKS, 4.0, **looks)


ALL: list[Any] = [
    *(
        (losses.loss_chart, looks, of_losses(**looks))
        for unit in loss_axes.MEASURES
        for across in loss_axes.TITLES
        for log in (True, False)
        for looks in ({"unit": unit, "across": across, "log": log},)
    ),
    (compared.compared_chart, {}, compared.compared_data([a_history(), a_history(500, 1.7)])),
    (inside.cost_chart, {}, inside.cost_data(np.array([0.1, -0.2, 0.3]), 3)),
    (inside.reach_chart, {}, inside.reach_data(Reach(FADES, FADES / 2, 2 * FADES, 1), FADES[:6], FADES, 5)),
    (inside.reaches_chart, {}, inside.reaches_data([FADES, FADES[:6]], [5, 3])),
    (
        mistakes.mistakes_chart,
        {"rows": 3},
        mistakes.mistakes_data(Mistakes(np.eye(3, dtype=int) + 1, np.full((3, 3), 0.5)), "a e"),
    ),
    (draws.bars_chart, {}, draws.bars_data(WRITTEN, "abc")),
    (draws.die_chart, {}, draws.die_data(WRITTEN, "abc")),
    (inside.eigenvalues_chart, {}, inside.eigenvalues_data(Spectra(VALUES, 0.1 * VALUES))),
    (inside.eigenvalues_chart, {"vanilla": False}, inside.eigenvalues_data(Spectra(VALUES[:0], 0.1 * VALUES))),
    (
        weights.histogram_chart,
        {},
        weights.histogram_data([0, 10], [histogram("b_h", k * np.linspace(-1, 1, 9), 1.0) for k in (1, 2)]),
    ),
    (weights.over_time_chart, {"title": "norm", "form": "~f"}, weights.over_time_data([0, 10], [1.0, 2.0])),
    (
        weights.characters_chart,
        {},
        weights.characters_data("aB1", Embedding(np.array([[1.0, 2], [3, 4], [-5, 6]]), np.array([0.5, 0.2]))),
    ),
]
every_chart = pytest.mark.parametrize(
    ("build", "options", "data"), ALL, ids=lambda value: getattr(value, "__name__", "")
)


def layers(chart: dict[str, Any]) -> list[dict[str, Any]]:
    return chart.get("layer", [chart])


def inner(part: Any) -> list[dict[str, Any]]:
    """All objects in a chart, however deep."""
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return ([part] if isinstance(part, dict) else []) + [each for one in parts for each in inner(one)]


@every_chart
def test_a_chart_made_once_more_is_the_same_byte_for_byte_and_nothing_in_it_is_numbered(build, options, data):
    charts = []
    for _ in range(2):
        spec.cache_clear()
        charts.append(json.dumps(spec(build, False, "en", **options)))
    assert charts[0] == charts[1]
    assert not re.search(r"param_\d|layer_\d", charts[0])


@every_chart
def test_a_chart_holds_no_number_and_reads_only_what_its_frames_hold(build, options, data):
    chart = spec(build, False, "en", **options)
    assert "datasets" not in chart
    for layer in layers(chart):
        source = layer.get("data") or chart["data"]
        if "sequence" in source:
            continue
        known = set(data[source["name"]].columns)
        for transform in layer.get("transform", chart.get("transform", [])):
            asked = set(re.findall(r"datum\.(\w+)", json.dumps(transform)))
            assert asked <= known, transform
            known |= {transform.get("as")} | {each["as"] for each in transform.get("window", [])}
            known |= {each["as"] for each in transform.get("joinaggregate", [])}
        fields = {each["field"] for each in inner(layer["encoding"]) if "field" in each}
        assert fields <= known


@every_chart
def test_a_chart_names_its_axes_and_says_what_it_is_to_those_who_do_not_see_it(build, options, data):
    chart = spec(build, False, "en", **options)
    assert len(chart["description"]) > 30
    for channel in ("x", "y"):
        assert any(layer["encoding"].get(channel, {}).get("title") for layer in layers(chart))


@every_chart
def test_every_colour_of_a_chart_is_one_of_the_themes(build, options, data):
    chart = spec(build, False, "en", **options)
    scales = [layer["encoding"]["color"]["scale"] for layer in layers(chart) if "color" in layer["encoding"]]
    assert {scale["range"] for scale in scales} == {"category"}
    assert all(len(scale["domain"]) == len(ROLES) for scale in scales if "domain" in scale)
    assert not re.search(r"#[0-9a-fA-F]{6}", json.dumps(chart))


def luminance(colour: str) -> float:
    rgb = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_has_a_colour_for_each_role_that_can_be_told_from_its_background(theme: str):
    """3:1 for what is drawn, 4.5:1 for what is written in it (WCAG 2.2)."""
    chosen = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]
    colours = dict(zip(ROLES, chosen["chartCategoricalColors"], strict=True))
    ground = luminance(chosen["backgroundColor"])
    for role, colour in colours.items():
        light, dark = sorted((luminance(colour), ground), reverse=True)
        least = 4.5 if role in ("A", "muted", "mark", "vowel", "consonant") else 3
        assert (light + 0.05) / (dark + 0.05) >= least, role


def drawn_twice() -> None:
    import numpy as np
    import streamlit as st

    from charrnn.dashboard.charts import draw, inside

    st.session_state.setdefault("measured", [0.1, 0.2])
    draw("costs", inside.cost_chart, inside.cost_data(np.array(st.session_state["measured"]), 2), zoom=True)


def test_with_new_numbers_only_the_numbers_are_sent_anew_and_the_element_stays_the_same():
    at = AppTest.from_function(drawn_twice).run()
    before = at.get("vega_lite_chart")[0].proto
    at.session_state["measured"] = [-0.3, 0.4]
    after = at.run().get("vega_lite_chart")[0].proto
    assert not at.exception
    assert (before.spec, before.id) == (after.spec, after.id)
    assert before.datasets[0].data.data != after.datasets[0].data.data
    assert list(after.selection_mode) == ["zoom"]


@given(st.lists(st.floats(-100, 100), max_size=12), st.floats(0.1, 20), st.floats(-50, 0), st.floats(1, 50))
def test_labels_keep_apart_in_the_order_of_their_wishes_and_within_bounds_that_have_room(wanted, gap, low, high):
    placed = apart(wanted, gap, low, high)
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(placed[order]) >= gap * (1 - 1e-9) - 1e-9)
    if len(wanted) and (len(wanted) - 1) * gap <= high - low:
        assert low - 1e-6 <= placed.min() <= placed.max() <= high + 1e-6


def test_labels_that_do_not_touch_stand_where_they_wish():
    assert apart([3, 1, 2], 0.5, 0, 4).tolist() == [3, 1, 2]


def test_a_few_wild_windows_do_not_flatten_the_curve_and_a_blown_up_one_is_not_cut():
    wild = a_history().assign(high=1e6)
    assert wild["high"].max() == 1e6
    data = losses.losses_data(wild, [], MARKS, 4.0, "nats")
    assert data["points"]["high"].max() == 1e6  # what is said of a point is not cut
    assert data["losses"]["high"].max() == pytest.approx(data["corners"]["loss"].max())
    assert data["corners"]["loss"].max() < 6
    early = a_history()
    early.loc[3, ["low", "high"]] = 5.0  # a single step: there the line of each step has its top
    assert losses.losses_data(early, [("blind guess", 4.0)], MARKS, 4.0, "nats")["corners"]["loss"].max() > 5
    blown = losses.losses_data(a_history(level=55), [("blind guess", 4.0)], MARKS, 4.0, "nats")["corners"]["loss"]
    assert blown.max() > 55
    assert blown.min() < 4
    far = losses.losses_data(a_history(level=300), [], MARKS, 4.0, "choices")
    assert np.isfinite([far["corners"]["loss"].max(), far["losses"]["smoothed"].max()]).all()


def test_before_any_training_axes_and_baselines_stand_already():
    data = of_losses(last=0, unit="nats")
    assert data["corners"]["at"].tolist() == [1, 100]
    assert data["corners"]["loss"].min() < 2.4 < 4.0 < data["corners"]["loss"].max()
    assert data["baselines"]["name"].tolist() == ["blind guess", "counting pairs"]
    assert not len(data["losses"])


def test_labels_of_baselines_that_lie_together_are_shifted_apart_in_their_order():
    levels = [(f"baseline {k}", 2 + 0.001 * k) for k in range(6)]
    data = losses.losses_data(a_history(), levels, MARKS, 4.0, "nats")
    span = np.ptp(data["corners"]["loss"])
    assert np.all(np.diff(data["baselines"]["beside"]) >= 0.99 * loss_axes.LINE * span / losses.PLOT)


@pytest.mark.parametrize(("unit", "of"), [("choices", np.exp), ("bits", np.log2(np.e).__mul__)])
def test_what_is_drawn_is_in_its_unit_and_what_is_said_of_a_point_in_all_of_them(unit, of):
    data, nats = of_losses(unit=unit), of_losses(unit="nats")
    for name, column in (("losses", "smoothed"), ("losses", "low"), ("held_out", "loss"), ("baselines", "loss")):
        np.testing.assert_allclose(data[name][column], of(nats[name][column]), rtol=1e-6)
    for name in loss_axes.MEASURES:
        np.testing.assert_allclose(data["points"][f"in_{name}"], of_losses(unit=name)["points"]["loss"], rtol=1e-6)
    assert data["baselines"]["written"].tolist() == {"choices": ["55", "11"], "bits": ["5.77", "3.46"]}[unit]


@pytest.mark.parametrize("log", [True, False])
def test_the_first_and_the_last_step_can_be_pointed_at_and_what_took_no_time_stands_on_no_logarithmic_axis(log):
    steps = of_losses(log=log)["points"]["step"]
    assert (steps.min(), steps.max()) == (1, 1_000)
    assert len(steps) <= losses.POINTED
    assert (of_losses(across="characters", log=log)["held_out"]["at"] > 0).all()
    one = np.array([2.0])
    begun = loss_axes.losses_frame(np.array([10]), one, one, one, [(0, 4.0)], 400, [(20, 2.0)])
    assert len(losses.losses_data(begun, [], MARKS, 4.0, "nats", "seconds", log)["held_out"]) == (0 if log else 1)


@pytest.mark.parametrize(("across", "log", "at"), [("step", True, [300, 320]), ("seconds", False, [3.0, 3.2])])
def test_marks_stand_where_a_setting_was_changed(across, log, at):
    assert of_losses(across=across, log=log)["marks"]["at"].tolist() == at


def test_marks_that_lie_together_are_written_in_rows_and_one_without_room_is_left_to_its_tooltip():
    many = pd.DataFrame({"step": range(300, 305), "characters": 1.0, "seconds": 1.0, "label": "learning rate 0.002"})
    marks = losses.losses_data(a_history(), [], many, 4.0)["marks"]
    assert marks["shown"].tolist()[3:] == ["", ""]
    assert marks["row"].tolist()[:3] == [0, 1, 2]
    assert marks["label"].tolist() == ["learning rate 0.002"] * 5


def test_a_row_knows_its_characters_and_seconds_and_a_held_out_loss_has_a_row_though_no_window_ends_there():
    one = np.array([2.0])
    frame = loss_axes.losses_frame(np.array([10]), one, one, one, [(0, 4.0), (10, 3.0)], 400, [(20, 2.0)])
    assert frame["step"].tolist() == [0, 10]
    assert frame["characters"].tolist() == [0, 4_000]
    assert frame["seconds"].tolist() == [0, 1]
    assert frame["held_out"].tolist() == [4, 3]
    assert frame["smoothed"].isna().tolist() == [True, False]


@pytest.mark.parametrize(("across", "log"), [("step", True), ("step", False), ("seconds", True), ("seconds", False)])
def test_all_that_is_drawn_lies_within_the_axes(across, log):
    alone = of_losses(across=across, log=log)
    beside = compared.compared_data([a_history(), a_history(500, 1.7)], "choices", across, log)
    for data, names in ((alone, ("losses", "held_out", "points", "marks")), (beside, ("losses", "held_out", "ends"))):
        (left, bottom), (right, top) = data["corners"].to_numpy()
        for name in names:
            assert data[name]["at"].between(left, right).all(), name
            if "loss" in data[name]:
                assert data[name]["loss"].between(bottom, top).all(), name


def test_the_letters_of_runs_that_end_together_stand_apart():
    ends = compared.compared_data([a_history(), a_history(), a_history(500)])["ends"]
    assert ends["run"].tolist() == ["A", "B", "C"]
    assert len(set(ends["letter"])) == 3


def test_the_gradient_is_drawn_down_to_a_hundred_millionth():
    frame = inside.reach_data(Reach(FADES, FADES / 2, 2 * FADES, 1), FADES[:6], FADES, 5)["reach"]
    assert frame[["now", "training", "before"]].notna().sum().tolist() == [8, 6, 8]
    assert frame["low"].min() >= 1e-8


def test_eigenvalues_stand_on_a_square_that_holds_the_unit_circle_and_know_their_sizes():
    data = inside.eigenvalues_data(Spectra(VALUES, 0.1 * VALUES))
    assert data["corners"]["real"].tolist() == data["corners"]["imaginary"].tolist()
    assert data["corners"]["real"].max() > 2
    points = data["eigenvalues"]
    np.testing.assert_allclose(points["size"], np.hypot(points["real"], points["imaginary"]))
    inner = inside.eigenvalues_data(Spectra(0.1 * VALUES, 0.1 * VALUES))["corners"]
    assert inner["real"].max() > 1


def test_the_dearest_units_come_first_under_their_own_numbers():
    costs = inside.cost_data(np.array([0.1, -0.2, 0.3, 0.2]), 3)["costs"]
    assert (costs["unit"].tolist(), costs["cost"].tolist()) == (["2", "3", "0"], [0.3, 0.2, 0.1])


def test_the_shown_histogram_is_the_last_and_strongest_and_each_sums_to_one():
    values = np.random.default_rng(0).normal(size=500)
    frame = weights.histogram_data([0, 10, 1000], [histogram("W_hh", k * values, 2.0) for k in (1, 2, 3)])["spread"]
    by_step = frame.groupby("step")
    assert by_step["share"].sum().tolist() == pytest.approx([1, 1, 1])
    assert by_step["shown"].first().tolist() == [False, False, True]
    assert by_step["strength"].first().is_monotonic_increasing


def test_a_run_at_its_start_has_one_histogram():
    frame = weights.histogram_data([0], [histogram("b_h", np.zeros(4), 0.1)])["spread"]
    assert frame["shown"].all()


def test_characters_stand_where_they_were_found_by_what_they_are():
    points = np.array([[1.0, 2], [3, 4], [-5, 6]])
    data = weights.characters_data("a\n1", Embedding(points, np.array([0.5, 0.2])))
    assert data["characters"]["sign"].tolist() == ["a", "↵", "1"]
    assert data["characters"]["kind"].tolist() == ["vowel", "space", "digit"]
    np.testing.assert_array_equal(data["characters"][["first", "second"]], points)
    assert set(weights.KINDS.values()) >= set(data["characters"]["kind"])


def test_a_chart_is_added_as_the_readme_says():
    """Its block of code runs as it stands, and what it makes is drawn."""
    readme = (CONFIG.parents[1] / "README.md").read_text(encoding="utf-8")
    block = re.search(r"## Adding a chart.*?```python\n(.*?)```", readme, re.DOTALL)[1]
    assert len(block.strip().splitlines()) <= 10
    given = "import altair as alt\nimport pandas as pd\n\nfrom charrnn.dashboard.charts import draw\n"
    given += "from charrnn.dashboard.charts.look import Built, Colours, named, quantity, told\n"
    given += "\nsteps, shares = [1, 2], [0, 1]\n"
    at = AppTest.from_string(given + block).run()
    assert not at.exception
    assert len(at.get("vega_lite_chart")) == 1


def test_a_curve_is_drawn_anew_in_training_once_it_has_grown_visibly_and_at_rest_with_every_step():
    def lengths(status, steps):
        runs = [SimpleNamespace(status=status, snapshot=SimpleNamespace(step=step)) for step in steps]
        return {length(SimpleNamespace(**vars(run), curve=SimpleNamespace(held_out=()))) for run in runs}

    for step in (1_000, 1_000_000):
        grown_tenfold = [round(step * GROWTH ** (i / 10)) for i in range(101)]
        assert len(lengths("training", grown_tenfold)) in (10, 11, 12)
        assert len(lengths("paused", grown_tenfold)) == len({*grown_tenfold})
    assert len(lengths("training", range(10))) == 10, "the first steps are all seen"
    assert not lengths("paused", range(1, 2_000)) & lengths("training", range(1, 2_000))
