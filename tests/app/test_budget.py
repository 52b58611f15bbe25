"""With many units less is measured, and the page tells how much that was."""

import pytest
from app_page import SECONDS
from test_inside import REMEMBERS, drawn, measured

from charrnn.dashboard.inside import ablation, learns, remembers
from charrnn.insight import memory, probing


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def read(monkeypatch):
    """The lengths of the texts in which units were looked for."""
    lengths, gather = [], probing.gather

    def gathered(*arguments):
        evidence = gather(*arguments)
        lengths.append(len(evidence.text))
        return evidence

    monkeypatch.setattr(probing, "gather", gathered)
    return lengths


@pytest.mark.parametrize("limit", ["LIMIT_CELLS", "LIMIT_WORK"])
def test_the_page_tells_how_much_was_measured_where_units_are_many(page, read, monkeypatch, limit):
    H = page.run.settings.hidden_size
    monkeypatch.setattr(probing, limit, 500 * (H if limit == "LIMIT_CELLS" else H**2))
    monkeypatch.setattr(memory, "WORK", 20 * 120 * H**2)  # it looks back 20 characters and 100 more
    page.at.session_state["remembers"] = True
    page.step("100 steps")
    for measurement in page.session.measurements.values():
        measurement.future.result(SECONDS)
    page.look()
    assert read == [500]
    assert "Step 100, on 500 held-out characters." in page.captions
    assert page.session.measurements["memory"].value.now.positions == 20
    assert any(caption.startswith("Step 100, at 20 places of ") for caption in page.captions)


def test_eigenvalues_are_left_out_where_units_are_many_and_the_page_says_so(page, monkeypatch):
    monkeypatch.setattr(remembers, "MANY", page.run.settings.hidden_size - 1)
    page.at.session_state["remembers"] = True
    measured(page.step("100 steps"))
    assert (REMEMBERS - drawn(page)) == {"eigenvalues"}
    assert any("more than 15 units they are not computed" in caption for caption in page.captions)


def test_fewer_characters_are_read_where_units_or_networks_are_many(page, monkeypatch):
    H, networks = page.run.settings.hidden_size, 4  # of the steps 0, 10, 30 and 100
    monkeypatch.setattr(ablation, "READ", 2 * 350 * H**2)
    monkeypatch.setattr(learns, "WORK", networks * 120 * H**2)
    page.at.session_state["learns"] = True
    page.step("100 steps").turn_to("silence")
    for measurement in page.session.measurements.values():
        measurement.future.result(SECONDS)
    page.look()
    assert "Step 100, on 350 held-out characters." in page.captions
    assert "Step 100, on 120 held-out characters." in page.captions
