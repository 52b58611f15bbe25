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
from visit import SMALL, Visit

HERE = Path(__file__).parent
LAPTOP = {"width": 1280, "height": 800}
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
def browser(server: Server, chromium: Browser) -> Callable[..., BrowserContext]:
    """A browser with these options, the same one for all tests: scripts are loaded once, runs are each tab's own.

    It has forgotten the runs of others, unless it has no options of its own; nobody is here for the first time.
    """
    browsers: dict[str, BrowserContext] = {}

    def found(**options: Any) -> BrowserContext:
        name = repr(sorted(options.items()))
        new = name not in browsers
        if new:
            browsers[name] = chromium.new_context(**{"viewport": LAPTOP} | options)
        context = browsers[name]
        if new or options:
            page = context.new_page()
            page.goto(f"{server.url}/_stcore/health")
            page.evaluate("localStorage.clear(); localStorage.setItem('charrnn.greeted', 'yes')")
            page.close()
        return context

    return found


@pytest.fixture
def visit(server: Server, browser: Callable[..., BrowserContext]) -> Iterator[Callable[..., Visit]]:
    """Open the page in a new tab, of a browser with these options if any; at the end no console may hold an error."""
    visits = []

    def opened(query: str = "", **options: Any) -> Visit:
        visits.append(Visit(browser(**options).new_page(), server.url))
        return visits[-1].open(query)

    yield opened
    for one in visits:
        one.page.close()
    assert [error for one in visits for error in one.errors] == []


@pytest.fixture
def lab(visit: Callable[..., Visit]) -> Visit:
    """A small network on a small text."""
    return visit(SMALL)
