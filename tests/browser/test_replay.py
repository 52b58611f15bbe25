"""A replay, opened from disk: it shows the stored networks as they were, asks for nothing, runs nothing of a text."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from charrnn import Corpus, Settings
from charrnn.dashboard.replay import document
from charrnn.dashboard.replay.moments import stored
from charrnn.insight import reading
from charrnn.runs.engine import Engine

HOSTILE = "</script><img src=x onerror=\"document.title='run'\"><!--@SCRIPT@ &lt;b&gt;\n"
SETTINGS = Settings(hidden_size=12, sequence_length=10, batch_size=2)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr("charrnn.dashboard.session.texts.corpora", lambda folder: [])
    engine = Engine()
    run = engine.create(Corpus.from_text(HOSTILE * 60, name=HOSTILE), SETTINGS)
    run.rename(HOSTILE)
    run.steps(30)
    assert run.wait(lambda run: run.status == "paused", 60)
    yield run
    engine.close()


def expected(run, network):
    """The strip in words, as the page says it to who listens, and the reading that it is of."""
    corpus = run.corpus
    text, start = reading.sentence(corpus.text, len(corpus.train_ids), 84)
    encode, decode = corpus.vocabulary.encode, corpus.vocabulary.decode
    read = reading.strip(network.parameters, encode(text), len(encode(text[:start])))
    return f"The text that came: {decode(read.came)} — at step {network.step}: {decode(read.guess)} — ", read


def test_a_replay_shows_every_stored_step_and_runs_nothing_of_its_text(run, chromium, tmp_path):
    file = tmp_path / "run.html"
    file.write_bytes(document.document(run, "http://127.0.0.1:8501/"))
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(Path(file).as_uri())

    networks = stored(run)
    assert [one.step for one in networks] == [0, 10, 30]
    strip, scrubber = page.locator("#strip canvas[role=application]"), page.locator("#scrubber")
    scrubber.press("Home")
    for network in networks:
        words, read = expected(run, network)
        expect(page.locator("#step")).to_have_text(f"step {network.step}")
        expect(strip).to_have_attribute("aria-label", re.compile(re.escape(words)))
        if network.step == 0:
            strip.click(position={"x": 5, "y": 5})  # pinned, it stays so at other steps
        card = page.locator("#strip .card")
        likeliest = int(re.search(r"(\d+) %", card.locator("tr").first.inner_text())[1])
        assert likeliest == pytest.approx(100 * read.top_probabilities[0, 0], abs=0.51)
        shown = card.locator(".units tr")
        expect(shown).to_have_count(5)
        for unit, value in map(_unit, shown.all_inner_texts()):
            assert value == pytest.approx(read.hidden[0, unit], abs=6e-4)
        scrubber.press("ArrowRight")

    page.locator("#play").click()
    expect(page.locator("#step")).to_have_text("step 0")
    expect(page.locator("#step")).to_have_text("step 10")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("▶ Play")

    expect(page.locator("#title")).to_have_text(HOSTILE.strip())
    expect(page.locator("#curve svg .held-out, #curve svg .line")).not_to_have_count(0)
    expect(page.locator("#film pre")).to_have_count(3)
    expect(page.locator("#heatmap canvas[role=application]")).to_have_attribute(
        "aria-label", re.compile("12 units at 84")
    )
    expect(page.locator("img")).to_have_count(0)
    assert page.title() == " ".join(HOSTILE.split())
    assert (said, asked) == ([], [file.as_uri()])

    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'kept back')") == "kept back"
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in line for line in said)
    page.context.close()


def _unit(row):
    """The number of a unit and what it held, of a row of the card."""
    number, value = re.search(r"unit (\d+)\s*([+−][\d.]+)", row).groups()
    return int(number), float(value.replace("−", "-"))
