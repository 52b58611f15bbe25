"""The loss curve as a browser draws it: its script alone on an empty page, with frames as Python packs them."""

import json
import re
from collections.abc import Callable, Iterator
from math import exp
from typing import Any

import numpy as np
import pytest
from alone import THEMES, Alone, pages
from playwright.sync_api import Browser, expect

from charrnn.dashboard.components.loss_curve import CurveFrame, encode_curve

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


def a_frame(points: int = 400, last: int = 10_000, **change: Any) -> CurveFrame:
    steps = np.unique(np.geomspace(1, last, points).astype(int)) if points else np.array([], int)
    smooth = 1.6 + 2.4 / (1 + steps / 100)
    names = ("blind guess", "counting letters", "counting pairs", "counting triples", "file compression")
    frame: CurveFrame = {
        "steps": steps,
        "smooth": smooth,
        "low": smooth - 0.2,
        "high": smooth + 0.3,
        "held_out": [(int(step), float(loss)) for step, loss in zip(steps[::50], smooth[::50], strict=True)],
        "rivals": [{"name": name, "nats": nats} for name, nats in zip(names, (4.0, 2.9, 2.4, 2.0, 1.9), strict=True)],
        "marks": [],
        "blind": 4.0,
    }
    return frame | change  # type: ignore[return-value]


class Drawn(Alone):
    """The curve on its page."""

    @property
    def whole(self) -> Any:
        return self.page.get_by_role("button", name="whole curve")

    def draw(self, frame: CurveFrame) -> "Drawn":
        self.receive(encode_curve(frame))
        return self

    def unit(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def zoom(self, left: int = 250, right: int = 350) -> None:
        box = self.canvas.bounding_box()
        self.page.mouse.move(box["x"] + left, box["y"] + 60)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + right, box["y"] + 60, steps=3)
        self.page.mouse.up()
        expect(self.whole).to_be_visible()


@pytest.fixture
def curve(chromium: Browser) -> Iterator[Callable[..., Drawn]]:
    with pages(chromium, "loss_curve", Drawn) as opened:
        yield opened


CROWDED = a_frame(
    rivals=[{"name": f"rival {k}", "nats": 2 + 0.01 * k} for k in range(6)] + [{"name": "blind guess", "nats": 4.0}],
    marks=[{"step": 300 + 40 * k, "label": f"learning rate {k}"} for k in range(8)],
)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [340, 600])
def test_every_label_can_be_read_and_none_lies_on_another(curve, theme: str, width: int):
    assert curve(width, theme).draw(CROWDED).faults(theme, width) == []


def test_rivals_keep_their_order_when_their_labels_are_shifted_apart(curve):
    written = curve().draw(CROWDED).written()
    names = [one["text"].strip() for one in written if one["text"].startswith(("rival", "blind"))]
    assert names == ["blind guess", *(f"rival {k}" for k in range(5, -1, -1))]
    heights = [one["y"] for one in written if one["text"].strip() in names]
    assert heights == sorted(heights)


def test_before_any_training_axes_and_rivals_stand_already(curve):
    drawn = curve().draw(a_frame(points=0))
    assert {"blind guess", "1", "10", "100", "training steps"} <= set(drawn.texts())
    expect(drawn.canvas).to_have_attribute("aria-label", re.compile("nothing learned yet.*Rivals: blind guess 4.00"))


def test_a_change_of_unit_changes_the_labels_at_once_and_outlives_frames_and_reloads(curve):
    drawn = curve().draw(a_frame())
    assert {f"{exp(2.9):.0f}", "10", "50"} <= set(drawn.texts())
    expect(drawn.unit("hesitates between")).to_have_attribute("aria-pressed", "true")
    drawn.unit("bits").press("Enter")
    assert "4.18" in drawn.texts()  # 2.9 nats
    expect(drawn.unit("bits")).to_have_attribute("aria-pressed", "true")
    expect(drawn.unit("hesitates between")).to_have_attribute("aria-pressed", "false")
    assert "4.18" in drawn.draw(a_frame(last=20_000)).texts()
    drawn.open()
    assert "4.18" in drawn.draw(a_frame()).texts()


def test_where_the_browser_forbids_storage_the_unit_can_be_chosen_all_the_same(curve):
    drawn = curve()
    drawn.page.evaluate("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })")
    drawn.draw(a_frame()).unit("nats").click()
    assert "2.90" in drawn.texts()


def test_the_pointer_finds_the_loss_in_all_three_units(curve):
    drawn = curve().draw(a_frame())
    drawn.canvas.hover(position={"x": 300, "y": 80})
    expect(drawn.card).to_contain_text(re.compile(r"step[\d,]+hesitates between[\d.]+smoothed[\d.]+ nats[\d.]+ bits"))
    expect(drawn.card).to_contain_text(re.compile(r"each step[\d.]+ to [\d.]+"))
    drawn.page.mouse.move(650, 450)
    expect(drawn.card).to_be_hidden()


