"""A run's memory is told before it is taken, and told rightly."""

import re
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn import Corpus, Settings, Trainer
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.training.checkpoint import to_bytes
from charrnn.training.memory import example, gigabytes, needed, require_memory
from charrnn.training.settings import CHOICES, LIMITS, SettingsError

LARGEST = Settings(hidden_size=2048, sequence_length=1000, batch_size=256, dtype="float64")
settings = st.builds(
    Settings,
    hidden_size=st.integers(*LIMITS["hidden_size"]),
    sequence_length=st.integers(*LIMITS["sequence_length"]),
    batch_size=st.integers(*LIMITS["batch_size"]),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    dtype=st.sampled_from(CHOICES["dtype"]),
    cell=st.sampled_from(CHOICES["cell"]),
)


def corpus_of(V: int, N: int) -> Corpus:
    """A text of N characters, V different ones."""
    alphabet = np.array([chr(0x100 + i) for i in range(V)])
    return Corpus.from_text("".join(alphabet) + "".join(np.random.default_rng(0).choice(alphabet, N - V)))


def peak_of(corpus: Corpus, chosen: Settings) -> int:
    """Bytes at most in use while a trainer is made, does two steps and has its state handed over, as a worker does."""
    tracemalloc.start()
    try:
        trainer = Trainer(corpus, chosen)
        trainer.train(2)
        state = trainer.state()
        data = to_bytes(state)
        message = np.frombuffer(data, np.uint8).tobytes()
        assert len(message) == len(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("V", "sizes"),
    [
        (40, {"hidden_size": 64, "sequence_length": 400, "batch_size": 32}),
        (40, {"hidden_size": 700, "sequence_length": 10, "batch_size": 2}),
        (900, {"hidden_size": 16, "sequence_length": 100, "batch_size": 16}),
        (60, {"hidden_size": 300, "sequence_length": 100, "batch_size": 8, "optimizer": "sgd"}),
        (60, {"hidden_size": 300, "sequence_length": 60, "batch_size": 8, "dtype": "float64", "init": "gaussian"}),
        (40, {"hidden_size": 64, "sequence_length": 300, "batch_size": 16, "cell": "gru"}),
        (40, {"hidden_size": 400, "sequence_length": 10, "batch_size": 2, "cell": "gru"}),
        (40, {"hidden_size": 64, "sequence_length": 300, "batch_size": 16, "cell": "lstm"}),
        (40, {"hidden_size": 400, "sequence_length": 10, "batch_size": 2, "cell": "lstm"}),
        (10, {"hidden_size": 64, "sequence_length": 400, "batch_size": 32, "dropout": 0.5}),
    ],
    ids=[
        "long unroll",
        "many units",
        "large alphabet",
        "no memory of gradients",
        "float64",
        "long unroll of a GRU",
        "many units of a GRU",
        "long unroll of an LSTM",
        "many units of an LSTM",
        "dropout",
    ],
)
def test_what_is_told_is_what_a_run_really_takes_at_its_peak(V, sizes):
    corpus, chosen = corpus_of(V, 40_000), Settings(**sizes)
    corpus.digest  # noqa: B018  the text and its ids are there already
    assert needed(chosen, V) == pytest.approx(peak_of(corpus, chosen), rel=0.1)


@given(settings, st.integers(2, 1000), st.integers(10, 5_000))
def test_what_is_refused_would_take_too_much_and_the_example_named_is_the_most_that_does_not(chosen, V, megabytes):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CHARRNN_RUN_MEMORY_MB", str(megabytes))
        if needed(chosen, V) <= megabytes * 1e6:
            require_memory(chosen, V)
            return
        with pytest.raises(SettingsError) as refused:
            require_memory(chosen, V)
    if found := re.search(r"for example ([\d,]+) (streams|back|units)\.$", str(refused.value)):
        name = {"streams": "batch_size", "back": "sequence_length", "units": "hidden_size"}[found[2]]
        value = int(found[1].replace(",", ""))
        assert needed(replace(chosen, **{name: value}), V) <= megabytes * 1e6
        assert needed(replace(chosen, **{name: value + 1}), V) > megabytes * 1e6
    else:
        smallest = (replace(chosen, **{name: 1}) for name in ("batch_size", "sequence_length", "hidden_size"))
        assert all(needed(one, V) > megabytes * 1e6 for one in smallest)


def test_the_largest_settings_are_refused_in_one_sentence_before_anything_is_taken():
    corpus = corpus_of(60, 600_000)
    tracemalloc.start()
    with pytest.raises(
        SettingsError, match=r"need about 2\d GB and a run may have 2 GB here: .* for example \d+ streams"
    ):
        Trainer(corpus, LARGEST)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_the_refusal_says_what_was_asked_for_what_it_takes_and_what_would_fit(monkeypatch):
    monkeypatch.setenv("CHARRNN_RUN_MEMORY_MB", "500")
    with pytest.raises(SettingsError) as refused:
        require_memory(LARGEST, 60)
    assert re.fullmatch(
        r"2,048 units, 1,000 back and 256 streams need about \d\d? GB and a run may have 0\.5 GB here: "
        r"choose fewer units, look less far back or read fewer streams, for example \d+ units\.",
        str(refused.value),
    )


def test_the_example_is_of_streams_else_of_how_far_back_else_of_units_else_there_is_none():
    sizes = {"batch_size": 50, "sequence_length": 50, "hidden_size": 50}
    for name, words in (("batch_size", "streams"), ("sequence_length", "back"), ("hidden_size", "units")):
        chosen = Settings(**sizes)
        assert example(chosen, 60, needed(replace(chosen, **{name: 7}), 60)) == f", for example 7 {words}"
        assert example(chosen, 60, needed(replace(chosen, **{name: 1}), 60)) == f", for example 1 {words}"
        sizes[name] = 1  # of which there can be no less
    assert example(Settings(**sizes), 60, 0) == ""


def test_gigabytes_have_two_digits_or_all_before_the_point():
    assert [gigabytes(size) for size in (0.5e9, 9.94e9, 1e10, 1.2345e12)] == ["0.5 GB", "9.9 GB", "10 GB", "1,234 GB"]


def test_of_a_text_too_short_for_all_streams_only_those_that_are_read_count():
    assert Trainer(corpus_of(60, 3_000), replace(LARGEST, hidden_size=16)).batches.B == 1
