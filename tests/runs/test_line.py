"""A run's line to its worker: whose words count, and for how long nothing was heard."""

from types import SimpleNamespace

import pytest

from charrnn.runs.line import SILENT_SECONDS, Line


@pytest.fixture
def line():
    return Line()


def worker():
    told = []
    return SimpleNamespace(told=told, send=lambda kind, fields: told.append((kind, fields)))


def test_a_run_begins_without_a_worker_or_an_order_and_nobody_is_silent(line):
    assert vars(line) == {"connection": None, "former": None, "order": 0, "silent": 0}


def test_what_is_told_goes_to_the_present_worker_with_the_number_of_the_order(line):
    line.tell("pause")  # there is none: nothing happens
    line.connection, line.order = worker(), 7
    line.tell("watch", on=True)
    assert line.connection.told == [("watch", {"on": True, "order": 7})]


def test_of_one_that_was_let_go_counts_alone_what_it_saves_until_it_has_ended(line):
    first, second = worker(), worker()
    line.connection = first
    assert line.let_go() is first
    assert line.connection is None
    line.connection = second
    heard = ("saved", "unsaved", "progress", "paused")
    assert [line.counts(first, kind) for kind in heard] == [True, True, False, False]
    assert all(line.counts(second, kind) for kind in heard)
    assert not line.gone(first)
    assert line.former is None
    assert not any(line.counts(first, kind) for kind in heard)
    assert line.connection is second
    assert line.gone(second)
    assert line.connection is None


def test_to_let_go_of_none_forgets_not_who_still_saves(line):
    first = line.connection = worker()
    line.let_go()
    assert line.let_go() is None
    assert line.counts(first, "saved")


def test_one_that_was_silent_for_long_is_told_of_until_it_is_heard(line):
    first = line.connection = worker()
    assert not line.heard(worker())
    line.silent = SILENT_SECONDS - 1
    assert not line.heard(first)
    assert line.silent == 0
    line.silent = SILENT_SECONDS
    assert not line.heard(worker())
    assert line.heard(first)
    assert not line.heard(first)
