"""What is handed on of a run: small enough to be handed on, true to the run, and enough to train it again."""

import io
import json
import re
import shlex
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.__main__ import corpus_of, main
from charrnn.dashboard.replay import again, document, report, script
from charrnn.dashboard.session import texts
from charrnn.dashboard.session.texts import Choices
from charrnn.options import parser
from charrnn.runs import history
from charrnn.runs.known import Known
from charrnn.runs.opening import untrained
from charrnn.runs.record import Checkpoint, Snapshot
from charrnn.training.network_file import load_network

PAGE = "http://127.0.0.1:8501/"


def trained(corpus, settings, steps, stored=()):
    """A run that came so far in this process, with the networks of some steps."""
    run = Known(untrained(corpus, settings))
    trainer = Trainer(corpus, settings)
    done, kept = [], list(run.checkpoints)
    for step in range(1, steps + 1):
        done.append(trainer.step())
        if step in stored:
            kept.append(Checkpoint(step, trainer.parameters.copy()))
    curve = run.curve.extended(history.of(done)).measured(steps, trainer.evaluate()).timed(steps, 1.5)
    run.record = run.record._replace(snapshot=Snapshot.of(trainer), checkpoints=tuple(kept), curve=curve)
    return run


@pytest.fixture(scope="module")
def run():
    corpus = Corpus.from_text("To be, or not to be.\n" * 200, name="a | `b` <i>c</i>")
    return trained(corpus, Settings(hidden_size=12, sequence_length=10, batch_size=2), 40, (10, 30))


def test_a_replay_of_the_defaults_stays_below_its_limit_with_as_many_stored_steps_as_are_kept():
    stored = range(1, 31)  # eleven log-spaced ones and twenty pauses are the most
    run = trained(texts.find("Shakespeare", Choices()), Settings(), 31, stored)
    assert len(document.document(run, PAGE)) < 1_500_000
    larger = trained(run.corpus, Settings(hidden_size=512), 2, [1])
    moments = document.content(larger, PAGE)["moments"]
    assert 31 / len(moments) * len(json.dumps(moments)) < 1_400_000


def test_no_text_ends_the_block_that_it_stands_in(run):
    html = document.document(run, PAGE).decode()
    block = re.search('<script type="application/json" id="replay">(.*?)</script>', html, re.DOTALL)[1]
    assert json.loads(block)["title"] == run.name
    assert "<" not in block


@pytest.mark.parametrize("name", ["Alice", "Brackets in brackets"])
def test_the_command_names_the_text(name):
    corpus = texts.find(name, Choices())
    named = shlex.split(again.command(trained(corpus, Settings(hidden_size=4), 1)))[4]
    assert parser().parse_args(["train", named]).text == [named]
    assert corpus_of(parser().parse_args(["train", named])).digest == corpus.digest


@pytest.mark.parametrize(
    "source",
    [
        'import * as all from "./shared.js";',
        'import { nothing } from "./shared.js";',
        "export class One {}",
        "</script>",
    ],
)
def test_a_script_that_cannot_be_joined_is_refused(source, monkeypatch):
    files = {"replay.js": source, "shared.js": "export const glyph = 1;"}
    monkeypatch.setattr(script, "_source", files.__getitem__)
    with pytest.raises(ValueError, match=r"form|end the block"):
        script.script.__wrapped__()


def test_the_history_as_csv_is_the_runs(run):
    frame = pd.read_csv(io.StringIO(report.csv(run)))
    assert frame["step"].tolist() == run.curve.steps.tolist()
    np.testing.assert_allclose(frame["low"], run.curve.low, rtol=1e-5)
    np.testing.assert_allclose(frame["gradient_norm"], run.curve.norm, rtol=1e-5)
    assert frame["held_out"].dropna().tolist() == pytest.approx([run.curve.held_out[-1][1]], rel=1e-5)
    assert frame["characters"].iloc[-1] == 40 * 10 * 2


def test_the_report_reads_texts_as_they_are(run):
    said = report.markdown(run, PAGE)
    assert said.startswith("# a \\| \\`b\\` \\<i\\>c\\</i\\>\n")
    assert report.fenced("a ```` b") == "`````text\na ```` b\n`````"
    assert f"| 40 | 800 | {report.losses_of(run)['smoothed'].iloc[-1]:.3f} | {run.curve.held_out[-1][1]:.3f} |" in said
    assert report.plain("see https://a.b and www.a.b") == "see https:\\//a.b and www\\.a.b"


def test_the_command_trains_the_same_network(tmp_path):
    corpus = texts.find("Names", Choices(lowercase=True, held_out=0.1))
    settings = Settings(hidden_size=10, sequence_length=12, batch_size=2, cell="gru", learning_rate=0.01, dropout=0.2)
    run = trained(corpus, settings, 25)
    line = shlex.split(again.command(run))
    assert line[:4] == ["python", "-m", "charrnn", "train"]
    out = tmp_path / "same.safetensors"
    assert main([*line[3:], "--out", str(out), "--sample", "0"]) == 0
    np.testing.assert_array_equal(load_network(out).parameters.flat, run.snapshot.parameters.flat)


def test_what_no_command_can_do_is_said(run):
    assert again.command(run).startswith("python -m charrnn train TEXT --steps 40 ")
    assert "has to be brought along" in " ".join(again.remarks(run))
    later = SimpleNamespace(
        corpus=run.corpus.knowing("x", (("Alice", 7),)), settings=run.settings, snapshot=run.snapshot
    )
    assert again.command(later) is None
    assert again.remarks(later) == ["It learned from Alice up to step 7 before: only the run itself goes on as it did."]
