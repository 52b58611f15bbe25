"""Of two pictures the browser shows the newer one, whichever way each came, and whichever server drew it."""

from collections.abc import Callable, Iterator

import pytest
from alone import Alone, pages
from playwright.sync_api import Browser, expect

from charrnn.dashboard import wire
from charrnn.dashboard.components import Passage, encode_passages


@pytest.fixture
def passages(chromium: Browser) -> Iterator[Callable[..., Alone]]:
    with pages(chromium, "passages", Alone) as opened:
        yield opened


def test_an_earlier_drawing_or_version_is_not_shown_but_another_server_s_is(passages, monkeypatch: pytest.MonkeyPatch):
    shown = passages()

    def receive(text: str, drawn: int, version: int) -> None:
        message = encode_passages([Passage(title="it writes", text=text)])
        shown.receive(wire.sealed(message, drawn=drawn, version=version))

    receive("newest", 5, 7)
    receive("earlier version", 5, 6)
    receive("earlier drawing", 4, 9)
    expect(shown.page.locator("#host")).to_contain_text("newest")
    monkeypatch.setattr(wire, "SERVER", "another")
    receive("after a restart", 1, 1)
    expect(shown.page.locator("#host")).to_contain_text("after a restart")
