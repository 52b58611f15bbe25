"""Which runs at rest stay in memory: the latest, as many and as long as is allowed."""

import threading
from types import SimpleNamespace

import pytest

from charrnn.runs import in_memory
from charrnn.runs.in_memory import InMemory


class Resting:
    """What is asked of a run at rest."""

    at_rest = True

    def __init__(self, token: str, characters: int, is_worth_keeping: bool = False) -> None:
        self.token, self.is_worth_keeping = token, is_worth_keeping
        self.corpus = SimpleNamespace(text="a" * characters)


@pytest.fixture
def kept(monkeypatch):
    """Tokens that are kept of runs touched in this order, of those at rest two and ten characters at most."""
    monkeypatch.setattr(in_memory, "KEPT_AT_REST", (2, 10))
    monkeypatch.setattr(in_memory, "KEPT_UNSAVED", (3, 30))

    def kept(*runs, held=""):
        memory = InMemory(threading.RLock(), lambda run: run.token in held)
        for run in runs:
            memory.keep(run)
        return "".join(run.token for run in memory.all())

    return kept


def test_of_many_the_latest_stay_and_those_that_a_page_holds(kept):
    assert kept(*(Resting(token, 1) for token in "abcd")) == "cd"
    assert kept(*(Resting(token, 1) for token in "abcd"), held="a") == "acd"


def test_of_long_texts_as_many_stay_as_are_no_longer_together_than_is_allowed(kept):
    assert kept(Resting("a", 5), Resting("b", 5)) == "ab"
    assert kept(Resting("a", 5), Resting("b", 6)) == "b"


def test_those_of_which_something_would_be_lost_are_counted_by_themselves(kept):
    runs = [Resting("a", 1), Resting("b", 9, True), Resting("c", 9, True), Resting("d", 1), Resting("e", 1)]
    assert kept(*runs) == "bcde"
    assert kept(*runs, Resting("f", 20, True)) == "cdef"


def test_a_run_is_found_by_its_token_until_it_is_forgotten_and_there_are_never_two_of_one():
    memory, run = InMemory(threading.RLock(), lambda run: True), Resting("a", 1)
    assert memory.get("a") is None
    assert memory.keep(run) is run
    assert memory.get("a") is run
    memory.forget("a")
    memory.forget("a")  # which is there no longer
    assert (memory.get("a"), memory.all()) == (None, [])
    assert memory.keep(Resting("a", 1)) is run  # a page still holds it
    other = memory.keep(Resting("b", 1))
    assert memory.all() == [run, other]
    memory.keep(run)
    assert memory.all() == [other, run]  # it is the one touched last
