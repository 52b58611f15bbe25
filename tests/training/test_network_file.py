"""Saved networks, read again: with the text in the file or by its name, with another text, and from and for PyTorch."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

import charrnn
from charrnn import Corpus, Settings, Trainer
from charrnn.network.cells import CELLS, forward, zero_state
from charrnn.network.layers import logits
from charrnn.text.corpus import CorpusError
from charrnn.text.known import known
from charrnn.training import network_file
from charrnn.training.checkpoint import CheckpointError, from_bytes, to_bytes
from charrnn.training.network_file import NetworkFile, packed, to_pytorch, unpack
from charrnn.training.pytorch import from_state_dict

TEXT = "a rose is a rose is a rose.\n" * 90
CORPUS = Corpus.from_text(TEXT, name="roses", lowercase=True)
NAMES = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


def trained(cell="rnn", corpus=CORPUS, steps=25, **changes):
    """A small trained network, its biases made to count."""
    settings = Settings(
        **{"hidden_size": 7, "sequence_length": 6, "batch_size": 3, "learning_rate": 0.02, "cell": cell} | changes
    )
    trainer = Trainer(corpus, settings)
    trainer.train(steps)
    trainer.parameters.b_h[:] += np.linspace(-1, 1, len(trainer.parameters.b_h))
    return trainer


def for_pytorch(trainer):
    return to_pytorch(NetworkFile.of(trainer.state(), trainer.corpus, trainer.settings))


def state_dict(cell="rnn"):
    return {name: array.copy() for name, array in load_arrays(for_pytorch(trained(cell))).items()}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def as_documented(cell, w, ids):
    """The logits along ids (N,) by the equations in PyTorch's documentation of nn.RNN, nn.GRU and nn.LSTM, column
    vectors and one-hot input, written down anew."""
    H = w["rnn.weight_hh_l0"].shape[1]
    h, c, y = np.zeros(H), np.zeros(H), []
    for one in ids:
        x = w["rnn.weight_ih_l0"].astype(float)[:, one] + w["rnn.bias_ih_l0"]
        u = w["rnn.weight_hh_l0"].astype(float) @ h + w["rnn.bias_hh_l0"]
        if cell == "rnn":
            h = np.tanh(x + u)
        elif cell == "gru":
            r, z = sigmoid(x[:H] + u[:H]), sigmoid(x[H : 2 * H] + u[H : 2 * H])
            h = (1 - z) * np.tanh(x[2 * H :] + r * u[2 * H :]) + z * h
        else:
            i, f, g, o = (x + u).reshape(4, H)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        y.append(w["linear.weight"].astype(float) @ h + w["linear.bias"])
    return np.array(y)


def in_pytorch(cell, w, ids):
    """The same by PyTorch itself."""
    import torch

    V, H = w["linear.weight"].shape
    module = torch.nn.Module()
    module.rnn, module.linear = getattr(torch.nn, NAMES[cell])(V, H), torch.nn.Linear(H, V)
    module.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in w.items()})
    with torch.no_grad():
        states, _ = module.rnn(torch.nn.functional.one_hot(torch.from_numpy(ids.copy()).long(), V).float()[:, None])
        return module.linear(states[:, 0]).numpy()


@pytest.mark.parametrize("cell", CELLS)
def test_in_pytorch_the_network_has_the_same_logits(cell):
    trainer = trained(cell)
    ids = CORPUS.held_out_ids[:60]
    states = forward(trainer.parameters, ids[:, None], zero_state(trainer.parameters))[1:, 0]
    w = load_arrays(for_pytorch(trainer))
    for theirs in [as_documented] + [in_pytorch] * (find_spec("torch") is not None):
        np.testing.assert_allclose(logits(trainer.parameters, states), theirs(cell, w, ids), rtol=0, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_from_pytorch_and_back_nothing_is_lost(cell):
    trainer = trained(cell)
    file = unpack(for_pytorch(trainer), "there-and-back.safetensors")
    for own, back in zip(trainer.parameters, file.parameters, strict=True):
        np.testing.assert_array_equal(own, back)
    assert (file.characters, file.lowercase, file.steps) == (CORPUS.vocabulary.characters, True, 25)
    assert file.settings == trainer.settings
    assert not file.goes_on_exactly(CORPUS)  # no optimiser comes with it
    on = file.trainer(file.taken_up(CORPUS))
    assert (on.steps, on.batches.position, on.state().arrays["memory_0"].any()) == (25, 0, False)
    assert np.isfinite(on.step().loss)


@pytest.mark.parametrize("cell", CELLS)
def test_a_state_dict_under_other_names_in_another_order_computes_the_same(cell):
    w, ids = state_dict(cell), CORPUS.held_out_ids[:40]
    rng = np.random.default_rng(3)
    w |= {name: rng.normal(size=array.shape).astype(np.float32) for name, array in w.items() if "bias" in name}
    turned = rng.permutation(len(CORPUS.vocabulary))  # its characters, in the order in which some text has them
    other = {f"model.recurrent.{name.removeprefix('rnn.')}": array for name, array in w.items() if "rnn" in name}
    other["model.recurrent.weight_ih_l0"] = np.ascontiguousarray(w["rnn.weight_ih_l0"][:, turned])
    other |= {f"decoder.{kind}": w[f"linear.{kind}"][turned] for kind in ("weight", "bias")}
    characters = CORPUS.vocabulary.decode(turned)
    parameters = unpack(save_arrays(other, metadata={"characters": characters}), "theirs.safetensors").parameters
    states = forward(parameters, ids[:, None], zero_state(parameters))[1:, 0]
    np.testing.assert_allclose(logits(parameters, states), as_documented(cell, w, ids), rtol=0, atol=1e-5)


def test_a_state_dict_that_names_no_characters_takes_those_of_a_text_with_as_many():
    w = {name: array.astype(np.float64) for name, array in state_dict("gru").items() if "bias" not in name}
    file = unpack(save_arrays(w), "theirs.safetensors", lambda: CORPUS)
    assert (file.characters, file.lowercase, file.settings.dtype) == (CORPUS.vocabulary.characters, True, "float64")
    assert not file.parameters.b_h.any()
    for present in (lambda: None, lambda: Corpus.from_text("only some of these" * 9)):
        with pytest.raises(CheckpointError, match="does not say which 9 characters"):
            unpack(save_arrays(w), "theirs.safetensors", present)


def without(*names):
    return lambda w: {name: array for name, array in w.items() if name not in names}


FOREIGN = {
    "two layers": lambda w: w | {"rnn.weight_ih_l1": w["rnn.weight_hh_l0"], "rnn.weight_hh_l1": w["rnn.weight_hh_l0"]},
    "both directions": lambda w: w | {"rnn.weight_ih_l0_reverse": w["rnn.weight_ih_l0"]},
    "projected": lambda w: w | {"rnn.weight_hr_l0": w["rnn.weight_hh_l0"]},
    "no layer above": without("linear.weight", "linear.bias"),
    "nothing recurs": without("rnn.weight_hh_l0"),
    "two recurrent layers": lambda w: w | {"other.weight_ih_l0": w["rnn.weight_ih_l0"]},
    "five gates": lambda w: w | {"rnn.weight_ih_l0": np.ones((35, 9), np.float32)},
    "shapes that do not agree": lambda w: w | {"linear.weight": np.ones((9, 8), np.float32)},
    "flat": lambda w: w | {"rnn.weight_hh_l0": w["rnn.weight_hh_l0"].ravel()},
    "no units": lambda w: {name: array[..., :0] if array.ndim == 2 else array[:0] for name, array in w.items()},
    "flat input weights": lambda w: w | {"rnn.weight_ih_l0": w["rnn.weight_ih_l0"].ravel()},
    "two biases above": lambda w: w | {"other.bias": w["linear.bias"]},
    "two layers above": lambda w: w | {"other.weight": w["linear.weight"]},
    "neither bias nor weight": lambda w: w | {"other.table": np.ones((2, 2, 2), np.float32)},
    "whole numbers": lambda w: w | {"linear.bias": np.ones(9, np.int64)},
    "not a number": lambda w: w | {"linear.bias": np.full(9, np.nan, np.float32)},
}


def assert_one_sentence(error):
    said = str(error.value)
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 400


@pytest.mark.parametrize("changed", FOREIGN.values(), ids=FOREIGN)
def test_a_state_dict_of_another_network_is_refused_in_one_sentence(changed):
    with pytest.raises(CheckpointError) as error:
        unpack(save_arrays(changed(state_dict()), {"characters": CORPUS.vocabulary.characters}), "theirs.safetensors")
    assert_one_sentence(error)


def test_a_refused_state_dict_is_told_what_it_has_and_what_it_would_have_to_have():
    w = state_dict()
    named, shaped = w | {"other.bias": w["linear.bias"]}, w | {"linear.weight": np.ones((9, 8), np.float32)}
    H = w["rnn.weight_hh_l0"].shape[1]
    for arrays, has in (
        (named, ", ".join(sorted(named))),
        (shaped, f"({H}, 9), ({H}, {H}), ({H},), ({H},), (9, 8), (9,)"),
    ):
        with pytest.raises(ValueError, match=re.escape(has) + ".*one layer"):
            from_state_dict(arrays)


def test_a_state_dict_of_sixteen_bits_and_without_biases_becomes_one_of_thirty_two_whose_biases_are_nought():
    w = {name: array.astype(np.float16) for name, array in state_dict("gru").items() if "bias" not in name}
    parameters = from_state_dict(w)
    assert {array.dtype for array in parameters} == {np.dtype(np.float32)}
    assert not parameters.b_h.any()
    assert not parameters.b_y.any()
    assert parameters.W_hy.any()


@pytest.mark.parametrize(
    "metadata",
    [
        {"characters": "aabcdefgh"},
        {"characters": "abc"},
        {"characters": ""},
        {"characters": "abc" * 100_000},
        {"charrnn": "[]", "characters": "abcdefghi"},
        {"charrnn": "[" * 100_000, "characters": "abcdefghi"},
        {"charrnn": '{"settings": {"hidden_size": 7, "optimizer": "magic"}}', "characters": "abcdefghi"},
        {"charrnn": '{"steps": -1}', "characters": "abcdefghi"},
        {"charrnn": '{"text": {"held_out": "x"}}', "characters": "abcdefghi"},
    ],
    ids=lambda metadata: json.dumps(metadata)[:40],
)
def test_what_is_told_beside_a_state_dict_is_looked_at(metadata):
    with pytest.raises(CheckpointError) as error:
        unpack(save_arrays(state_dict(), metadata), "theirs.safetensors")
    assert_one_sentence(error)


@given(st.integers(0, 10**9), st.integers(1, 255), st.booleans())
def test_damage_is_refused_or_leaves_a_network_of_numbers(place, change, cut):
    data = bytearray(for_pytorch(TRAINED))
    place %= len(data)
    data[place] ^= change
    with suppress(CheckpointError):
        file = unpack(bytes(data[:place] if cut else data), "damaged.safetensors", lambda: CORPUS)
        assert np.isfinite(file.parameters.flat).all()
        assert file.parameters.sizes == TRAINED.parameters.sizes


TRAINED = trained()


@pytest.mark.parametrize("cell", CELLS)
def test_a_file_that_holds_its_text_goes_on_by_itself_bit_for_bit(cell, tmp_path):
    corpus = Corpus.from_text("Ein „Rosenbeet“, \\ und “mehr”.\r\n" * 60, name="Beet", keep_frequent=9, held_out=0.1)
    trainer = trained(cell, corpus)
    charrnn.save(trainer, tmp_path / "run.safetensors")
    again = charrnn.load(tmp_path / "run.safetensors")
    assert (again.corpus.digest, again.corpus.name) == (corpus.digest, "Beet")
    assert again.train(20) == trainer.train(20)
    assert again.state().values == trainer.state().values
    assert {name: array.tobytes() for name, array in again.state().arrays.items()} == {
        name: array.tobytes() for name, array in trainer.state().arrays.items()
    }


@pytest.mark.parametrize("lowercase", [False, True])
def test_a_text_of_the_project_is_known_by_its_name(tmp_path, lowercase):
    trainer = trained(corpus=known("Names", lowercase, held_out=0.1), steps=3)
    charrnn.save(trainer, tmp_path / "run.safetensors")
    assert (tmp_path / "run.safetensors").stat().st_size < 20_000
    again = charrnn.load(tmp_path / "run.safetensors")
    assert again.train(5) == trainer.train(5)


def test_a_network_whose_text_is_not_at_hand_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(network_file, "HEADER", 100)  # as a text that is too large for it
    charrnn.save(TRAINED, tmp_path / "run.safetensors")
    with pytest.raises(CheckpointError, match="is not in it: give one") as error:
        charrnn.load(tmp_path / "run.safetensors")
    assert_one_sentence(error)
    assert charrnn.load(tmp_path / "run.safetensors", CORPUS).steps == 25


def test_with_another_text_the_weights_go_on_and_the_place_does_not():
    file = NetworkFile.of(TRAINED.state(), CORPUS, TRAINED.settings)
    corpus = file.taken_up(Corpus.from_text("Tulpen, Tulpen. " * 60, name="Tulpen"))
    assert corpus.before == (("roses", 25),)
    trainer = file.trainer(corpus)
    assert (trainer.steps, trainer.batches.position) == (25, 0)
    np.testing.assert_array_equal(trainer.parameters.W_hh, TRAINED.parameters.W_hh)


@pytest.mark.parametrize(
    "text",
    [
        {"content": 3},
        {"content": TEXT, "name": None},
        {"before": [["x", -1]]},
        {"before": [["x"]]},
        {"before": 7},
        {"keep_frequent": 10**9},
        {"held_out": float("nan")},
        {"path": "/etc/passwd"},
    ],
    ids=lambda text: json.dumps(text)[:30],
)
def test_a_file_that_says_nonsense_of_its_text_is_refused(text):
    told = TRAINED.state()
    file = NetworkFile.of(told, CORPUS, TRAINED.settings)
    told.values.update(file.told | {"characters": file.characters, "text": file.told["text"] | text})
    with pytest.raises(CheckpointError) as error:
        unpack(to_bytes(told), "crafted.safetensors")
    assert_one_sentence(error)


def test_a_text_in_the_file_that_is_another_one_is_not_taken_for_its_own():
    file = NetworkFile.of(TRAINED.state(), CORPUS, TRAINED.settings, with_text=True)
    crafted = replace(file, text=replace(file.text, content="a rose is a nose.\n" * 60))
    assert unpack(packed(crafted), "crafted.safetensors").its_text() is None


def test_sizes_that_are_told_and_not_there_cost_nothing():
    file = NetworkFile.of(TRAINED.state(), CORPUS, replace(TRAINED.settings, hidden_size=2048, cell="lstm"))
    with pytest.raises(CheckpointError, match="as its settings say"):
        unpack(packed(file), "crafted.safetensors").trainer(CORPUS)


def test_what_is_a_network_is_told_from_texts_by_name_or_by_how_it_begins():
    data = for_pytorch(TRAINED)
    assert network_file.is_network("renamed.txt", data)
    assert network_file.is_network("cut short.SafeTensors", b"")
    texts = [TEXT.encode(), b'01234567{"a": 1}', TEXT.encode("utf-16"), "\ufeff{".encode("utf-32") * 9, b"", b"{" * 20]
    assert not any(network_file.is_network("a.txt", text) for text in texts)
    assert not any(
        network_file.is_network(path.name, path.read_bytes()) for path in Path(charrnn.__file__).parent.glob("*.py")
    )


@pytest.mark.parametrize("cell", CELLS)
def test_what_has_learned_nothing_yet_can_be_saved_too(cell, tmp_path):
    trainer = trained(cell, CORPUS.knowing(CORPUS.vocabulary.characters, (("sonnets", 0),)), steps=0)
    network_file.save(trainer, tmp_path / "new.safetensors")
    again = network_file.load(tmp_path / "new.safetensors")
    assert (again.steps, again.corpus.before) == (0, (("sonnets", 0),))
    trainer.train(3)
    again.train(3)
    np.testing.assert_array_equal(again.parameters.flat, trainer.parameters.flat)


def test_what_is_told_of_the_run_beside_its_state_comes_back():
    trainer = trained()
    file = NetworkFile.of(trainer.state(), CORPUS, trainer.settings, run={"title": "a rose"})
    assert unpack(packed(file), "rose.safetensors").run == {"title": "a rose"}
    assert unpack(packed(replace(file, run=None)), "rose.safetensors").run is None


def test_of_the_run_nothing_is_said_where_there_is_nothing_to_say():
    trainer = trained()
    assert "run" not in from_bytes(packed(NetworkFile.of(trainer.state(), CORPUS, trainer.settings))).values


def test_a_text_that_is_not_in_the_file_is_looked_for_by_its_name_as_it_was_read():
    corpus = Corpus.from_text(TEXT, name="roses", lowercase=True, held_out=0.2)
    trainer, asked = trained(corpus=corpus), []
    file = NetworkFile.of(trainer.state(), corpus, trainer.settings)

    def find(*named):
        asked.append(named)
        return corpus

    assert file.its_text(find).digest == corpus.digest
    assert asked == [("roses", True, 0.2)]


def test_a_text_that_is_in_the_file_keeps_its_frequent_characters_alone_as_before():
    corpus = Corpus.from_text(TEXT, name="roses", keep_frequent=4)
    trainer = trained(corpus=corpus)
    found = NetworkFile.of(trainer.state(), corpus, trainer.settings, with_text=True).its_text()
    assert (found.keep_frequent, found.text) == (4, corpus.text)


def test_a_run_that_has_read_to_a_texts_end_or_further_is_refused_and_one_before_it_goes_on():
    end, state = len(TRAINED.batches.streams), TRAINED.state()
    for position in (end - 1, end, end + 1):
        file = NetworkFile.of(state._replace(values=state.values | {"position": position}), CORPUS, TRAINED.settings)
        if position < end:
            assert file.trainer(CORPUS).batches.position == position
            continue
        with pytest.raises(CheckpointError) as refused:
            file.trainer(CORPUS)
        said = "The run in roses has read further than roses goes: give it a longer one, or its own."
        assert str(refused.value) == said


def test_a_text_that_cannot_be_had_is_asked_for(tmp_path):
    path = tmp_path / "rose.safetensors"
    path.write_bytes(packed(NetworkFile.of(TRAINED.state(), CORPUS, TRAINED.settings)))
    with pytest.raises(CheckpointError) as refused:
        network_file.load(path)
    said = "The text that the network in rose.safetensors learned from is not in it: give one."
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            lambda: save_arrays(state_dict()),
            "theirs.safetensors does not say which 9 characters its network knows: save",
        ),
        (
            lambda: save_arrays(state_dict(), {"characters": "abc"}),
            "theirs.safetensors names 3 characters, but its network knows 9.",
        ),
        (
            lambda: to_bytes(trained().state()),
            "theirs.safetensors holds a state without its settings and alphabet: use save().",
        ),
    ],
)
def test_a_file_that_does_not_say_enough_is_called_by_its_name_and_told_what_is_missing(data, told, tmp_path):
    path = tmp_path / "theirs.safetensors"
    path.write_bytes(data())
    for read in (network_file.load, network_file.load_network):
        with pytest.raises(CheckpointError, match="^" + re.escape(told)):
            read(path)


def test_of_a_network_from_elsewhere_capitals_are_capitals_and_a_text_can_be_given(tmp_path):
    corpus = Corpus.from_text(TEXT.title())
    w = load_arrays(to_pytorch(NetworkFile.of(trained(corpus=corpus).state(), corpus, trained(corpus=corpus).settings)))
    path = tmp_path / "theirs.safetensors"
    path.write_bytes(save_arrays(w, {"characters": corpus.vocabulary.characters}))
    file = unpack(path.read_bytes(), path.name)
    assert not file.lowercase
    assert file.state.values["learning_rate"] == file.settings.learning_rate
    assert file.network.typed("Rose") == "Rose"
    path.write_bytes(save_arrays(w))
    assert network_file.load(path, corpus).corpus is corpus


def test_a_text_of_small_letters_stays_one_and_what_a_network_reads_and_begins_with_is_so_too(tmp_path):
    path = tmp_path / "rose.safetensors"
    network_file.save(TRAINED, path)
    assert network_file.load(path).corpus.lowercase
    network = network_file.load_network(path)
    vocabulary = CORPUS.vocabulary
    assert vocabulary.decode(network.read("A ROSE")) == "a rose"
    assert vocabulary.decode(network.primed("A ROSE", after="is ")).endswith("a rose")
    assert not np.array_equal(network.primed("", after="is a"), network.primed(""))
    assert vocabulary.decode(network.primed("A ROSE")) == "a rose"
    assert vocabulary.decode(network.primed("")) == CORPUS.beginning


def test_another_alphabet_or_a_text_that_is_too_short_is_refused_by_both_names(tmp_path):
    path = tmp_path / "rose.safetensors"
    network_file.save(TRAINED, path)
    with pytest.raises(CheckpointError, match=r"^The network in rose\.safetensors was .* alphabet than bees's\.$"):
        network_file.load(path, Corpus.from_text("bees " * 90, name="bees"))
    short = Corpus.from_text(TEXT[:60], name="buds", lowercase=True).knowing(CORPUS.vocabulary.characters, ())
    with pytest.raises(CheckpointError, match=r"^The run in rose\.safetensors has read further than buds goes: give"):
        network_file.load(path, short)
    tiny = Corpus.from_text(TEXT[:9], name="bud", lowercase=True).knowing(CORPUS.vocabulary.characters, ())
    with pytest.raises(
        CheckpointError, match=r"^The run in rose\.safetensors reads 3 streams; bud is too short for it"
    ):
        network_file.load(path, tiny)


def test_a_network_from_elsewhere_begins_the_same_each_time_it_is_taken_up():
    data = save_arrays(state_dict(), {"characters": CORPUS.vocabulary.characters})
    first, again = (unpack(data, "theirs.safetensors").state.values for _ in range(2))
    assert first == again
    assert (first["steps"], first["clip"]) == (1, 5.0)
    assert first["smooth_loss"] == pytest.approx(np.log(9))


def test_a_network_of_two_characters_is_one_too(tmp_path):
    trainer = trained(corpus=Corpus.from_text("ab" * 200))
    network_file.save(trainer, tmp_path / "ab.safetensors")
    assert network_file.load(tmp_path / "ab.safetensors").train(5) == trainer.train(5)


@pytest.mark.parametrize("error", [KeyError("rain"), OSError("no disk"), CorpusError("no text")])
def test_a_text_that_cannot_be_had_is_none_and_takes_nothing_with_it(error):
    def find(*_):
        raise error

    assert NetworkFile.of(TRAINED.state(), CORPUS, TRAINED.settings).its_text(find) is None


def test_a_network_from_elsewhere_is_said_to_have_learned_from_its_file():
    data = save_arrays(state_dict(), {"characters": CORPUS.vocabulary.characters})
    assert unpack(data, "theirs.safetensors").taken_up(CORPUS).before == (("theirs.safetensors", 1),)
