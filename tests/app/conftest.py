"""A simulated page, and an engine whose processes are gone when the test is over."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from app_page import Page

from charrnn.dashboard.session import server


@pytest.fixture
def open_page() -> Iterator[Callable[..., Page]]:
    """Open the page under a link: its query by name, a small network on a small text unless told otherwise.

    Sections that are `folded` have never been unfolded.
    """

    def opened(folded: Sequence[str] = (), **query: str) -> Page:
        small = {"text": "Names", "hidden_size": "16", "sequence_length": "20", "batch_size": "2"}
        return Page(query if {"run", "watch"} & set(query) else small | query, folded)

    yield opened
    server.engine().close()
    server.engine.clear()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()
