"""The page served once for all of these tests, a Chromium, and visitors to it.

Where no Chromium is found these tests are left out, and the end of the run says so; with CHARRNN_REQUIRE_BROWSER=1 that
is an error instead.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from serving import SECONDS, Server, find_chromium, launch
from visit import Visit

HERE = Path(__file__).parent
GRACE = 5.0  # seconds a run goes on after its page was closed; a reload on a busy machine takes two

expect.set_options(timeout=1000 * SECONDS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_chromium():
        return
    ours = [item for item in items if HERE in item.path.parents]
    if os.environ.get("CHARRNN_REQUIRE_BROWSER"):
        raise pytest.UsageError("CHARRNN_REQUIRE_BROWSER is set, and no Chromium was found.")
    items[:] = [item for item in items if item not in ours]
    config.hook.pytest_deselected(items=ours)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not find_chromium():
        terminalreporter.write_line(
            "The browser tests were left out: no Chromium was found (on Debian: apt-get install chromium).",
            yellow=True,
        )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server(CHARRNN_GRACE=str(GRACE)) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def laptop(chromium: Browser) -> BrowserContext:
    """One browser for all visits that need no other: scripts are loaded once, runs are each tab's own all the same."""
    return chromium.new_context(viewport={"width": 1280, "height": 800})


@pytest.fixture
def visit(server: Server, chromium: Browser, laptop: BrowserContext) -> Iterator[Callable[..., Visit]]:
    """Open the page in a new tab, of a browser with these options if any; at the end no console may hold an error."""
    visits = []

    def opened(query: str = "", **options: Any) -> Visit:
        context = chromium.new_context(**options) if options else laptop
        visits.append(Visit(context.new_page(), server.url))
        return visits[-1].open(query)

    yield opened
    for one in visits:
        one.page.close()
    assert [error for one in visits for error in one.errors] == []


@pytest.fixture
def lab(visit: Callable[..., Visit]) -> Visit:
    """A small network on a small text."""
    return visit("text=Names&hidden_size=32&sequence_length=20&batch_size=2")
