"""Settings at their limits, several together, each cell: training goes on in numbers or says that it has none, and
nothing else is said: here warnings are errors."""

from math import isfinite

import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.network.cells import CELLS
from charrnn.training.settings import LIMITS, SettingsError

CORPUS = Corpus.from_text("to be, or not to be: that is the question.\n" * 60, name="hamlet")
HIGHEST = {name: LIMITS[name][1] for name in ("learning_rate", "clip", "weight_decay", "dropout", "init_scale")}
TOGETHER = [
    HIGHEST,
    HIGHEST | {"hidden_size": 1, "sequence_length": 1, "batch_size": 1},
    HIGHEST | {"optimizer": "sgd", "decay": 0.0, "dtype": "float64"},
    {"hidden_size": 1, "sequence_length": 1, "batch_size": 256},
    {"learning_rate": LIMITS["learning_rate"][0], "clip": LIMITS["clip"][0], "init_scale": LIMITS["init_scale"][0]},
]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("limits", TOGETHER)
def test_at_the_limits_of_settings_it_trains_samples_and_measures_in_silence(cell, limits):
    trainer = Trainer(
        CORPUS, Settings(**{"hidden_size": 8, "sequence_length": 10, "batch_size": 2, "cell": cell} | limits)
    )
    steps = trainer.train(300)
    lost = next((step.step for step in steps if not isfinite(step.loss)), None)
    assert all(not isfinite(step.loss) for step in steps[(lost or 301) - 1 :])  # what is no number never comes back
    assert (lost is not None) == ("weight_decay" in limits)
    for temperature in (0.0, 1e-3, 1.0, 100.0):
        assert set(trainer.sample(30, temperature, prime="to")) <= set(CORPUS.text)
    assert isfinite(trainer.evaluate()) == (lost is None)


def test_streams_beyond_the_text_are_as_many_as_have_two_windows_each():
    short = Corpus.from_text("to be or not\n" * 4, name="short", held_out=0)
    trainer = Trainer(short, Settings(hidden_size=2, sequence_length=10, batch_size=256))
    assert len(short.train_ids) // 20 == trainer.batches.B
    assert all(isfinite(step.loss) for step in trainer.train(20))


@pytest.mark.parametrize("value", [1e6, 0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_beyond_its_limits_is_refused_in_a_sentence(value):
    with pytest.raises(SettingsError, match=r"learning rate .* must be a number between 1e-06 and 10\."):
        Settings(learning_rate=value)
