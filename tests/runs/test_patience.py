"""Training that goes on while held-out loss improves stops once the best is old, and says so."""

import numpy as np
from runs_helpers import until

from charrnn.runs.patience import LONGER, MEASUREMENTS, past_best
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings


def test_the_best_is_past_once_enough_measurements_and_steps_came_after_it():
    falling = [(100 * k, 3.0 - 0.1 * k) for k in range(1, 6)]
    assert past_best(falling, 0) is None
    assert past_best([], 0) is None
    near = [(500 + k, 2.6) for k in range(1, MEASUREMENTS + 1)]
    assert past_best(falling + near, 0) is None  # a moment apart
    later = [(500 + 50 * k, 2.6) for k in range(1, MEASUREMENTS + 1)]
    assert past_best(falling + later[:-1], 0) is None
    assert past_best(falling + later, 0) == (500, 2.5)
    assert later[-1][0] > LONGER * 500
    assert past_best(falling + later + [(800, 2.4)], 0) is None


def test_how_old_the_best_is_counts_from_the_step_since_when_and_up_to_the_last_measurement():
    falling = [(100 * k, 3.0 - 0.1 * k) for k in range(1, 6)]
    for last, best in ((625, None), (626, (500, 2.5)), (630, (500, 2.5))):
        later = [(500 + 2 * k, 2.6) for k in range(1, MEASUREMENTS)] + [(last, 2.6)]
        assert past_best(falling + later, 0) == best
        for since in (40, 700):
            shifted = [(since, 0.1), *((since + step, loss) for step, loss in falling + later)]
            assert past_best(shifted, since) == (best and (since + best[0], best[1]))


def test_what_was_measured_before_counts_for_nothing():
    before = [(10 * k, 1.0) for k in range(1, 20)]
    falling = [(200 + 100 * k, 3.0 - 0.1 * k) for k in range(1, 9)]
    assert past_best(before + falling, 200) is None


def test_a_run_stops_by_itself_when_it_begins_to_learn_by_heart_and_says_why(engine):
    letters = "".join(np.random.default_rng(0).choice(list("aaabbcd"), 3_000))  # nothing to be learned but how often
    run = engine.create(
        Corpus.from_text(letters, held_out=0.3), Settings(hidden_size=24, sequence_length=8, batch_size=2)
    )
    run.train(improving=True)
    assert run.improving_since == 0
    until(run, lambda run: run.status == "paused")
    best = min(run.curve.held_out, key=lambda point: point[1])
    assert run.message.startswith("Held-out loss has stopped improving: its best was ")
    assert f"{best[1]:.3f} nats at step {best[0]:,}." in run.message
    assert run.snapshot.step > best[0]
    assert run.improving_since is None
    run.steps(10)
    until(run, lambda run: run.status == "paused")
    assert run.message is None
