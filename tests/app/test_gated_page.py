"""The page with cells that have gates: chosen, forked, seen in every view."""

import re

import numpy as np
import pytest
from app_page import SECONDS
from test_inside import KNOWS, LEARNS, REMEMBERS, WORKS, drawn, measured

from charrnn.dashboard.inside import works
from charrnn.dashboard.session import measuring
from charrnn.dashboard.views import reaches
from charrnn.insight.memory import reach
from charrnn.insight.reading import states
from charrnn.network.cells import CELLS, cell_of
from charrnn.training.settings import CELL_RATES


@pytest.fixture
def panels():
    return ("network",)


@pytest.fixture
def folded():
    return ()


@pytest.fixture(params=["gru", "lstm"])
def gated(open_page, request):
    """A small trained network with gates, all three questions unfolded and everything measured."""
    page = open_page(cell=request.param)
    for section in ("remembers", "learns", "watched", "step-as-tables"):
        page.at.session_state[section] = True
    return measured(page.step("100 steps"))


def test_every_view_is_there_and_the_network_drawn_is_the_cell_that_learns(gated):
    there = KNOWS | REMEMBERS | LEARNS | WORKS | {"watched-text", "four-temperatures", "usual"}
    assert there - drawn(gated) == set()
    sample = gated.passages("written-text")[0]["text"]
    assert gated.component("watched-text")[0]["text"] == sample[:30]
    assert not gated.warnings
    cell = gated.run.settings.cell
    assert f"Network: {cell.upper()}, 16 units · 20 back" in gated.labels
    assert gated.component("step-drawn")[0]["cell"] == cell


def test_the_step_by_hand_is_the_cells_own_and_gives_the_state_that_training_has(gated):
    """The sheet's h and c, worked out from the numbers that stand in its lines before them."""
    sheet = gated.passages("step-sheet")[0]["text"].replace("−", "-")
    (u,) = {int(found) for found in re.findall(r"^h\[(\d+)\]", sheet, re.M)}
    value = {name: float(number) for name, number in re.findall(r"^(\S+)\[\d+\] .* = (-?[\d.]+)$", sheet, re.M)}
    (ids, start), parameters = gated.session.ids(), gated.session.view.parameters
    state = states(parameters, ids[: start + works.FIRST])[-1]
    assert value["h"] == pytest.approx(state[u], abs=1e-4)
    if gated.run.settings.cell == "gru":
        before = gated.table("step-units")["h before"][u]
        assert value["h"] == pytest.approx(value["n"] + value["z"] * (before - value["n"]), abs=2e-4)
        return
    assert value["c"] == pytest.approx(state[16 + u], abs=1e-4)
    assert value["h"] == pytest.approx(value["o"] * np.tanh(value["c"]), abs=2e-4)


def test_the_heatmap_shows_the_gate_that_was_chosen(gated):
    session, parameters = gated.session, gated.session.view.parameters
    ids, start = session.ids()
    along = states(parameters, ids)
    parts = cell_of(parameters).parts(parameters, ids, along[:-1], along[1:])
    for part, values in parts.items():
        gated.at.selectbox(key="part").set_value(part)
        header, body = gated.look().component("heatmap")
        assert header["title"].endswith(f" {part}, value")
        shown = values[start:, [int(row) for row in header["axes"][0]["signs"]]].T
        sent = np.frombuffer(body, "<i2")[-shown.size :].reshape(shown.shape).astype(float)
        np.testing.assert_allclose(sent / 32767 * header["limit"], shown, atol=1e-3)


def test_the_weights_shown_are_those_of_the_gate_that_was_chosen(gated):
    last = {"gru": "n", "lstm": "g"}[gated.run.settings.cell]
    gated.at.segmented_control(key="gate").set_value(last)
    gated.look()
    assert f"How the entries of **W_hh** of {last} are spread" in [one.value for one in gated.at.markdown]
    spread, W_hh = gated.frames("histogram")["spread"].query("shown"), gated.session.view.parameters.W_hh
    last = W_hh[:, -16:]
    assert (spread["share"] @ spread["value"]) == pytest.approx(last.mean(), abs=float(np.ptp(last)) / 20)


def test_the_cell_is_a_choice_on_starting_over_and_in_a_fork_at_step_0(page):
    page.at.selectbox(key="network cell rnn").set_value("lstm")
    page.click("FormSubmitter:network-form-Start over with these")
    assert page.run.settings.cell == "lstm"
    assert page.run.settings.learning_rate == CELL_RATES["lstm"] != CELL_RATES["rnn"]
    page.step("10 steps")
    assert page.session.view.parameters.W_hh.shape == (16, 64)
    page.at.session_state["compare"] = True
    page.look().click("fork")
    page.at.select_slider(key="fork-step").set_value(0)
    page.look().at.selectbox(key="fork cell lstm").set_value("gru")
    page.click("FormSubmitter:fork-form-Fork")
    (fork,) = page.session.compared
    assert cell_of(fork.snapshot.parameters) is CELLS["gru"]
    assert fork.name == "Names, forked at 0: cell gru"
    page.click("train-all").wait(lambda run: run.snapshot.step >= 20)
    page.click("pause-all").wait(lambda run: run.status == "paused")
    assert fork.wait(lambda run: run.status == "paused", SECONDS)
    measured(page.look())
    curves = page.frames("reaches")["reaches"]
    ids, _ = measuring.held_out(page.session, reaches.CHARACTERS)
    for letter, run in (("A", page.run), ("B", fork)):
        mean = reach(run.snapshot.parameters, ids, reaches.BACK).mean
        share = curves[curves["run"] == letter].set_index("back")["share"]
        np.testing.assert_allclose(share, (mean / mean[0])[share.index], rtol=1e-4)
