"""The gradients are proved on the page: right, and with each bug wrong on the arrays where it must be."""

import pytest
from test_inside import measured

from charrnn.insight.bugs import BUGS


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_present_network_is_proved_and_each_bug_is_caught_by_array_with_why(open_page, cell):
    page = open_page(cell=cell)
    page.at.session_state["learns"] = True
    measured(page.step("100 steps"))
    proof, _ = page.session.measurements["proof"].value
    rows = page.table("proof-rows")
    assert rows["array"].tolist() == ["W_xh", "W_hh", "W_hy", "b_h", "b_y"]
    assert set(rows["verdict"]) == {"agrees"}
    assert (rows["largest relative error"] < 1e-5).all()
    assert any(one.value.startswith("All five arrays agree") for one in page.at.markdown)
    bugs = [bug for bug in proof.checks if bug]
    for bug in bugs:
        page.at.session_state["bug"] = bug
        rows = page.look().table("proof-rows")
        wrong = set(rows["array"][rows["verdict"] == "wrong"])
        assert wrong == {one.array for one in proof.checks[bug] if not one.passed} != set()
        assert wrong <= set(BUGS[bug].arrays)
        assert any(BUGS[bug].why in one.value and BUGS[bug].line in one.value for one in page.at.markdown)
    left_out = [caption for caption in page.captions if "vanilla network's backward pass alone" in caption]
    assert len(bugs) == (6 if cell == "rnn" else 5)
    assert len(left_out) == (cell == "lstm")
    page.at.session_state["bug"] = None
    page.look().step("10 steps")
    assert page.run.snapshot.step == 110  # training has not heard of any bug
