"""A network whose weights have grown beyond all bounds: every view stands, in silence, with no figure that is none."""

import pytest
from test_inside import measured
from test_small_texts import assert_whole, unfolded


@pytest.fixture
def folded():
    return ()


def test_every_view_stands_whatever_the_weights_have_grown_to(open_page):
    page = unfolded(open_page(cell="lstm")).step("100 steps").wait(lambda run: run.saved_step == 100)
    grown = page.run.snapshot.parameters.copy()
    grown.flat[:] *= 1e30
    page.run.record = page.run.record._replace(snapshot=page.run.snapshot._replace(parameters=grown))
    page.session.measurements.clear()
    assert_whole(measured(page.look()))
