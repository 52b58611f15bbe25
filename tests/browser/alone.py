"""A component's script alone on an empty page, with what Python packs for it, and what it writes on its canvas."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from itertools import combinations
from typing import Any

from playwright.sync_api import Browser, Page, Route

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
  import component from "./SCRIPT.js";
  const parentElement = document.getElementById("host").attachShadow({ mode: "open" });
  window.draw = (bytes) => component({ data: Uint8Array.from(bytes), parentElement, setStateValue() {} });
</script>"""


class Alone:
    """A component on its page."""

    def __init__(self, page: Page) -> None:
        self.page, self.errors = page, []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.canvas, self.card = page.locator("canvas"), page.locator(".card")
        self.said = page.locator("[aria-live]")
        self.open()

    def open(self) -> None:
        self.page.goto("http://alone.test/")

    def receive(self, message: bytes) -> None:
        self.page.evaluate("(bytes) => draw(bytes)", list(sealed(message)))

    def written(self) -> list[dict[str, Any]]:
        """The texts on the canvas that was drawn last."""
        return self.page.evaluate("written")

    def texts(self) -> list[str]:
        return [one["text"].strip() for one in self.written()]

    def faults(self, theme: str, width: int) -> list[Any]:
        """Labels that are too pale to be read, that are cut, or that lie on one another."""
        written = self.written()
        pale = [one["text"] for one in written if one["alpha"] < 1 or contrast(one["colour"], THEMES[theme]) < 4.5]
        cut = [one["text"] for one in written if one["left"] < 0 or one["right"] > width + 1]
        return pale + cut + [(a["text"], b["text"]) for a, b in combinations(written, 2) if overlap(a, b)]


@contextmanager
def pages(chromium: Browser, script: str, kind: type[Alone]) -> Iterator[Callable[..., Any]]:
    """Open pages of a width and theme with a component's script; at the end none may have thrown."""
    drawn: list[Alone] = []

    def opened(width: int = 600, theme: str = "light", **options: Any) -> Alone:
        page = chromium.new_context(viewport={"width": 700, "height": 500}, **options).new_page()
        content = PAGE.replace("WIDTH", str(width)).replace("BACKGROUND", THEMES[theme]).replace("SCRIPT", script)

        def serve(route: Route) -> None:
            name = route.request.url.rpartition("/")[2]
            if name.endswith(".js"):
                route.fulfill(body=(ASSETS / name).read_text(encoding="utf-8"), content_type="text/javascript")
            else:
                route.fulfill(body=content, content_type="text/html; charset=utf-8")

        page.route("http://alone.test/**", serve)
        drawn.append(kind(page))
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


def overlap(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two labels lie on one another."""
    return a["right"] > b["left"] + 0.1 and b["right"] > a["left"] + 0.1 and abs(a["y"] - b["y"]) < 11
