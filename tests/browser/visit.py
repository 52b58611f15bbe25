"""One person at one page, in a tab of their own: what they see, and what they press."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from serving import soon

SMALL = "text=Names&hidden_size=32&sequence_length=20&batch_size=2"  # a small network on a small text


def rows(table: Locator) -> list[str]:
    """The rows of a table that are in its sight, as a screen reader gets them."""
    return table.locator("canvas tbody tr").all_text_contents()


def choose(table: Locator, row: int) -> None:
    """Tick a row of a table that can be ticked; the cells are painted, so only their places are known."""
    table.locator(".dvn-scroller").click(position={"x": 17, "y": 50 + 33 * row})


class Visit:
    """A page, and what went wrong on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        # What the console reports as an error or of a chart as a warning, and requests to other hosts.
        self.errors: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._check(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" or "Infinite extent" in text:
            self.errors.append(text)

    def _check(self, url: str) -> None:
        if not url.startswith((self.url, self.url.replace("http", "ws", 1), "data:", "blob:")):
            self.errors.append(f"asked another host: {url}")

    def open(self, query: str = "") -> "Visit":
        """Go to the page and wait until strip, curve and buttons stand."""
        self.page.goto(f"{self.url}/?{query}")
        return self.settled()

    def reload(self) -> "Visit":
        self.page.reload()
        return self.settled()

    def settled(self) -> "Visit":
        for part in (self.strip, self.curve, self.key("heatmap").locator("canvas").nth(1), self.key("player")):
            expect(part).to_be_visible()
        return self

    def key(self, key: str) -> Locator:
        """A widget or container by its key."""
        return self.page.locator(f".st-key-{key}")

    def button(self, key: str) -> Locator:
        if key in ("train", "pause"):  # one button, which says what it does now
            return self.key("playing").locator(f"button[name={key}]:visible")
        return self.key(key).locator("button:visible")

    def turn_to(self, subject: str) -> "Visit":
        """Choose what is shown of the units."""
        self.page.get_by_role("radiogroup", name="About the units").get_by_role("radio", name=subject).click()
        return self

    def train(self) -> "Visit":
        """Press Train and wait until it does."""
        step = self.step
        self.button("train").click()
        expect(self.button("pause")).to_be_visible()
        assert self.soon(lambda: self.step > step)
        return self

    def pause(self) -> "Visit":
        self.button("pause").click()
        expect(self.button("train")).to_be_visible()
        expect(self.figures).to_contain_text("paused")
        return self

    def choose_steps(self, choice: str) -> "Visit":
        """Choose from the step menu."""
        self.button("step").click()
        self.page.get_by_role("menuitem", name=choice, exact=True).click()
        return self

    @property
    def strip(self) -> Locator:
        """The canvas that shows the strip's cells."""
        return self.key("strip").locator("canvas").nth(1)

    @property
    def strip_says(self) -> str:
        """The strip in words, as a screen reader gets it."""
        return self.strip.get_attribute("aria-label") or ""

    @property
    def curve(self) -> Locator:
        return self.key("curve").locator("svg.marks")

    @property
    def sample(self) -> Locator:
        return self.key("written-text").locator("pre")

    @property
    def figures(self) -> Locator:
        return self.key("figures")

    @property
    def step(self) -> int:
        """The step that the player names."""
        found = self.soon(lambda: re.search(r"step ([\d,]+)", self.figures.inner_text()))
        return int(found[1].replace(",", ""))

    @property
    def token(self) -> str:
        """The run's token, in the address."""
        return re.search(r"[?&]run=([^&]+)", self.page.url)[1]

    def at_rest(self) -> None:
        """Wait until nothing of the page is being drawn."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

    def soon(self, condition: Callable[[], Any]) -> Any:
        """Look again and again until a condition holds, letting the browser's events in meanwhile."""

        def look() -> Any:
            self.page.wait_for_timeout(20)
            return condition()

        return soon(look)

    def colours(self, part: Locator) -> int:
        """How many different colours a part of the page shows."""
        pixels = np.asarray(Image.open(BytesIO(part.screenshot())).convert("RGB"))
        return len(np.unique(pixels.reshape(-1, 3), axis=0))
