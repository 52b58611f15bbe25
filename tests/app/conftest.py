"""A simulated page, and an engine whose processes are gone when the test is over."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from app_page import SMALL, Page

from charrnn.dashboard.session import server


@pytest.fixture
def folded() -> Sequence[str]:
    """Sections that have never been unfolded: those that stand open for a visitor, since most tests look elsewhere and
    drawing them takes a third of the time. Who looks into them says otherwise."""
    return "works", "knows"


@pytest.fixture
def panels() -> Sequence[str]:
    """Panels that stand open. Who looks into one says which: drawing them all takes half of the time."""
    return ()


@pytest.fixture
def open_page(folded: Sequence[str], panels: Sequence[str]) -> Iterator[Callable[..., Page]]:
    """Open the page under a link: its query by name, a small network on a small text unless told otherwise."""

    def opened(**query: str) -> Page:
        return Page(query if {"run", "watch"} & set(query) else SMALL | query, folded, panels)

    yield opened
    server.engine().close()
    server.engine.clear()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()
