"""What may be set in the environment: a bad value is told in one sentence and counts as the default."""

import os
import subprocess
import sys

import pytest

from charrnn.environment import number
from charrnn.runs.engine import Engine
from charrnn.text.corpus import MAX_BYTES, size_limit


@pytest.mark.parametrize("bad", ["0", "-1", "abc", "nan", "inf", "1e9", "4 or 5"])
def test_a_bad_number_is_told_once_and_counts_as_the_default(monkeypatch, caplog, bad):
    monkeypatch.setenv("CHARRNN_TRIED", bad)
    assert [number("CHARRNN_TRIED", 7, 1, 1_000) for _ in range(2)] == [7, 7]
    (record,) = caplog.records
    assert record.getMessage() == (f"CHARRNN_TRIED is {bad!r}, but has to be a number from 1 to 1000: it counts as 7.")


def test_a_good_number_counts_and_an_empty_one_is_none(monkeypatch, caplog):
    for text, value in ((" 3 ", 3), ("2.5", 2.5), ("", 7)):
        monkeypatch.setenv("CHARRNN_TRIED", text)
        assert number("CHARRNN_TRIED", 7, 1, 1_000) == value
    assert not caplog.records


@pytest.mark.parametrize("bad", ["0", "abc"])
def test_no_limit_of_the_server_s_can_be_set_to_what_stops_it(monkeypatch, bad):
    monkeypatch.delenv("CHARRNN_MAX_RUNNING", raising=False)
    usual = Engine()
    for name in ("CHARRNN_MAX_RUNNING", "CHARRNN_GRACE", "CHARRNN_MAX_TEXT_MB"):
        monkeypatch.setenv(name, bad)
    other = Engine()
    assert other.max_running == usual.max_running >= 8
    assert size_limit() == MAX_BYTES
    for engine in (usual, other):
        engine.close()


def test_a_limit_of_the_store_that_is_no_number_does_not_stop_the_server():
    found = subprocess.run(
        [sys.executable, "-c", "from charrnn.runs.store import RUN_LIMIT; print(RUN_LIMIT)"],
        env=os.environ | {"CHARRNN_RUN_LIMIT_MB": "a lot"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == ["64000000"]
    assert "CHARRNN_RUN_LIMIT_MB is 'a lot'" in found.stderr
