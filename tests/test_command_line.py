"""python -m charrnn: what it prints, what it writes, and how it says that something cannot be done."""

import json
import os
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
from charrnn.training.network_file import load_network

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
    assert main(["train", text, "--steps", "30", "--out", file, "--lowercase", *SMALL]) == 0
    capsys.readouterr()
    return file


def test_train_reports_the_loss_ten_times_and_lets_the_network_write(text, capsys):
    assert main(["train", text, "--steps", "40", "--sample", "25", *SMALL]) == 0
    printed = capsys.readouterr().out
    steps = [int(line.split()[0]) for line in printed.splitlines() if line[:9].strip().isdigit()]
    assert steps == list(range(4, 41, 4))
    assert len(printed.split(" s\n\n")[1]) == 26
    on_the_way = [line for line in printed.splitlines() if line.startswith(" " * 11) and line.strip()]
    assert len(on_the_way) == 10
    assert all(len(line) == 11 + 70 for line in on_the_way)


def test_a_resumed_run_is_the_run_that_was_never_interrupted(text, run, tmp_path):
    whole, resumed = tmp_path / "whole.safetensors", tmp_path / "resumed.safetensors"
    main(["train", text, "--steps", "50", "--sample", "0", "--out", str(whole), "--lowercase", *SMALL])
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


