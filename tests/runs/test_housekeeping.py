"""What is looked at again and again: the store's size, its file, and what could not be saved of runs at rest."""

import threading
from types import SimpleNamespace

import pytest

from charrnn.runs.housekeeping import AGAIN_SECONDS, FILE_SECONDS, TIDY_SECONDS, Housekeeping
from charrnn.runs.store_types import StoreError, Tidied


class House:
    """Housekeeping with a store, runs and a janitor that do what they are told."""

    def __init__(self, *runs, held=()):
        self.due, self.given_up, self.at_work = [], {}, []
        self.the_file, self.tokens = (1, 1), {run.token for run in runs}
        self.trouble = False
        store = SimpleNamespace(file=lambda: self.the_file, tokens=self._tokens, tidy=self._tidy)
        kept = SimpleNamespace(all=lambda: list(runs), get={run.token: run for run in runs}.get)
        janitor = SimpleNamespace(later=lambda seconds, function: self.due.append((seconds, function)))
        self.keeping = Housekeeping(store, janitor, threading.RLock(), kept, lambda run: run.token in held)

    def _tokens(self):
        if self.trouble:
            raise StoreError("It cannot be read.")
        return self.tokens

    def _tidy(self, at_work):
        self.at_work.append(list(at_work))
        if self.trouble:
            raise StoreError("It cannot be written.")
        return Tidied(2, self.given_up)

    def do(self, seconds):
        """What was due after so many seconds, which is due after as many again."""
        (function,) = [function for after, function in self.due if after == seconds]
        self.due.clear()
        function()
        [(after, again)] = self.due
        return after, again == function


def run(token, status="paused", **known):
    """A run that notes what it is told."""
    found = SimpleNamespace(token=token, status=status, told=[], unsaved=None, waits_to_be_saved=False, **known)
    found.at_rest = status not in ("starting", "training", "pausing")
    found.lose_saved = lambda: found.told.append("lost")
    found.give_up = lambda steps: found.told.append(steps)

    def save_changes():
        found.told.append("saved")
        found.unsaved = found.trouble

    found.save_changes = save_changes
    return found


def test_it_tidies_at_once_and_looks_at_the_rest_by_and_by():
    assert sorted(seconds for seconds, _ in House().due) == [0, FILE_SECONDS, AGAIN_SECONDS]


@pytest.mark.parametrize("trouble", [False, True])
def test_what_had_to_go_is_told_to_its_run_and_counted_and_none_at_work_goes(trouble):
    runs = run("trains", "training"), run("held"), run("rests")
    house = House(*runs, held={"held"})
    house.given_up, house.trouble = {"rests": [10, 30], "nobody": [1]}, trouble
    assert house.do(0) == (TIDY_SECONDS, True)
    assert house.at_work == [["trains", "held"]]
    assert [one.told for one in runs] == [[], [], [] if trouble else [[10, 30]]]
    assert house.keeping.removed == (0 if trouble else 2)
    house.do(TIDY_SECONDS)
    assert house.keeping.removed == (0 if trouble else 4)


def test_runs_that_do_not_train_are_told_where_what_was_saved_of_them_is_gone():
    runs = run("trains", "training"), run("saved"), run("lost"), run("died", "died")
    house = House(*runs)
    house.tokens = {"saved"}
    assert house.do(FILE_SECONDS) == (FILE_SECONDS, True)
    assert not any(one.told for one in runs)  # it is the file that it was
    house.the_file = (1, 2)
    assert house.do(FILE_SECONDS) == (FILE_SECONDS, True)
    assert [one.told for one in runs] == [[], [], ["lost"], ["lost"]]
    house.do(FILE_SECONDS)
    assert [one.told for one in runs] == [[], [], ["lost"], ["lost"]]
    house.the_file = None  # it was removed
    house.do(FILE_SECONDS)
    assert [len(one.told) for one in runs] == [0, 1, 2, 2]


def test_a_file_that_cannot_be_read_has_nothing():
    runs = [run("saved")]
    house = House(*runs)
    house.the_file, house.trouble = (1, 2), True
    house.do(FILE_SECONDS)
    assert runs[0].told == ["lost"]


def test_what_was_set_at_rest_and_not_saved_is_tried_again_until_one_cannot_be():
    waiting = [run(token, trouble=trouble) for token, trouble in (("a", None), ("b", "full"), ("c", None))]
    for one in waiting:
        one.waits_to_be_saved = True
    trains, saved = run("trains", "training", trouble=None), run("saved", trouble=None)
    trains.waits_to_be_saved = True
    house = House(trains, saved, *waiting)
    assert house.do(AGAIN_SECONDS) == (AGAIN_SECONDS, True)
    assert [one.told for one in (trains, saved, *waiting)] == [[], [], ["saved"], ["saved"], []]
