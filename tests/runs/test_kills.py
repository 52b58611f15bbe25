"""A short slice of tests/soak/kills.py, where the server and the worker are killed fifty times."""

from killing import Life


def test_killed_again_and_again_a_run_goes_on_as_if_it_never_had_been(tmp_path):
    with Life(tmp_path, 0) as life:
        for victim, delay in [("worker", 0.9), ("server", 0.7), ("worker", 0.2), ("server", 0.3)]:
            assert life.strike(victim, delay).problems == []
        assert life.finish() == []
