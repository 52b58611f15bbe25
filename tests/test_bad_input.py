"""The command line on what is wrong: one sentence on standard error and exit code 2, whatever is wrong with it."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import charrnn
from charrnn import Corpus, Settings, Trainer
from charrnn.__main__ import main
from charrnn.network.parameters import Parameters
from charrnn.refusal import in_a_line
from charrnn.training.checkpoint import KEY, from_bytes, to_bytes
from charrnn.training.trainer import State

TEXT = "The rain in Spain falls mainly on the plain. " * 60
JUNK = [None, "x", [], [1], {"x": 1}, float("nan"), float("inf"), -1, -0.5, 10**400, True, [[[[]]]]]
ARRAYS = [*Parameters._fields, "hidden", "memory_0", "memory_1"]
VALUES = ["steps", "position", "smooth_loss", "learning_rate", "clip", "log", "sampler"]
ABOUT = ["settings", "characters", "lowercase", "text"]


def command(*arguments):
    """Run a command in this process: its exit code, and what it wrote to standard error."""
    code, said = 0, io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    return code, said.getvalue()


def assert_refused(*arguments):
    code, said = command(*arguments)
    assert code == 2, said
    assert said.startswith("charrnn: ")
    assert said.count("\n") == 1
    assert len(said) < 1_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("crafted")


@pytest.fixture(scope="module")
def sound(folder):
    """A saved run, as values and arrays, and the text that it learned from."""
    (folder / "rain.txt").write_text(TEXT)
    corpus = Corpus.from_text(TEXT, name="rain", lowercase=True)
    trainer = Trainer(corpus, Settings(hidden_size=6, sequence_length=8, batch_size=2))
    trainer.train(5)
    trainer.learning_rate = 0.002
    charrnn.save(trainer, folder / "sound.safetensors")
    return from_bytes((folder / "sound.safetensors").read_bytes())


def reads(folder):
    """Every command that reads a checkpoint."""
    file = folder / "crafted.safetensors"
    return {
        "train": ("train", folder / "rain.txt", "--steps", 1, "--sample", 0, "--resume", file),
        "sample": ("sample", file, "--length", 3),
        "evaluate": ("evaluate", file, folder / "rain.txt"),
        "export": ("export", file, folder / "network.json"),
    }


wrong_arrays = st.sampled_from(
    [
        lambda array: None,
        lambda array: array.ravel()[:-1],
        lambda array: array[None],
        lambda array: array[:0],
        lambda array: np.concatenate([array, array]),
        lambda array: array.astype(np.int32),
        lambda array: array.astype(np.float16),
        lambda array: array.astype(np.float64),
        lambda array: np.where(np.arange(array.size).reshape(array.shape) == 0, np.float32(np.nan), array),
        lambda array: np.where(np.arange(array.size).reshape(array.shape) == 1, np.float32(np.inf), array),
    ]
)
wrong_settings = st.sampled_from(
    [{"hidden_size": 7}, {"dtype": "float64"}, {"optimizer": "sgd"}, {"hidden_size": 10**9}, {"batch_size": 3},
     {"seed": "x"}, {"dtype": []}, {"hidden_size": 6.0}]
)  # fmt: skip


@given(st.sampled_from(ARRAYS), wrong_arrays)
def test_a_checkpoint_with_a_wrong_array_is_refused(folder, sound, name, wrong):
    array = wrong(sound.arrays[name])
    arrays = {key: value for key, value in sound.arrays.items() if key != name} | (
        {} if array is None else {name: array}
    )
    (folder / "crafted.safetensors").write_bytes(to_bytes(State(sound.values, arrays)))
    of_the_network = name in Parameters._fields
    for told, arguments in reads(folder).items():
        if told == "train" or of_the_network:
            assert_refused(*arguments)


@given(st.sampled_from([*VALUES, *ABOUT]), st.sampled_from([..., *JUNK]))
def test_a_checkpoint_with_a_wrong_value_is_refused(folder, sound, name, junk):
    assume((name, junk) not in (("log", []), ("lowercase", True), ("text", ...)))  # which are not wrong
    values = {key: value for key, value in sound.values.items() if key != name} | ({} if junk is ... else {name: junk})
    (folder / "crafted.safetensors").write_bytes(to_bytes(State(values, sound.arrays)))
    assert_refused(*reads(folder)["train"])
    if name in ABOUT:
        for arguments in reads(folder).values():
            assert_refused(*arguments)


@given(wrong_settings)
def test_a_checkpoint_whose_settings_are_of_another_network_is_refused(folder, sound, wrong):
    values = sound.values | {"settings": sound.values["settings"] | wrong}
    (folder / "crafted.safetensors").write_bytes(to_bytes(State(values, sound.arrays)))
    assert_refused(*reads(folder)["train"])


def crafted(values):
    """A file whose values are this JSON, whatever it is, with a checksum that is right."""
    from safetensors.numpy import save

    from charrnn.training import checkpoint

    arrays = {"W_xh": np.zeros((2, 2), np.float32)}
    return save(arrays, metadata={KEY: values, checkpoint.CHECKSUM: checkpoint._checksum(values, arrays)})


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 7 + b"\x7f" + b"{}",
        (1 << 40).to_bytes(8, "little") + b"{",
        (2).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        crafted("[" * 100_000),
        crafted("[]"),
        crafted("null"),
        crafted("[[1, 2]]"),
        crafted('{"characters": "ab"}'),
        crafted("9" * 5_000),
        crafted("no JSON"),
    ],
    ids=["huge header", "header beyond the end", "empty header", "list", "deep", "a list", "null", "pairs", "bare",
         "huge number", "no JSON"],
)  # fmt: skip
def test_a_file_whose_header_or_values_are_of_no_checkpoint_is_refused(folder, sound, data):
    (folder / "crafted.safetensors").write_bytes(data)
    for arguments in reads(folder).values():
        assert_refused(*arguments)


def test_the_sound_checkpoint_is_taken_by_every_command(folder, sound):
    (folder / "crafted.safetensors").write_bytes(to_bytes(sound))
    for arguments in reads(folder).values():
        assert command(*arguments) == (0, "")


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "x", "", "9" * 5_000, "1e400", "0x10", "-0.5"])
def test_a_number_that_cannot_be_had_is_refused(folder, sound, value):
    for option in ("length", "temperature", "top-k", "seed"):
        assert_refused("sample", folder / "sound.safetensors", f"--{option}={value}")
    for option in ("steps", "sample", "hidden-size", "learning-rate", "decay", "dropout", "seed", "held-out"):
        assert_refused("train", folder / "rain.txt", f"--{option}={value}")


def test_an_unknown_command_and_one_without_its_file_are_refused_in_one_sentence():
    assert_refused("fly")
    assert_refused("sample")


@pytest.mark.parametrize("name", ["two\nlines.pdf", "\x1b[31mred\x1b[0m.pdf", "\u202efdp.txt", "no utf-8 \udcff.pdf"])
def test_whatever_a_file_is_called_its_refusal_is_one_line_that_a_terminal_can_show(folder, name):
    (folder / name).write_bytes(b"%PDF-1.7")
    code, said = command("train", folder / name, folder / "rain.txt", "--steps", 1)
    assert code == 2
    assert said == f"charrnn: {in_a_line(said.removeprefix('charrnn: '))}\n"
    assert not set(said[:-1]) & set("\n\x1b\u202e\udcff")


def test_a_long_sample_written_piece_by_piece_is_the_one_written_at_once(folder, sound, monkeypatch, capsys):
    arguments = ["sample", str(folder / "sound.safetensors"), "--length", "100", "--seed", "1", "--prime", "rain"]
    main(arguments)
    at_once = capsys.readouterr().out
    monkeypatch.setattr("charrnn.__main__.PIECE", 7)
    main(arguments)
    assert capsys.readouterr().out == at_once
    assert len(at_once) == 101


@pytest.mark.parametrize("name", ["back\\slash.py", "\\N{x}.py", 'quo"""tes.py', "it's.py", "\\"])
def test_a_script_is_python_whatever_its_file_is_called(folder, sound, name):
    script = folder / (name if name.endswith(".py") else f"{name}.py")
    assert command("export", folder / "sound.safetensors", script) == (0, "")
    ran = subprocess.run([sys.executable, "-I", script, "write", "20"], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout) == 21


def test_a_network_whose_memory_cannot_be_had_is_refused(folder, sound, monkeypatch):
    def none_left(*_):
        raise MemoryError

    monkeypatch.setattr(Trainer, "__init__", none_left)
    assert_refused("train", folder / "rain.txt")
