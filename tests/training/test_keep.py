"""The script to keep: in a clean process it learns on as the trainer does, and writes what the network writes."""

import io
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.training import keep

RAIN = "The rain in Spain stays mainly in the plain.\n" * 40
MANY = "".join(map(chr, np.random.default_rng(0).permutation(np.arange(0x4E00, 0x4E00 + 600)).repeat(2)))
RUNS = {
    "rnn": ({}, {}),
    "gru": ({}, {"cell": "gru", "dropout": 0.3, "weight_decay": 0.5}),
    "lstm": ({}, {"cell": "lstm", "optimizer": "rmsprop", "clip": 0.01}),
    "classic": ({"held_out": 0.0}, {"optimizer": "adagrad", "batch_size": 1, "decay": 0.0}),
    "thousands": ({}, {}),
    "frequent": ({"keep_frequent": 8}, {"optimizer": "sgd"}),
}


def run(*arguments):
    done = subprocess.run([sys.executable, "-I", *map(str, arguments)], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("name", RUNS)
def test_it_goes_on_as_the_trainer_does_and_writes_what_that_writes(name, tmp_path):
    read, settings = RUNS[name]
    corpus = Corpus.from_text(MANY if name == "thousands" else RAIN, **read)
    trainer = Trainer(corpus, Settings(**{"hidden_size": 12, "sequence_length": 9, "batch_size": 3} | settings))
    trainer.train(50)
    state, script = trainer.state(), tmp_path / f"{name}.py"
    script.write_text(keep.script(state, trainer.settings, corpus, name), encoding="utf-8")
    script.with_suffix(".npz").write_bytes(keep.beside(state, trainer.settings, corpus))
    for steps in (25, 30):  # the second time it goes on from what the first has saved; both go beyond the text's end
        said = re.fullmatch(
            r"step (\d+): (\S+) nats per character, (\S+) over these steps\n", run(script, "train", steps)
        )
        losses = [step.loss for step in trainer.train(steps)]
        assert int(said[1]) == trainer.steps
        assert [float(said[2]), float(said[3])] == pytest.approx([losses[-1], np.mean(losses)], abs=3e-5)
    for temperature in (0, 0.8):
        assert run(script, "write", 40, temperature, 3) == trainer.sample(40, temperature, prime="", seed=3) + "\n"


def test_it_is_short_enough_to_be_read():
    corpus = Corpus.from_text(RAIN)
    for cell in ("rnn", "gru", "lstm"):
        trainer = Trainer(corpus, Settings(hidden_size=4, sequence_length=9, cell=cell))
        lines = keep.script(trainer.state(), trainer.settings, corpus, cell).splitlines()
        assert len(lines) < 140  # of which the equations are up to 25
        assert max(map(len, lines)) <= 120


def test_both_files_lie_in_one_archive_each_as_it_is_made_alone():
    corpus = Corpus.from_text(RAIN)
    trainer = Trainer(corpus, Settings(hidden_size=4, sequence_length=9))
    trainer.train(3)
    given = trainer.state(), trainer.settings, corpus
    with zipfile.ZipFile(io.BytesIO(keep.both(*given, "rain"))) as archive:
        assert archive.namelist() == ["rain.py", "rain.npz"]
        assert archive.read("rain.py").decode() == keep.script(*given, "rain")
        kept, alone = (
            np.load(io.BytesIO(data), allow_pickle=False) for data in (archive.read("rain.npz"), keep.beside(*given))
        )
        assert kept.files == alone.files
        assert all(np.array_equal(kept[name], alone[name]) for name in alone.files)


@pytest.mark.parametrize(
    ("optimizer", "update"),
    [
        ("sgd", ["W -= rate * g"]),
        ("adagrad", ["m += g ** 2", "W -= rate * g / np.sqrt(m + 1e-8)"]),
        ("rmsprop", ["m[:] = 0.95 * m + 0.05 * g ** 2", "W -= rate * g / (np.sqrt(m) + 1e-8)"]),
        ("adam", ["m[:] = 0.9 * m + 0.1 * g", "W -= rate * mean / (np.sqrt(square) + 1e-8)"]),
    ],
)
def test_it_calls_itself_by_a_plain_name_and_says_no_more_than_it_needs(optimizer, update):
    corpus = Corpus.from_text(RAIN)
    trainer = Trainer(corpus, Settings(hidden_size=4, sequence_length=9, optimizer=optimizer, dropout=0.1))
    script = keep.script(trainer.state(), trainer.settings, corpus, "Das Mädchen/X-1.2_z")
    assert "    python Das_M_dchen_X-1.2_z.py train 1000 " in script
    assert {f"        {line}" for line in update} <= set(script.splitlines())
    dropout = (
        "    # Dropout: of the state that guesses, some units are left out by chance, and others count for more.\n"
    )
    assert script.count(dropout) == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_lies_beside_it_is_in_the_runs_own_precision_and_characters_are_small_numbers(dtype):
    corpus = Corpus.from_text(RAIN)
    trainer = Trainer(corpus, Settings(hidden_size=4, sequence_length=9, dtype=dtype))
    trainer.train(3)
    kept = np.load(io.BytesIO(keep.beside(trainer.state(), trainer.settings, corpus)), allow_pickle=False)
    of_kind = {kind: {kept[name].dtype for name in kept.files if kept[name].dtype.kind == kind} for kind in "fu"}
    assert of_kind == {"f": {np.dtype(dtype)}, "u": {np.dtype(np.uint16), np.dtype(np.uint32)}}
    assert kept["characters"].dtype == np.uint32
