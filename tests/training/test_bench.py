"""What is measured, and how it is counted, by a clock that goes on only when something is called."""

import tracemalloc
from itertools import count

import numpy as np
import pytest

from charrnn.network.evaluate import evaluate
from charrnn.network.textbook import Textbook
from charrnn.training import bench
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer


class Clock:
    """Seconds, which only those who take time move."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(bench, "perf_counter", lambda: self.now)

    def taking(self, seconds, called=None):
        """A call that takes so long, or as long as the next of several, and is noted."""
        times = iter(seconds) if isinstance(seconds, list) else (seconds for _ in count())

        def call():
            self.now += next(times)
            if called is not None:
                called.append(call)

        return call


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def turns(called):
    """How often each was called, turn by turn."""
    runs = [[call, 0] for call, before in zip(called, [None, *called], strict=False) if call is not before]
    for run in runs:
        while called and called[0] is run[0]:
            called.pop(0)
            run[1] += 1
    return [number for _, number in runs]


def test_contenders_take_turns_of_a_slice_each_after_two_calls_that_tell_how_long_one_takes(clock):
    called = []
    a, b = clock.taking(1 / 64, called), clock.taking(1 / 1024, called)
    assert bench.by_turns({"a": a, "b": b}, seconds=0) == {"a": 1e6 / 64, "b": 1e6 / 1024}
    slices = [int(bench.SLICE * 64), int(bench.SLICE * 1024)]
    assert slices == [2, 40]
    assert turns(called) == [2, 2, *slices * 3]  # three rounds, however little time there is


def test_they_take_turns_until_the_time_is_up(clock):
    called = []
    bench.by_turns({"a": clock.taking(1.0, called)}, seconds=7)
    assert len(called) == 2 + 7  # one that takes longer than a slice is called once a turn


def test_what_takes_no_time_to_speak_of_is_not_called_for_ever(clock):
    called = []
    bench.by_turns({"a": clock.taking(0.0, called)}, seconds=0)
    assert len(called) == 2 + 3 * int(bench.SLICE / 1e-6)


def test_the_median_is_told_which_one_slow_turn_does_not_move(clock):
    assert bench.by_turns({"a": clock.taking([1.0, 1.0, 1.0, 50.0, 1.5])}, seconds=0) == {"a": 1.5e6}


@pytest.fixture
def compared(monkeypatch):
    """The contenders of the row that is measured; each takes one microsecond more than the one before it."""
    seen = {}

    def by_turns(contenders, seconds):
        seen.update(contenders, seconds=seconds)
        return {name: 2.0 + place for place, name in enumerate(contenders)}

    monkeypatch.setattr(bench, "by_turns", by_turns)
    monkeypatch.setattr(bench, "pytorch", lambda trainer: None)
    return seen


def test_a_vanilla_network_does_the_classic_experiment_beside_the_textbook(compared):
    row = bench.training_steps(12, 1, 7, seconds=3)
    assert compared.keys() == {"charrnn", "textbook", "seconds"}
    assert compared["seconds"] == 3
    ours, textbook = compared["charrnn"].__self__, compared["textbook"].__self__
    assert ours.settings == Settings.classic(hidden_size=12, batch_size=1, sequence_length=7)
    assert isinstance(textbook, Textbook)
    assert textbook.step() / 7 == pytest.approx(ours.step().loss, rel=1e-5)  # the same weights, text and length
    assert row == {
        **{"cell": "rnn", "H": 12, "B": 1, "T": 7},
        **{"microseconds": {"charrnn": 2.0, "textbook": 3.0}, "ratios": {"textbook": 1.5}},
    }


def test_of_several_streams_the_textbook_knows_nothing(compared):
    assert bench.training_steps(12, 2, 7, seconds=3)["ratios"] == {}
    assert compared.keys() == {"charrnn", "seconds"}


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_network_with_gates_is_beside_a_vanilla_one_that_learns_as_it_does(compared, cell):
    row = bench.training_steps(12, 1, 7, seconds=3, cell=cell)
    assert compared.keys() == {"charrnn", "vanilla", "seconds"}
    sizes = {"hidden_size": 12, "batch_size": 1, "sequence_length": 7}
    assert compared["charrnn"].__self__.settings == Settings(**sizes, cell=cell)
    assert compared["vanilla"].__self__.settings == Settings(**sizes)
    assert compared["vanilla"].__self__.corpus is compared["charrnn"].__self__.corpus
    assert (row["cell"], row["ratios"]) == (cell, {"vanilla": 1.5})


def test_pytorch_is_measured_where_it_is_installed(compared, monkeypatch):
    monkeypatch.setattr(bench, "pytorch", lambda trainer: lambda: trainer)
    row = bench.training_steps(12, 1, 7, seconds=3)
    assert compared["pytorch"]() is compared["charrnn"].__self__
    assert row["ratios"] == {"textbook": 1.5, "pytorch": 2.0}


def test_the_text_has_the_alphabet_that_published_figures_are_for():
    corpus = bench.bench_corpus()
    assert (corpus.name, len(corpus.vocabulary)) == ("alice", bench.CLASSIC_V) == ("alice", 57)


def test_other_speeds_are_of_what_their_names_say(compared):
    speeds = bench.other_speeds()
    assert not tracemalloc.is_tracing()
    assert compared["seconds"] == 4
    assert len(compared["sample"]()) == 1_000
    corpus = bench.bench_corpus()
    learned = Trainer(corpus, Settings())
    learned.train(100)
    assert compared["evaluate"]() == evaluate(learned.parameters, corpus.train_ids[:30_000])
    length = len(compared["encode"]())
    assert 0 <= 20_000_000 - length < len(corpus.text)
    assert speeds.pop("megabytes of a default trainer at its peak") == pytest.approx(3.5, rel=0.5)
    assert speeds == {
        "sampled characters per second": 1_000 / 2.0 * 1e6,
        "milliseconds to evaluate 30,000 characters": 3.0 / 1e3,
        "megabytes encoded per second": length / 4.0,
    }


class Learner:
    """A trainer whose step takes time, and whose loss falls by one at every evaluation."""

    def __init__(self, clock, step_seconds, losses):
        self.step, self.losses, self.clock, self.evaluated = clock.taking(step_seconds), iter(losses), clock, []

    def evaluate(self):
        self.evaluated.append(self.clock.now)
        self.clock.now += 1_000  # which does not count
        return next(self.losses)


def seconds_to(monkeypatch, learner, **limits):
    monkeypatch.setattr(bench, "Trainer", lambda corpus, settings: learner)
    return bench.seconds_to(2.0, None, None, **limits)


def test_time_to_a_loss_is_that_of_training_alone_up_to_the_evaluation_that_finds_it(clock, monkeypatch):
    learner = Learner(clock, 1 / 64, [4.0, None, 2.0])
    assert seconds_to(monkeypatch, learner) == 3 * 10 / 64
    assert learner.evaluated == [10 / 64, 1_000 + 20 / 64, 2_000 + 30 / 64]


def test_it_is_looked_for_every_tenth_of_a_second_and_later_every_twentieth_of_the_time(clock, monkeypatch):
    learner = Learner(clock, 1 / 1024, count(1_000, -1))
    assert seconds_to(monkeypatch, learner, limit=8.0) is None
    trained = [moment - 1_000 * place for place, moment in enumerate(learner.evaluated)]
    step, due = 10 / 1024, 0.1
    for moment in trained:
        assert due <= moment < due + step
        due = moment + max(0.1, 0.05 * moment)
    assert 8.0 - 0.4 - step < trained[-1] <= 8.0


def test_a_loss_is_not_reached_within_the_limit_of_two_minutes(clock, monkeypatch):
    learner = Learner(clock, 1.0, count(1_000, -1))
    assert seconds_to(monkeypatch, learner) is None
    assert len(learner.evaluated) == 12


def test_all_that_was_measured_is_told_as_plain_values_and_as_a_table(monkeypatch):
    def row(H, B, T, seconds, cell):
        us = {"charrnn": 1234.5, "textbook": 2469.0} if B == 1 else {"charrnn": seconds}
        return {"cell": cell, "H": H, "B": B, "T": T, "microseconds": us, "ratios": {"textbook": 2.0}}

    monkeypatch.setattr(bench, "training_steps", row)
    monkeypatch.setattr(bench, "other_speeds", lambda: {"sampled characters per second": 12345.67, "no time": None})
    measured = bench.run([8], [1, 2], [30], 7.0, ["rnn", "gru"])
    assert measured == {
        **{"numpy": np.__version__, "V": 57},
        "training": [row(8, B, 30, 7.0, cell) for cell in ("rnn", "gru") for B in (1, 2)],
        "other": {"sampled characters per second": 12345.67, "no time": None},
    }
    assert bench.table(measured).splitlines() == [
        "Microseconds a training step (median), and how many steps of ours fit into one of theirs",
        " cell    H    B    T   CharRNN Lab          textbook      vanilla cell           PyTorch",
        "  rnn    8    1   30         1,234     2,469 (2.00x)                 -                 -",
        "  rnn    8    2   30             7                 -                 -                 -",
        "  gru    8    1   30         1,234     2,469 (2.00x)                 -                 -",
        "  gru    8    2   30             7                 -                 -                 -",
        "",
        "      12,345.7  sampled characters per second",
        "   not reached  no time",
    ]
