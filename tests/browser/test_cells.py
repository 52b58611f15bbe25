"""Cells alone on a page: weights, and a text with something at each of its characters."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from alone import Alone, pages
from playwright.sync_api import Browser, Locator, expect

from charrnn.dashboard.components import Axis, Cell, encode_cells


class Cells(Alone):
    """The component, and what it told Python."""

    @property
    def canvas(self) -> Locator:
        return self.page.locator("canvas[role=application]")

    @property
    def card(self) -> Locator:
        return self.page.locator(".card")

    @property
    def spoken(self) -> Locator:
        return self.page.locator(".spoken")

    def told(self, cell: Cell | None) -> None:
        """Wait until Python was told so last."""
        self.page.wait_for_function("wanted => JSON.stringify(told.at(-1)?.[1]) === wanted", arg=compact(cell))


def compact(cell: Cell | None) -> str:
    return json.dumps(cell, separators=(",", ":"))


@pytest.fixture
def cells(chromium: Browser) -> Iterator[Callable[..., Cells]]:
    with pages(chromium, "cells", Cells) as opened:
        yield opened


def text(units: str = "05312", **options: Any) -> bytes:
    """Units in an order at each of four characters, each holding a tenth of its number."""
    values = np.array([[int(unit) / 10] * 4 for unit in units])
    across = Axis("character", "a b\n")
    down, options = Axis("unit", list(units)), {"limit": 1.0, "text": True} | options
    return encode_cells(values, down=down, across=across, title="value", **options)


def weights(largest: float = 0.5) -> bytes:
    values = np.full((30, 20), 0.25)
    values[2, 3] = largest
    down, across = Axis("character", [*"\n abcdefghijklmnopqrstuvwxyzéö"]), Axis("unit", list(map(str, range(20))))
    return encode_cells(values, down=down, across=across, title="weight")


def test_keys_move_the_pick_to_the_ends_and_no_further_and_escape_lets_go(cells):
    shown = cells()
    shown.receive(text())
    shown.canvas.focus()
    for key, said in (
        ("ArrowRight", "Unit 0 at character 2, space: +0.000"),
        ("ArrowDown", "Unit 5 at character 2, space: +0.500"),
        ("End", "Unit 5 at character 4, new line: +0.500"),
        ("ArrowRight", "Unit 5 at character 4, new line: +0.500"),
        ("ArrowUp", "Unit 0 at character 4, new line: +0.000"),
        ("Home", "Unit 0 at character 1, a: +0.000"),
    ):
        shown.page.keyboard.press(key)
        expect(shown.spoken).to_have_text(said)
    shown.told(Cell(row="0", column=0))
    shown.page.keyboard.press("Escape")
    expect(shown.card).to_be_hidden()
    shown.told(None)


def test_a_picked_unit_stays_picked_in_another_order_and_what_is_no_more_is_let_go(cells):
    shown = cells()
    shown.receive(text("05312"))
    shown.canvas.focus()
    shown.page.keyboard.press("ArrowDown")
    expect(shown.card).to_have_text("unit 5, character 1 a +0.500")
    shown.receive(text("31250"))
    expect(shown.card).to_have_text("unit 5, character 1 a +0.500")
    shown.receive(text("312"))
    expect(shown.card).to_be_hidden()


def test_what_need_not_be_exact_is_told_to_a_decimal_less(cells):
    shown = cells()
    shown.receive(text(exact=False, picked=Cell(row="3", column=2)))
    expect(shown.card).to_have_text("unit 3, character 3 b +0.30")


def test_a_weight_tells_what_it_joins_and_its_own_value_beyond_the_end_of_the_scale(cells):
    shown = cells()
    shown.receive(weights(largest=7.5))
    label = "weight: 30 × 20 values, character down, unit across, from −7.5 to +7.5. Arrow keys move, Escape lets go."
    expect(shown.canvas).to_have_attribute("aria-label", label)
    box = shown.canvas.bounding_box()
    at = {"x": box["width"] * 3.5 / 20, "y": (box["height"] - 20) * 2.5 / 30}
    shown.canvas.hover(position=at)
    expect(shown.card).to_have_text("character a → unit 3 +7.500")
    shown.canvas.click(position=at)
    expect(shown.spoken).to_have_text("character a → unit 3: +7.500")
    shown.told(Cell(row="a", column=3))
    shown.canvas.click(position=at)
    shown.told(None)


def test_a_few_large_weights_do_not_pale_the_others(cells):
    shown = cells()
    shown.receive(weights(largest=7.5))
    at = "({ width, height }) => [width / 40, height / 60]"  # amid the first row and column
    pixel = f"(canvas) => [...canvas.getContext('2d').getImageData(...({at})(canvas), 1, 1).data]"
    assert shown.canvas.evaluate(pixel) == [0x12, 0x4A, 0x86, 255], "the end of the scale, where the 0.25 lie"


@pytest.mark.parametrize(("message", "name"), [(text(), "value.png"), (weights(), "weight.png")])
def test_each_kind_is_saved_as_a_picture_at_twice_the_size(cells, message, name):
    shown = cells(accept_downloads=True)
    shown.receive(message)
    with shown.page.expect_download() as download:
        shown.page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == name
    header = download.value.path().read_bytes()[16:24]  # of a PNG: width and height
    width, height = (int.from_bytes(part, "big") for part in (header[:4], header[4:]))
    box = shown.canvas.bounding_box()
    assert width == pytest.approx(2 * (box["width"] + 44 + 24), abs=2)
    assert height == pytest.approx(2 * (box["height"] + 28 + 24), abs=2)