def test_a_finger_finds_the_loss_too(curve):
    drawn = curve(340, has_touch=True).draw(a_frame())
    drawn.canvas.tap(position={"x": 150, "y": 80})
    expect(drawn.card).to_contain_text("nats")


def test_keys_walk_along_the_curve_and_say_what_is_there(curve):
    drawn = curve().draw(a_frame())
    said = drawn.said
    drawn.canvas.press("Home")
    expect(said).to_contain_text(re.compile(r"^Step 1: hesitates between 5\d characters, 3\.98 nats, 5\.74 bits\."))
    drawn.canvas.press("ArrowRight")
    expect(said).to_contain_text(re.compile("^Step 2:"))
    drawn.canvas.press("End")
    expect(said).to_contain_text(re.compile("^Step 10,000:"))
    expect(drawn.card).to_be_visible()
    drawn.canvas.press("Escape")
    expect(drawn.card).to_be_hidden()
    expect(said).to_be_empty()


def steps_shown(drawn: Drawn) -> tuple[int, int]:
    """The first and the last step that keys reach: what the picture shows."""
    found = []
    for key in ("Home", "End"):
        drawn.canvas.press(key)
        found.append(int(re.search(r"Step ([\d,]+)", drawn.said.inner_text())[1].replace(",", "")))
    return found[0], found[1]


def test_a_stretch_drawn_with_the_pointer_fills_the_picture_and_stays_while_frames_arrive(curve):
    drawn = curve().draw(a_frame())
    expect(drawn.whole).to_be_hidden()
    drawn.zoom()
    first, last = steps_shown(drawn)
    assert 1 < first < last < 10_000
    drawn.draw(a_frame(last=10_500))
    zoomed = steps_shown(drawn)
    np.testing.assert_allclose(zoomed, (first, last), rtol=0.05)
    drawn.whole.click()
    assert steps_shown(drawn) == (1, 10_500)
    expect(drawn.whole).to_be_hidden()


def test_a_double_click_shows_the_whole_curve_again(curve):
    drawn = curve().draw(a_frame())
    drawn.zoom()
    drawn.canvas.dblclick(position={"x": 200, "y": 80})
    expect(drawn.whole).to_be_hidden()


def test_the_zoom_ends_when_training_starts_over(curve):
    drawn = curve().draw(a_frame())
    drawn.zoom()
    drawn.draw(a_frame(points=3, last=3))
    expect(drawn.whole).to_be_hidden()


def test_names_that_look_like_markup_are_shown_as_text(curve):
    hostile = a_frame(rivals=[{"name": HOSTILE, "nats": 3.0}], marks=[{"step": 100, "label": HOSTILE}])
    drawn = curve().draw(hostile)
    drawn.canvas.press("Home")
    while "onerror" not in drawn.card.inner_text():
        drawn.canvas.press("ArrowRight")
    expect(drawn.card).to_contain_text(HOSTILE)
    expect(drawn.said).to_contain_text(HOSTILE)
    assert json.dumps(HOSTILE)[1:9] in json.dumps(drawn.texts())
    expect(drawn.page.locator("img")).to_have_count(0)
    assert drawn.page.title() != "broken"


def test_a_loss_beyond_the_scale_is_said_to_be_over_it(curve):
    drawn = curve().draw(a_frame(points=1, smooth=[4.0], low=[3.0], high=[np.nan], held_out=[]))
    drawn.canvas.press("Home")
    expect(drawn.said).to_contain_text("3.00 to over 8.00 nats")


def test_a_curve_that_rises_far_above_a_blind_guess_is_not_cut(curve):
    smooth = [4.0, 2.0, 30.0, 55.0]
    blown = a_frame() | {"steps": [1, 100, 200, 300], "smooth": smooth, "low": smooth, "high": smooth, "held_out": []}
    drawn = curve().draw(blown)
    assert {"10²⁰", "10"} <= set(drawn.texts())
    drawn.canvas.press("End")
    expect(drawn.card).to_contain_text("10²⁴")
    drawn.unit("nats").click()
    assert "40" in drawn.texts()
    assert drawn.faults("light", 600) == []
    held = curve().draw(a_frame(held_out=[(100, 9.0)]))
    held.unit("nats").click()
    assert "8" in held.texts()


def test_the_picture_can_be_saved(curve):
    drawn = curve().draw(a_frame())
    with drawn.page.expect_download() as download:
        drawn.page.get_by_role("button", name="Save the curve as PNG").click()
    assert download.value.suggested_filename == "loss-curve.png"


def test_the_curve_is_told_to_those_who_do_not_see_it(curve):
    course = r"3\.98 nats at step 1, 1\.62 at step 10,000; held out 1\.\d\d\."
    label = course + r" Rivals: blind guess 4\.00, counting letters 2\.90"
    expect(curve().draw(a_frame()).canvas).to_have_attribute("aria-label", re.compile(label))
