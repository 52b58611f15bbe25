"""One moment has one figure: what the page says of the loss is of one kind, or its kind stands beside it."""

from math import log

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard import words
from charrnn.dashboard.pictures.losses import beside_blind, loss_of
from charrnn.runs.curve import Curve
from charrnn.runs.history import row_a_step


def trained(steps: int, held_out: list[tuple[int, float]]) -> Curve:
    """A curve whose smoothed loss falls slowly, as it does from a blind guess on."""
    losses = 1 + 3 / np.sqrt(np.arange(1, steps + 1))
    smooth = 4 * 0.99 ** np.arange(1, steps + 1) + losses * (1 - 0.99 ** np.arange(1, steps + 1))
    curve = Curve().extended(row_a_step(np.arange(1, steps + 1), losses, smooth, losses, losses))
    for step, loss in held_out:
        curve = curve.measured(step, loss)
    return curve


@given(
    st.integers(1, 3_000),
    st.lists(st.tuples(st.integers(1, 3_000), st.floats(0.1, 5)), min_size=1, max_size=6, unique_by=lambda x: x[0]),
)
def test_once_held_out_text_was_measured_the_loss_spoken_of_is_never_another(steps, measured):
    measured = sorted((min(step, steps), loss) for step, loss in measured)
    curve = trained(steps, measured)
    first = curve.held_out[0][0]
    for step in {first, (first + steps) // 2, steps}:
        nats, kind, at = loss_of(curve, lambda: curve.smooth, 9.0, step)
        assert kind == "held out"
        assert (at, nats) == [point for point in curve.held_out if point[0] <= step][-1]


def test_where_nothing_was_held_out_the_loss_spoken_of_is_the_smoothed_line_of_the_curve():
    curve = trained(500, [])
    line = curve.smoothed(4.0, 0.99, 0.99)
    nats, kind, at = loss_of(curve, lambda: line, 9.0, 500)
    assert (nats, at) == (line[-1], 500)
    assert "smoothed" in kind
    assert loss_of(Curve(), lambda: line[:0], 4.0, 0).nats == 4.0


def test_how_far_the_guess_has_come_names_what_is_counted_once():
    said = {nats: words.between(nats) + beside_blind(nats, 3) for nats in (0.0, 0.5, log(3), 2.0)}
    assert said == {
        0.0: "hardly at all, down from 3 characters.",
        0.5: "between 1.6 characters, down from 3.",
        log(3): "between 3.0 characters, as a blind guess does.",
        2.0: "between 7.4 characters: a blind guess among 3 would do better.",
    }
