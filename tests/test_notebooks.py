"""The example notebook runs from top to bottom, and what it is about shows itself, every text as text."""

import ast
import json
import runpy
from html.parser import HTMLParser

import altair as alt
import numpy as np
import pytest
from serving import ROOT

from charrnn import Corpus, Settings, Trainer
from charrnn.dashboard.charts.notebook import POINTS, losses, states, surprise
from charrnn.insight import doctor, memory, probing, reading
from charrnn.shown import record
from charrnn.training.trainer import Step

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;\n"


class Read(HTMLParser):
    """The elements and the text of some HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = set(), ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


def shown_by(cells, script):
    """Run cells as one script; what each one's last line comes to, which a notebook would show."""
    lines, seen = [], []
    for cell in cells:
        tree = ast.parse("".join(cell["source"]))
        if isinstance(tree.body[-1], ast.Expr):
            tree.body[-1].value = ast.Call(ast.Name("show"), [tree.body[-1].value], [])
        lines.append(ast.unparse(tree))
    script.write_text("\n".join(lines), encoding="utf-8")
    runpy.run_path(str(script), {"show": seen.append})
    return [value for value in seen if value is not None]


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebooks_cells_run_and_show_something(path, capsys, tmp_path):
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] for cell in cells)
    seen = [
        value.to_dict()["$schema"] if isinstance(value, alt.TopLevelMixin) else value._repr_html_()
        for value in shown_by(cells, tmp_path / "cells.py")
    ]  # a chart is checked by Altair against Vega-Lite's grammar
    assert sum("vega-lite" in one for one in seen) == 3
    assert sum(one.startswith("<table>") for one in seen) == 5
    assert "Alice" in seen[0]
    assert len(capsys.readouterr().out) > 300


@pytest.fixture(scope="module")
def trainer():
    corpus = Corpus.from_text(HOSTILE * 40, name=HOSTILE)
    trainer = Trainer(corpus, Settings(hidden_size=8, sequence_length=10, batch_size=2))
    trainer.train(5)
    return trainer


def test_things_show_themselves_and_their_texts_are_no_markup(trainer):
    corpus, ids = trainer.corpus, trainer.corpus.held_out_ids
    strip = reading.strip(trainer.parameters, ids, 0)
    finding = doctor.Finding(HOSTILE, HOSTILE, doctor.Remedy("set", HOSTILE, {HOSTILE: 1}))
    things = [
        corpus,
        trainer,
        trainer.settings,
        trainer.step(),
        strip,
        finding,
        memory.reach(trainer.parameters, ids, 5),
    ]
    for thing in things:
        read = Read(thing._repr_html_())
        assert read.tags <= {"table", "caption", "b", "tr", "th", "td", "span", "br"}, thing
        assert type(thing).__name__ in read.text
    assert HOSTILE.strip() in Read(corpus._repr_html_()).text
    assert HOSTILE.strip() in Read(finding._repr_html_()).text


def test_what_is_large_is_told_in_short():
    shown = Read(record(Step(1_234, 1.23456789, 2.0, float("nan"), 0.0))).text
    assert shown == "Stepstep1,234loss1.235smooth loss2gradient normnanclipped0"
    values = np.linspace(-1, 1, 4_000).reshape(50, 80)
    read = reading.Reading(values, values)
    assert Read(record(read)).text.count("50 × 80 array from -1 to 1") == 2
    assert probing.NamedUnit("ü" * 1_000, 1, 0.5, 1)._repr_html_().count("ü") == 200


def test_charts_hold_what_was_reported(trainer):
    steps = [Step(k, 2.0, 2.0, 1.0, 0.0) for k in range(1, 5 * POINTS)]
    data = losses(steps).to_dict()["datasets"]
    assert len(next(iter(data.values()))) <= POINTS
    strip = reading.strip(trainer.parameters, trainer.corpus.held_out_ids[:12], 0)
    (bars,) = surprise(strip, trainer.corpus.vocabulary).to_dict()["datasets"].values()
    assert [row["bits"] for row in bars] == pytest.approx(strip.surprise.tolist())
    assert all(len(states(np.zeros((84, H)), "x" * 84).data) <= 5_000 for H in (8, 128, 2_048))
    (cells,) = states(strip.hidden, trainer.corpus.vocabulary.decode(strip.came)).to_dict()["datasets"].values()
    assert [row["value"] for row in cells] == pytest.approx(strip.hidden.ravel().tolist())
