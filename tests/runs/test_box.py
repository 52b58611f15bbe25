"""The networks in the box are what their table tells, and the script that made them makes the same again."""

import numpy as np
import pytest

from charrnn import Settings, Trainer
from charrnn.network.evaluate import evaluate
from charrnn.runs import box, run_file
from charrnn.text.known import known

ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in (box.FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def test_the_table_names_what_is_there():
    assert [row[1] for row in ROWS] == list(box.WANTED)
    assert {row[0] for row in ROWS} == {path.name for path in box.FOLDER.glob("*.safetensors")}
    assert len(list(box.opened())) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_is_of_its_text_and_has_the_loss_that_is_told(row):
    name, title, cell, rate, steps, held_out, _ = row
    file = run_file.read((box.FOLDER / name).read_bytes(), name)
    network, corpus = file.network, known(title)
    settings, wanted_steps = box.WANTED[title]
    assert (network.settings, network.steps) == (settings, wanted_steps)
    assert (cell, float(rate)) == (f"{settings.cell}, {settings.hidden_size}", settings.learning_rate)
    assert int(steps.replace(",", "")) == wanted_steps
    assert network.goes_on_exactly(corpus)
    assert evaluate(network.parameters, corpus.held_out_ids) == pytest.approx(float(held_out), abs=1e-3)
    assert file.history["step"][-1] == wanted_steps
    assert any(note.kind == "sample" for note in file.notes)
    assert (box.FOLDER / name).stat().st_size < 500_000
    trainer = network.trainer(corpus)
    assert trainer.step().smooth_loss < np.log(len(corpus.vocabulary)) / 1.5
    assert trainer.steps == wanted_steps + 1


def test_a_network_is_made_as_a_trainer_makes_it(tmp_path, monkeypatch):
    settings = Settings(hidden_size=8, sequence_length=10)
    monkeypatch.setattr(box, "FOLDER", tmp_path)
    monkeypatch.setattr(box, "WANTED", {"Names": (settings, 30)})
    box.make("Names")
    (file,) = box.opened()
    trainer = Trainer(known("Names"), settings)
    trainer.train(30)
    np.testing.assert_array_equal(file.network.parameters.W_hh, trainer.parameters.W_hh)
    size = box.place("Names").stat().st_size
    loss = evaluate(trainer.parameters, trainer.corpus.held_out_ids)
    row = f"| `names.safetensors` | Names | rnn, 8 | 0.004 | 30 | {loss:.4f} | {size / 1000:.0f} |"
    assert (box.row("Names"), box.table()) == (row, f"{box.HEAD}{row}\n")
    (tmp_path / "damaged.safetensors").write_bytes(b"damaged")
    (tmp_path / "no file.safetensors").mkdir()
    assert [one.network.name for one in box.opened()] == [file.network.name]


def test_what_does_not_come_to_its_last_step_in_time_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(box, "FOLDER", tmp_path)
    monkeypatch.setattr(box, "WANTED", {"Names": (Settings(hidden_size=8, sequence_length=10), 30)})
    monkeypatch.setattr(box, "LONGEST", 0.0)
    with pytest.raises(RuntimeError, match=r"^Names has come to step \d+ only\. $"):
        box.make("Names")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["Pride and Prejudice", "Quotes over several lines"])
def test_a_file_is_called_by_its_text_in_small_letters(title):
    assert box.place(title) == box.FOLDER / f"{title.lower().replace(' ', '_')}.safetensors"
