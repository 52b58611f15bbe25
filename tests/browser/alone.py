"""A component's script alone on an empty page, with what Python packs for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

from playwright.sync_api import Browser, Page, Route

from charrnn.dashboard.wire import sealed

ASSETS = resources.files("charrnn.dashboard.components") / "assets"
THEMES = {"light": "#FCFCFA", "dark": "#14161A"}
PAGE = """<!doctype html>
<div id="host" style="width: WIDTHpx; --st-background-color: BACKGROUND; --st-code-font: monospace"></div>
<script type="module">
  import component from "./SCRIPT.js";
  const parentElement = document.getElementById("host").attachShadow({ mode: "open" });
  window.told = [];
  const setStateValue = (name, value) => told.push([name, value]);
  window.draw = (bytes) => component({ data: Uint8Array.from(bytes), parentElement, setStateValue });
</script>"""


class Alone:
    """A component on its page."""

    def __init__(self, page: Page) -> None:
        self.page, self.errors = page, []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.open()

    def open(self) -> None:
        self.page.goto("http://alone.test/")

    def receive(self, message: bytes) -> None:
        self.page.evaluate("(bytes) => draw(bytes)", list(sealed(message)))


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