def test_a_script_to_keep_learns_on_and_writes_without_the_project(text, run, tmp_path):
    script, resumed = tmp_path / "home.py", tmp_path / "resumed.safetensors"
    assert main(["export", run, str(script)]) == 0
    for arguments in (["train", "20"], ["write", "50", "0"]):
        done = subprocess.run(
            [sys.executable, "-I", script, *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
    main(["train", "--resume", run, "--steps", "20", "--out", str(resumed)])
    trainer = charrnn.load(resumed)
    assert done.stdout == trainer.sample(50, 0, prime="") + "\n"


def test_a_replay_is_made_of_a_saved_file_too(run, tmp_path, capsys):
    table, html, odd = (tmp_path / name for name in ("run.csv", "run.html", "odd.html"))
    assert main(["replay", run, str(table)]) == main(["replay", run, str(html)]) == 0
    assert table.read_text().startswith("step,")
    assert '"step 30"' in html.read_text()
    odd.write_text("no network")
    assert main(["replay", str(odd), str(html)]) == 2
    assert "not a checkpoint" in capsys.readouterr().err


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
    assert main(["train", text, *SMALL]) == 3
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
    assert main(["bench", *sizes, "--cell", "gru", "lstm", "--json"]) == 0
    gated = json.loads(capsys.readouterr().out)["training"]
    assert [row["cell"] for row in gated] == ["gru"] * 4 + ["lstm"] * 4
    assert all({"charrnn", "vanilla"} <= row["microseconds"].keys() for row in gated)
    assert main(["bench", *sizes]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 + 4 + 2


def test_time_to_a_loss_is_none_where_it_is_not_reached():
    corpus = Corpus.from_text("the rain in spain " * 200)
    settings = charrnn.Settings(hidden_size=8, sequence_length=5, batch_size=2)
    assert bench.seconds_to(100.0, corpus, settings) >= 0.1
    assert bench.seconds_to(0.0, corpus, settings, limit=0.3) is None


def test_capitals_are_kept_unless_they_are_given_up_or_the_experiment_is_the_classic_one(text, tmp_path):
    files = [tmp_path / name for name in ("kept", "lowered", "classic")]
    for file, options in zip(files, ([], ["--lowercase"], ["--classic"]), strict=True):
        assert main(["train", text, "--steps", "1", "--out", str(file), *options, *SMALL]) == 0
    assert ["T" in load_network(file).vocabulary.characters for file in files] == [True, False, False]


def test_where_nothing_can_be_saved_nothing_is_trained(text, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(charrnn.Trainer, "step", lambda trainer: pytest.fail("it trained"))
    for out in (tmp_path / "nowhere" / "run.safetensors", tmp_path, Path(text) / "run"):
        assert main(["train", text, "--out", str(out), *SMALL]) == 2
        assert "Nothing can be saved" in capsys.readouterr().err


def test_a_run_is_saved_and_written_of_on_a_terminal_that_lacks_its_letters(tmp_path):
    (tmp_path / "sun.txt").write_text("Сонце світить над 海.\n" * 100, encoding="utf-8")
    out = tmp_path / "run.safetensors"
    arguments = ["train", str(tmp_path / "sun.txt"), "--steps", "3", "--out", str(out), *SMALL]
    done = subprocess.run(
        [sys.executable, "-m", "charrnn", *arguments],
        capture_output=True,
        cwd=ROOT,
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )
    assert done.returncode == 0, done.stderr
    assert load_network(out).steps == 3


def test_a_network_worse_than_guessing_is_saved_and_said_with_an_exit_code_of_its_own(text, tmp_path, capsys):
    out = tmp_path / "run.safetensors"
    arguments = ["train", text, "--learning-rate", "5", "--decay", "0", "--steps", "60", "--out", str(out), *SMALL]
    assert main(arguments) == 3
    assert "worse than a blind guess" in capsys.readouterr().err
    assert load_network(out).steps == 60


def test_a_prime_may_hold_line_ends_and_tabs_or_come_from_a_file(tmp_path, capsys):
    (tmp_path / "table.txt").write_text("one\t1\ntwo\t2\n" * 200, encoding="utf-8")
    (tmp_path / "prime.txt").write_text("two\t2\none\t", encoding="utf-8")
    out = str(tmp_path / "run.safetensors")
    main(["train", str(tmp_path / "table.txt"), "--steps", "300", "--out", out, *SMALL])
    capsys.readouterr()
    for given in (["--prime", r"two\t2\none\t"], ["--prime-file", str(tmp_path / "prime.txt")]):
        assert main(["sample", out, *given, "--temperature", "0", "--length", "2"]) == 0
        assert capsys.readouterr().out == "1\n\n"


def test_lines_are_written_one_by_one_and_those_of_the_text_are_marked(tmp_path, capsys):
    (tmp_path / "names.txt").write_text("anna\nbert\nclara\n" * 100, encoding="utf-8")
    names, out = str(tmp_path / "names.txt"), str(tmp_path / "run.safetensors")
    main(["train", names, "--steps", "400", "--out", out, *SMALL])
    capsys.readouterr()
    assert main(["sample", out, "--lines", "12", "--temperature", "0.3", "--seed", "1", "--among", names]) == 0
    lines = capsys.readouterr().out.splitlines()
    marked = [line.split()[0] for line in lines if line.endswith("(stands in the text)")]
    assert len(lines) == 12
    assert set(marked) == {line.split()[0] for line in lines} & {"anna", "bert", "clara"} != set()
    assert main(["sample", out, "--stop", "a", "--seed", "1", "--length", "400"]) == 0
    assert "a" not in capsys.readouterr().out
    assert main(["sample", out, "--stop", "?"]) == 2


def test_a_network_of_frequent_characters_is_evaluated_and_resumed_on_its_own_file(tmp_path, capsys):
    (tmp_path / "signs.txt").write_text(("mountain " * 40 + "".join(map(chr, range(0x4E00, 0x4E40)))) * 20, "utf-8")
    file, out, whole = (str(tmp_path / name) for name in ("signs.txt", "run.safetensors", "whole.safetensors"))
    keep = ["--keep-frequent", "8", *SMALL]
    assert main(["train", file, "--steps", "20", "--out", out, *keep]) == 0
    assert "15.09% of the text is \ufffd" in capsys.readouterr().out
    assert main(["evaluate", out, file]) == 0
    assert "15.10% of the text" in capsys.readouterr().out
    assert main(["train", file, "--steps", "20", "--resume", out, "--out", out]) == 0
    assert main(["train", file, "--steps", "40", "--out", whole, *keep]) == 0
    np.testing.assert_array_equal(load_network(out).parameters.W_hy, load_network(whole).parameters.W_hy)


def test_a_network_goes_on_with_another_text(tmp_path, run, capsys):
    (tmp_path / "folder").mkdir()
    for name, data in {"2.txt": "zwölf Bäume.".encode("cp1252"), "1.txt": b"the rain", "3.png": b"\x89PNG\r\n"}.items():
        (tmp_path / "folder" / name).write_bytes(data * 60)
    before, out = load_network(run), str(tmp_path / "other.safetensors")
    assert main(["train", str(tmp_path / "folder"), "--resume", run, "--steps", "10", "--out", out]) == 0
    printed = capsys.readouterr().out
    assert "Left out, since it is no text: 3.png" in printed
    assert "7 characters are new to it" in printed
    after = load_network(out)
    assert after.steps == 40
    assert set(before.vocabulary.characters) | set("\nzwöbäu") == set(after.vocabulary.characters)


@pytest.mark.parametrize("length", ["0", "-3", "x"])
def test_a_length_below_one_is_refused_in_words(run, length, capsys):
    with pytest.raises(SystemExit):
        main(["sample", run, "--length", length])
    assert "is no whole number from 1 on" in capsys.readouterr().err


def test_an_encoding_that_is_named_is_the_one_read_in(tmp_path, capsys):
    (tmp_path / "old.txt").write_bytes("ő és ű\n".encode("cp1250") * 100)
    out = str(tmp_path / "run.safetensors")
    main(["train", str(tmp_path / "old.txt"), "--encoding", "latin-1", "--steps", "1", "--out", out, *SMALL])
    assert "õ" in load_network(out).vocabulary.characters
    assert main(["train", str(tmp_path / "old.txt"), "--encoding", "klingon"]) == 2
