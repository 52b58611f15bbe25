"""A chart as a browser draws it: its script alone on an empty page, with charts as Python packs them."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from alone import THEMES, Alone, pages
from playwright.sync_api import Browser, expect

from charrnn.dashboard.components import Chart, Layer, Scale, encode_chart

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
STEPS = np.arange(0, 1_001, 10)
RUNS = [
    Layer("line", STEPS, 4 - STEPS / 500 + 0.001 * k, name=f"{k}", label=k_, colour=k_) for k, k_ in enumerate("ACE")
]
CROWDED = Chart(
    "crowded",
    "Losses of runs that end together",
    Scale("training steps", "count", low=0),
    Scale("loss, nats a character"),
    [
        *RUNS,
        *(Layer("dots", [k], [3], name=f"dot {k}", legend=f"what the dot {k} stands for") for k in range(5)),
        Layer("rule", [500, 520, 540, 990], label="the unroll ends here"),
    ],
)
FADING = Chart(
    "fading",
    "A norm that fades",
    Scale("characters back, k", low=0),
    Scale("norm", "power", log=True),
    [
        Layer("line", [0, 1, 2], [2.0, 3.2e-4, 1e-8], name="now", also={"a tenth below": [1.0, 1e-4, 1e-9]}),
        Layer("line", [0, 1], [1.0, 0.5], name="before"),
    ],
)
COSTS = Chart(
    "costs",
    "Costs of units",
    Scale("unit, the dearest first", names=["7", "3", "12"]),
    Scale("cost, nats"),
    [Layer("bars", [0, 1, 2], [0.1234, 0.01, -0.05], name="held at 0", colour="signed")],
)
SIGNS = Chart(
    "characters",
    "Characters in a plane",
    Scale("first", low=-2.2, high=2.2),
    Scale("second", low=-2.2, high=2.2),
    [
        Layer("signs", [k - 1.5, k - 1.5], [1, 0], name=kind, legend=kind, colour=kind, signs=signs)
        for k, (kind, signs) in enumerate([("vowel", "ae"), ("capital", "AB"), ("digit", "01"), ("space", " \n")])
    ],
    square=True,
)


class Drawn(Alone):
    """Charts on their page."""

    def draw(self, *charts: Chart) -> "Drawn":
        self.receive(encode_chart(*charts))
        return self


@pytest.fixture
def chart(chromium: Browser) -> Iterator[Callable[..., Drawn]]:
    with pages(chromium, "chart", Drawn) as opened:
        yield opened


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [340, 600])
def test_every_label_can_be_read_and_none_lies_on_another(chart, theme: str, width: int):
    drawn = chart(width, theme).draw(CROWDED)
    assert drawn.faults(theme, width, on_discs="ACE") == []
    assert {"A", "C", "E", "training steps", "loss, nats a character"} <= set(drawn.texts())


@pytest.mark.parametrize("theme", THEMES)
def test_signs_can_be_read_and_stay_themselves_while_they_move(chart, theme: str):
    drawn = chart(600, theme).draw(SIGNS)
    assert drawn.faults(theme, 600) == []
    assert set("aeAB01␣↵") <= set(drawn.texts())
    expect(drawn.canvas).to_have_attribute("aria-label", re.compile("vowel: a e; .*space: space new line"))
    drawn.canvas.press("ArrowRight")
    expect(drawn.said).to_have_text("a, vowel: first −1.5, second 1.")
    drawn.draw(SIGNS._replace(layers=[SIGNS.layers[0]._replace(x=[1, -1.5]), *SIGNS.layers[1:]]))
    expect(drawn.card).to_contain_text("a, vowelfirst1")


def test_keys_walk_along_a_line_and_from_line_to_line_and_say_exact_values(chart):
    drawn = chart().draw(FADING)
    drawn.canvas.press("ArrowRight")
    expect(drawn.said).to_have_text("now: characters back 0, norm 2, a tenth below 1.")
    drawn.canvas.press("ArrowRight")
    expect(drawn.said).to_have_text("now: characters back 1, norm 3.2 × 10⁻⁴, a tenth below 10⁻⁴.")
    drawn.canvas.press("ArrowDown")
    expect(drawn.said).to_have_text("before: characters back 1, norm 0.5.")
    expect(drawn.card).to_contain_text("before")
    drawn.canvas.press("Escape")
    expect(drawn.said).to_be_empty()
    expect(drawn.card).to_be_hidden()


def test_the_pointer_finds_the_nearest_point_and_a_bar_anywhere_in_its_column(chart):
    drawn = chart().draw(COSTS)
    drawn.canvas.hover(position={"x": 320, "y": 50})
    expect(drawn.card).to_have_text(re.compile("held at 0unit3cost, nats0.01"))
    drawn.page.mouse.move(650, 450)
    expect(drawn.card).to_be_hidden()
    drawn.canvas.click(position={"x": 590, "y": 50})
    expect(drawn.said).to_have_text("held at 0: unit 12, cost, nats −0.05.")


def test_a_point_stays_pointed_at_while_frames_arrive(chart):
    drawn = chart().draw(FADING)
    drawn.canvas.press("ArrowRight")
    drawn.canvas.press("ArrowRight")
    more = FADING.layers[0]._replace(x=[-1, 0, 1, 2], y=[3, 2, 0.25, 0.1], also={})
    drawn.draw(FADING._replace(layers=[more]))
    expect(drawn.card).to_contain_text("characters back1norm0.25")


def test_charts_side_by_side_come_and_go_each_with_its_heading_and_words(chart):
    drawn = chart().draw(FADING._replace(heading="Fading", note=HOSTILE), COSTS)
    expect(drawn.canvas).to_have_count(2)
    expect(drawn.page.locator(".heading").first).to_have_text("Fading")
    expect(drawn.page.locator(".note").first).to_have_text(HOSTILE)
    words = r"A norm that fades\. .*now: 2 at 0, 10⁻⁸ at 2; before: 1 at 0, 0\.5 at 1\. Arrow keys"
    expect(drawn.canvas.first).to_have_attribute("aria-label", re.compile(words))
    drawn.draw(COSTS)
    expect(drawn.canvas).to_have_count(1)
    expect(drawn.canvas).to_have_attribute("aria-label", re.compile("Costs of units"))


def test_the_picture_can_be_saved_under_its_name(chart):
    drawn = chart().draw(CROWDED)
    with drawn.page.expect_download() as download:
        drawn.page.get_by_role("button", name="Save the chart as PNG").click()
    assert download.value.suggested_filename == "crowded.png"
