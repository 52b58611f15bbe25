"""python -m charrnn: what it prints, what it writes, and how it says that something cannot be done."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import charrnn
from charrnn import Corpus
from charrnn.__main__ import main
from charrnn.training import bench
from charrnn.training.checkpoint import load_network

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["--hidden-size", "10", "--sequence-length", "8", "--batch-size", "2"]


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "rain.txt"
    file.write_text("The rain in Spain falls mainly on the plain. " * 60, encoding="utf-8")
    return str(file)


@pytest.fixture
def run(tmp_path, text, capsys):
    file = str(tmp_path / "run.safetensors")
    assert main(["train", text, "--steps", "30", "--out", file, *SMALL]) == 0
    capsys.readouterr()
    return file


def test_train_reports_the_loss_ten_times_and_lets_the_network_write(text, capsys):
    assert main(["train", text, "--steps", "40", "--sample", "25", *SMALL]) == 0
    printed = capsys.readouterr().out
    steps = [int(line.split()[0]) for line in printed.splitlines() if line[:9].strip().isdigit()]
    assert steps == list(range(4, 41, 4))
    assert len(printed.split(" s\n\n")[1]) == 26


def test_a_resumed_run_is_the_run_that_was_never_interrupted(text, run, tmp_path):
    whole, resumed = tmp_path / "whole.safetensors", tmp_path / "resumed.safetensors"
    main(["train", text, "--steps", "50", "--sample", "0", "--out", str(whole), *SMALL])
    main(["train", text, "--steps", "20", "--resume", run, "--out", str(resumed)])
    one, other = load_network(whole), load_network(resumed)
    assert one.steps == other.steps == 50
    np.testing.assert_array_equal(one.parameters.W_hh, other.parameters.W_hh)


def test_settings_come_from_the_options_on_top_of_the_default_or_the_classic_ones(text, tmp_path):
    file = tmp_path / "run.safetensors"
    corpus = Corpus.from_bytes(Path(text).read_bytes(), name="rain", lowercase=True)
    main(["train", text, "--steps", "1", "--out", str(file), "--classic", "--hidden-size", "6", "--clip", "2"])
    assert charrnn.load(file, corpus).settings == charrnn.Settings.classic(hidden_size=6, clip=2.0)


def test_a_saved_network_writes_the_same_with_the_same_seed(run, capsys):
    arguments = ["sample", run, "--length", "40", "--prime", "The rain", "--seed", "3"]
    assert main(arguments) == main(arguments) == 0
    first, second = capsys.readouterr().out[:-1][:40], capsys.readouterr().out
    assert len(first) == 40
    assert second == ""
    main([*arguments[:-1], "4"])
    assert capsys.readouterr().out[:40] != first


def test_characters_never_seen_are_named_and_left_out(run, capsys):
    assert main(["sample", run, "--prime", "r\N{SNOWMAN}ain", "--seed", "1"]) == 0
    printed = capsys.readouterr()
    assert "\N{SNOWMAN}" in printed.err
    main(["sample", run, "--prime", "RAIN", "--seed", "1"])  # the network was trained without capitals
    assert capsys.readouterr().out == printed.out


def test_evaluate_says_what_a_text_costs_in_nats_bits_and_characters(run, text, capsys):
    assert main(["evaluate", run, text]) == 0
    words = capsys.readouterr().out.split()
    nats, bits, perplexity = float(words[0]), float(words[3]), float(words[-2])
    assert bits == pytest.approx(nats / np.log(2), abs=1e-3)
    assert perplexity == pytest.approx(np.exp(nats), abs=0.06)


def test_a_script_taken_home_writes_without_the_project(run, tmp_path):
    script = tmp_path / "home.py"
    assert main(["export", run, str(script)]) == 0
    done = subprocess.run(
        [sys.executable, "-I", script, "50", "0.5"], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) == 51
    assert set(done.stdout[:-1]) <= set(load_network(run).vocabulary.characters)


def test_exported_arrays_are_the_networks(run, tmp_path):
    network = load_network(run)
    main(["export", run, str(tmp_path / "net.npz")])
    main(["export", run, str(tmp_path / "net.json")])
    archive, lists = np.load(tmp_path / "net.npz"), json.loads((tmp_path / "net.json").read_text(encoding="utf-8"))
    assert "".join(map(chr, archive["characters"])) == lists["characters"] == network.vocabulary.characters
    for name, array in network.parameters._asdict().items():
        np.testing.assert_array_equal(archive[name], array)
        np.testing.assert_array_equal(np.array(lists[name], np.float32), array)


def test_corpora_lists_the_projects_texts(capsys):
    assert main(["corpora"]) == 0
    assert "alice" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "nowhere.txt"], "no text 'nowhere.txt'"),
        (["train", "alice", "--held-out", "2"], "held-out fraction is 2.0"),
        (["sample", "nowhere.safetensors"], "nowhere.safetensors: No such file"),
        (["sample", str(ROOT / "data" / "alice.txt")], "not a checkpoint"),
        (["export", "RUN", "network.exe"], "network.exe"),
        (["evaluate", "RUN", "nowhere.txt"], "nowhere.txt"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments, said, run, capsys):
    assert main([run if argument == "RUN" else argument for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_loss_that_is_no_number_any_more_ends_training_with_advice(text, capsys, monkeypatch):
    monkeypatch.setattr(charrnn.Trainer, "step", lambda trainer: setattr(trainer, "smooth_loss", float("nan")))
    assert main(["train", text, *SMALL]) == 2
    assert "lower the learning rate" in capsys.readouterr().err


def test_an_interrupt_ends_after_the_step_and_saves_it(text, tmp_path, capsys, monkeypatch):
    step = charrnn.Trainer.step

    def interrupted(trainer):
        if trainer.steps == 6:
            signal.raise_signal(signal.SIGINT)
        return step(trainer)

    monkeypatch.setattr(charrnn.Trainer, "step", interrupted)
    usual, file = signal.getsignal(signal.SIGINT), tmp_path / "run.safetensors"
    assert main(["train", text, "--steps", "1000000", "--out", str(file), *SMALL]) == 0
    assert "Saved at step 7" in capsys.readouterr().out
    assert load_network(file).steps == 7
    assert signal.getsignal(signal.SIGINT) is usual


def test_the_benchmark_has_a_row_for_each_size_and_compares_with_the_textbook(monkeypatch, capsys):
    monkeypatch.setattr(bench, "SLICE", 1e-4)
    monkeypatch.setattr(bench, "other_speeds", lambda: {"sampled characters per second": 1.0})
    sizes = ["--hidden", "8", "16", "--streams", "1", "2", "--lengths", "5", "--seconds", "0"]
    assert main(["bench", *sizes, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["training"]
    assert [(row["H"], row["B"], row["T"]) for row in rows] == [(8, 1, 5), (8, 2, 5), (16, 1, 5), (16, 2, 5)]
    for row in rows:
        times = row["microseconds"]
        assert ("textbook" in times) == (row["B"] == 1)
        for name, ratio in row["ratios"].items():
            assert ratio == times[name] / times["charrnn"]
    assert main(["bench", *sizes]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 + 4 + 2


def test_time_to_a_loss_is_none_where_it_is_not_reached():
    corpus = Corpus.from_text("the rain in spain " * 200)
    settings = charrnn.Settings(hidden_size=8, sequence_length=5, batch_size=2)
    assert bench.seconds_to(100.0, corpus, settings) >= 0.1
    assert bench.seconds_to(0.0, corpus, settings, limit=0.3) is None
