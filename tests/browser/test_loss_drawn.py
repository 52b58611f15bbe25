"""The loss curve as a browser draws it: its script alone on an empty page, with frames as Python packs them."""

import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import combinations
from math import exp
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from charrnn.dashboard.components.loss_curve import CurveFrame, encode_curve
from charrnn.dashboard.components.wire import sealed

ASSETS = resources.files("charrnn.dashboard.components") / "assets"
THEMES = {"light": "#FCFCFA", "dark": "#14161A"}
PAGE = """<!doctype html><div id="host" style="width: WIDTHpx; --st-background-color: BACKGROUND"></div>
<script>
  written = [];  // the texts on the picture, where they stand and in which colour
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    written = [];
    clearRect.apply(this, box);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const width = this.measureText(text).width;
    const left = x - { left: 0, center: 0.5, right: 1 }[this.textAlign] * width;
    written.push({ text, left, right: left + width, y, colour: this.fillStyle, alpha: this.globalAlpha });
    fillText.call(this, text, x, y);
  };
</script>
<script type="module">
  import curve from "./loss_curve.js";
  const parentElement = document.getElementById("host").attachShadow({ mode: "open" });
  window.draw = (bytes) => curve({ data: Uint8Array.from(bytes), parentElement, setStateValue() {} });
</script>"""
HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


def a_frame(points: int = 400, last: int = 10_000, **change: Any) -> CurveFrame:
    steps = np.unique(np.geomspace(1, last, points).astype(int)) if points else np.array([], int)
    smooth = 1.6 + 2.4 / (1 + steps / 100)
    names = ("blind guess", "letter counts", "sees 1 back", "sees 2 back", "file compressor")
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


class Drawn:
    """The curve on its page."""

    def __init__(self, page: Page) -> None:
        self.page, self.errors = page, []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.canvas, self.card = page.locator("canvas"), page.locator(".card")
        self.whole = page.get_by_role("button", name="whole curve")
        self.open()

    def open(self) -> None:
        self.page.goto("http://curve.test/")

    def draw(self, frame: CurveFrame) -> "Drawn":
        self.page.evaluate("(bytes) => draw(bytes)", list(sealed(encode_curve(frame))))
        return self

    def unit(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def written(self) -> list[dict[str, Any]]:
        return self.page.evaluate("written")

    def texts(self) -> list[str]:
        return [one["text"].strip() for one in self.written()]

    def zoom(self, left: int = 250, right: int = 350) -> None:
        box = self.canvas.bounding_box()
        self.page.mouse.move(box["x"] + left, box["y"] + 60)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + right, box["y"] + 60, steps=3)
        self.page.mouse.up()
        expect(self.whole).to_be_visible()


@pytest.fixture
def curve(chromium: Browser) -> Iterator[Callable[..., Drawn]]:
    drawn = []

    def opened(width: int = 600, theme: str = "light", **options: Any) -> Drawn:
        page = chromium.new_context(viewport={"width": 700, "height": 500}, **options).new_page()
        content = PAGE.replace("WIDTH", str(width)).replace("BACKGROUND", THEMES[theme])

        def serve(route: Route) -> None:
            name = route.request.url.rpartition("/")[2]
            if name.endswith(".js"):
                route.fulfill(body=(ASSETS / name).read_text(encoding="utf-8"), content_type="text/javascript")
            else:
                route.fulfill(body=content, content_type="text/html; charset=utf-8")

        page.route("http://curve.test/**", serve)
        drawn.append(Drawn(page))
        return drawn[-1]

    yield opened
    for one in drawn:
        one.page.context.close()
    assert [error for one in drawn for error in one.errors] == []


def luminance(colour: str) -> float:
    rgb = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


CROWDED = a_frame(
    rivals=[{"name": f"rival {k}", "nats": 2 + 0.01 * k} for k in range(6)] + [{"name": "blind guess", "nats": 4.0}],
    marks=[{"step": 300 + 40 * k, "label": f"learning rate {k}"} for k in range(8)],
)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [340, 600])
def test_every_label_can_be_read_and_none_lies_on_another(curve, theme: str, width: int):
    written = curve(width, theme).draw(CROWDED).written()
    assert [one["text"] for one in written if one["alpha"] < 1 or contrast(one["colour"], THEMES[theme]) < 4.5] == []
    assert [one["text"] for one in written if one["left"] < 0 or one["right"] > width + 1] == []
    one_on_another = [
        (a["text"], b["text"])
        for a, b in combinations(written, 2)
        if a["right"] > b["left"] + 0.1 and b["right"] > a["left"] + 0.1 and abs(a["y"] - b["y"]) < 11
    ]
    assert one_on_another == []


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
    expect(drawn.card).to_contain_text(re.compile(r"each window[\d.]+ to [\d.]+"))
    drawn.page.mouse.move(650, 450)
    expect(drawn.card).to_be_hidden()


def test_a_finger_finds_the_loss_too(curve):
    drawn = curve(340, has_touch=True).draw(a_frame())
    drawn.canvas.tap(position={"x": 150, "y": 80})
    expect(drawn.card).to_contain_text("nats")


def test_keys_walk_along_the_curve_and_say_what_is_there(curve):
    drawn = curve().draw(a_frame())
    said = drawn.page.locator("[aria-live]")
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
        found.append(
            int(re.search(r"Step ([\d,]+)", drawn.page.locator("[aria-live]").inner_text())[1].replace(",", ""))
        )
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
    expect(drawn.page.locator("[aria-live]")).to_contain_text(HOSTILE)
    assert json.dumps(HOSTILE)[1:9] in json.dumps(drawn.texts())
    expect(drawn.page.locator("img")).to_have_count(0)
    assert drawn.page.title() != "broken"


def test_a_loss_beyond_the_scale_is_said_to_be_over_it(curve):
    drawn = curve().draw(a_frame(points=1, smooth=[4.0], low=[3.0], high=[np.nan], held_out=[]))
    drawn.canvas.press("Home")
    expect(drawn.page.locator("[aria-live]")).to_contain_text("3.00 to over 8.00 nats")


def test_the_picture_can_be_saved(curve):
    drawn = curve().draw(a_frame())
    with drawn.page.expect_download() as download:
        drawn.page.get_by_role("button", name="Save the curve as PNG").click()
    assert download.value.suggested_filename == "loss-curve.png"


def test_the_curve_is_told_to_those_who_do_not_see_it(curve):
    label = (
        r"3\.98 nats at step 1, 1\.62 at step 10,000; held out 1\.\d\d\. Rivals: blind guess 4\.00, letter counts 2\.90"
    )
    expect(curve().draw(a_frame()).canvas).to_have_attribute("aria-label", re.compile(label))
