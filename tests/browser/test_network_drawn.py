"""The network drawn, walked forward and back by a person: what it says is what the trainer would compute."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from charrnn.insight.reading import sentence, states
from charrnn.network.evaluate import surprisal
from charrnn.network.rnn import loss_and_gradients
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

STEPS, T, FIRST = 100, 20, 20  # the character of the sentence that is looked at first
STATE = 156  # pixels from the picture's top to the units


@pytest.fixture(scope="module")
def own():
    """The page's network, trained here: the trainer, and the sentence's ids with the states before and after each."""
    corpus = Corpus.from_bytes((DATA / "names.txt").read_bytes(), name="Names")
    trainer = Trainer(corpus, Settings(hidden_size=32, sequence_length=T, batch_size=2))
    trainer.train(STEPS)
    text, start = sentence(corpus.text, len(corpus.train_ids))
    ids = corpus.vocabulary.encode(text)
    return trainer, ids, start, states(trainer.parameters, ids)


def step_at(own, place):
    """Loss and gradients of the characters that learning looks back at, up to one of the sentence; and its own loss."""
    trainer, ids, start, h = own
    end = start + place
    read, came = ids[end - T : end, None], ids[end - T + 1 : end + 1, None]
    _, gradients, _ = loss_and_gradients(trainer.parameters, read, came, h[end - T][None])
    alone, *_ = loss_and_gradients(trainer.parameters, read[-1:], came[-1:], h[end - 1][None])
    return gradients, alone


def untrained(own, place):
    """The loss that the network gave a character of the sentence before it was trained."""
    trainer, ids, start, _ = own
    parameters = Trainer(trainer.corpus, trainer.settings).parameters
    return surprisal(parameters, ids)[start + place - 1]


def unit_of(line):
    """The unit that a line of the equations is of."""
    return int(re.search(r"h\[(\d+)\]", line.inner_text())[1])


def number(line):
    """The last number of a line of the equations."""
    return float(re.findall(r"−?\d+\.\d+", line.locator(".numbers").inner_text())[-1].replace("−", "-"))


def test_a_step_is_walked_forward_and_back_with_the_trainers_own_numbers(lab, own):
    lab.choose_steps("100 steps")
    expect(lab.figures).to_contain_text(re.compile(r"step 100.*paused", re.DOTALL))
    drawn = lab.key("step-drawn")
    told, lit, canvas = drawn.locator(".sentence"), drawn.locator(".line.lit"), drawn.locator("canvas").nth(1)
    expect(canvas).to_have_attribute("aria-label", re.compile("at step 100"))
    gradients, loss = step_at(own, FIRST)

    def press(name):
        drawn.get_by_role("button", name=name, exact=True).click()

    press("is told")
    expect(told).to_contain_text(f"a loss of {loss:.4f} nats")
    assert number(lit) == pytest.approx(loss, abs=5e-5)
    press("Step back")
    expect(lit).to_have_attribute("data-line", "p")
    assert number(lit) == pytest.approx(np.exp(-loss), abs=5e-5)
    press("Step forward")
    press("Step forward")
    expect(lit).to_have_attribute("data-line", "dy")
    assert number(lit) == pytest.approx(np.exp(-loss) - 1, abs=5e-5)
    expect(drawn.get_by_role("button", name="learns", exact=True)).to_have_attribute("aria-pressed", "true")

    lab.key("step-loss").get_by_role("radio", name="all that learning looks back at").click()
    norm = drawn.locator("[data-line=sum]")
    press("learns")
    assert lab.soon(lambda: number(norm) == pytest.approx(np.linalg.norm(gradients.W_hh), rel=1e-4))
    expect(lit).to_contain_text("W_hh moves by")  # at rest what the optimiser remembers is at hand

    press("Next character")
    _, loss = step_at(own, FIRST + 1)
    press("is told")
    expect(told).to_contain_text(f"a loss of {loss:.4f} nats")
    lab.strip.focus()
    lab.page.keyboard.press("ArrowRight")  # pins the first column
    lab.page.keyboard.press("End")
    end = len(own[1]) - own[2] - 1
    expect(told).to_contain_text(f"a loss of {step_at(own, end)[1]:.4f} nats")

    canvas.focus()
    lab.page.keyboard.press("ArrowDown")  # points at the first unit of the last column
    expect(lit).to_have_attribute("data-line", "h")
    assert number(lit) == pytest.approx(own[3][-2, unit_of(lit)], abs=5e-5)
    lab.page.keyboard.press("Escape")
    expect(lit).not_to_have_attribute("data-line", "h")
    box = canvas.bounding_box()
    lab.page.mouse.move(box["x"] + box["width"] - 20, box["y"] + STATE)  # and so does the mouse
    expect(lit).to_have_attribute("data-line", "h")
    assert number(lit) == pytest.approx(own[3][-2, unit_of(lit)], abs=5e-5)
    expect(drawn.locator(".card")).to_contain_text(f"unit {unit_of(lit)} after reading")
    lab.page.mouse.move(5, 5)
    lab.key("step-as-tables").locator("label").click()
    expect(lab.key("step-sheet").locator("pre")).to_contain_text(f"= {step_at(own, end)[1]:.4f} nats")

    slider = lab.key("scrubber").get_by_role("slider")
    slider.press("Home")  # back to the untrained network
    expect(canvas).to_have_attribute("aria-label", re.compile("at step 0"))
    press("is told")
    expect(told).to_contain_text(f"a loss of {untrained(own, end):.4f} nats")
    slider.press("End")
    expect(canvas).to_have_attribute("aria-label", re.compile("at step 100"))
    expect(told).to_contain_text(f"a loss of {step_at(own, end)[1]:.4f} nats")

    before = canvas.get_attribute("aria-label")
    press("learns")
    lab.train()
    assert lab.soon(lambda: canvas.get_attribute("aria-label") != before)
    expect(lit).to_contain_text("W_hh moves by")  # while it trains it comes along, since somebody looks
    seen = set()
    assert lab.soon(lambda: seen.add(lit.inner_text()) or len(seen) > 8)
    assert all("W_hh moves by" in words for words in seen)


def test_it_plays_by_touch_through_the_phases_and_less_motion_goes_beat_by_beat(visit):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    lab = visit("text=Names&hidden_size=32&sequence_length=20&batch_size=2", reduced_motion="reduce", **phone)
    drawn = lab.key("step-drawn")
    canvas = drawn.locator("canvas").nth(1)
    drawn.get_by_label("Speed").fill("2")
    drawn.get_by_role("button", name="Play").tap()
    for phase in ("reads", "predicts", "is told", "learns"):
        expect(drawn.get_by_role("button", name=phase, exact=True)).to_have_attribute("aria-pressed", "true")
    expect(canvas).to_have_attribute("aria-label", re.compile("at step 0"))
    drawn.get_by_role("button", name="Pause").tap()
    expect(drawn.get_by_role("button", name="Play")).to_be_visible()
    assert all(box["height"] >= 44 for box in map(Locator.bounding_box, drawn.get_by_role("button").all()))
    canvas.tap(position={"x": canvas.bounding_box()["width"] - 20, "y": STATE})  # a finger lets a number stay
    expect(drawn.locator(".line.lit")).to_have_attribute("data-line", re.compile("^(h|dz)$"))
    expect(drawn.locator(".card")).to_contain_text("after reading")
