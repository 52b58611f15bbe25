"""The drawn network with gates, alone on a page: each number that is pointed at is the trainer's own."""

import re

import numpy as np
import pytest
from alone import Alone, pages
from playwright.sync_api import expect

from charrnn.dashboard.components import Story, Summed, encode_network
from charrnn.dashboard.inside.works import columns
from charrnn.insight.reading import states
from charrnn.insight.unrolled import unrolled
from charrnn.network.cells import CELLS
from charrnn.network.parameters import Parameters

ALPHABET, V, H, N, T = "abcdef", 6, 8, 14, 10
STRIPS = {"gru": "rznh", "lstm": "figcoh"}  # from left to right
# The edges of letters and lines may differ a little where the browser is told to draw only a part of them: by so much
# of 255, and by more in so few values.
EDGE, FEW = 24, 16
BY_HAND = """(edge) => {  // a play of which each frame comes when it is asked for
  let tick, now = performance.now();
  window.requestAnimationFrame = (callback) => { tick = callback; };
  const canvas = host.shadowRoot.querySelector("canvas[role=application]");
  const pixels = () => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.map((value, i) => (i % 4 === 3 ? value : value * data[i | 3] / 255));
  };
  window.frame = (ms) => {
    tick(now += ms);
    const goneOn = pixels();
    document.fonts.dispatchEvent(new Event("loadingdone"));  // all is drawn anew
    return pixels().filter((value, i) => Math.abs(value - goneOn[i]) > edge).length;
  };
}"""


def drawn(cell, last=True):
    """A network far from its start, one step of it, and that as sent."""
    rng = np.random.default_rng(3)
    parameters = CELLS[cell].initialise(V, H, rng, init="gaussian", scale=0.6)
    parameters.b_h[:] = rng.normal(size=len(parameters.b_h))
    ids = rng.integers(V, size=N + 1)
    step = unrolled(parameters, ids, states(parameters, ids[:-1]), T, last=last)
    told = [
        Summed(name=name, norm=float(np.linalg.norm(gradient)), cut=0, size=gradient.size, change=None)
        for name, gradient in zip(Parameters._fields, step.gradients, strict=True)
    ]
    story = Story(
        cell=cell, N=N, T=T, last=last, units=list(range(H)), H=H, chosen=False, summed=told, clip=5.0,
        optimizer="Adam", step="step 3", place=7, places=(0, 83),
    )  # fmt: skip
    return step, encode_network(columns(step, list(range(N)), list(range(H)), parameters, decode), story)


def decode(ids):
    return "".join(ALPHABET[i] for i in ids)


@pytest.fixture
def alone(chromium):
    with pages(chromium, "network", Alone) as opened:
        yield opened


@pytest.mark.parametrize("cell", STRIPS)
def test_each_strip_of_a_column_gives_its_number_forward_and_back(alone, cell):
    step, message = drawn(cell)
    one = alone(1000)
    one.receive(message)
    page, canvas, lit = one.page, one.page.locator("canvas[role=application]"), one.page.locator(".line.lit")
    there = {"h": step.h, **step.inside}

    def told(row, name):
        """That the line that is lit ends with a unit's number."""
        wanted = float(there[name][row, 2])
        expect(lit).to_contain_text(re.compile(rf"{name}\[2\] = "))
        said = lit.locator(".numbers").inner_text().replace("−", "-").split(" = ")[-1]
        assert float(re.sub(r"·10(.*)", power, said)) == pytest.approx(wanted, rel=3e-3, abs=6e-5)

    for phase in ("reads", "learns"):
        page.get_by_role("button", name=phase, exact=True).click()
        canvas.focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowDown"):  # h of the last column, its third unit
            page.keyboard.press(key)
        for s in range(len(STRIPS[cell])):  # from the last to the first, and on to the column before
            name = STRIPS[cell][-1 - s]
            told(-1, name if phase == "reads" else {"h": "dh", "c": "dc"}.get(name, f"da_{name}"))
            page.keyboard.press("ArrowLeft")
        told(-2, "h" if phase == "reads" else "dh")
        page.keyboard.press("Escape")
    page.keyboard.press("End")
    bars = one.page.locator("[data-line=dh]")
    for _ in range(4 * H):
        page.keyboard.press("ArrowDown")
    expect(bars).to_contain_text(f"= {step.share[-1]:.4f} over all {H} units")
    page.keyboard.press("ArrowUp")  # what it read, and W_xh above it
    page.keyboard.press("ArrowUp")
    expect(lit).to_contain_text(f"‖dW_xh‖ = {np.linalg.norm(step.gradients.W_xh):.4f}")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("last", [True, False])
def test_a_frame_of_the_play_draws_what_has_changed_and_leaves_the_whole_as_it_should_be(alone, cell, last):
    one = alone(1000)
    one.receive(drawn(cell, last)[1])
    one.page.evaluate(BY_HAND, EDGE)
    one.page.get_by_role("button", name="Play").click()
    differing = one.page.evaluate("Array.from({ length: 60 }, () => frame(330))")
    expect(one.page.locator(".phase[aria-pressed=true]")).to_have_text("learns")
    assert max(differing) <= FEW, differing


def test_a_picture_out_of_sight_keeps_its_place_and_is_there_again_when_it_is_scrolled_to(alone):
    one = alone(600)
    one.receive(drawn("gru")[1])
    canvas = one.page.locator("canvas[role=application]")
    picture, height = canvas.evaluate("it => it.toDataURL()"), canvas.bounding_box()["height"]
    one.page.locator("#host").evaluate("host => host.style.marginTop = '2000px'")
    expect(canvas).to_have_js_property("width", 0)
    assert canvas.bounding_box()["height"] == height
    canvas.scroll_into_view_if_needed()
    expect(canvas).not_to_have_js_property("width", 0)
    assert canvas.evaluate("it => it.toDataURL()") == picture


def power(found):
    """A power of ten in raised figures, as Python reads it."""
    return "e" + found[1].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
