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


CHANNEL = """
  const sent = [];
  window.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    constructor() { window.channel = this; setTimeout(() => this.onopen()); }
    send(text) { sent.push(JSON.parse(text)); }
    close() {}
  };
"""

TWO = """async ([first, next]) => {
  CHANNEL
  const { connect, follow } = await import("./live.js");
  const shown = [[], []];
  const both = shown.map((messages) => {
    const element = document.body.appendChild(document.createElement("p"));
    element.textContent = "in sight";
    return follow(element, (message) => messages.push(new TextDecoder().decode(message)));
  });
  both.forEach(({ take }) => take(Uint8Array.from(first)));
  connect("live/token", "", () => {});
  const asked = async () => {
    for (let frame = 0; !sent.at(-1)?.includes("figures"); frame += 1) {
      if (frame > 600) throw new Error("It is not asked for any more.");
      await new Promise(requestAnimationFrame);
    }
  };
  await asked();
  both[LEAVES].leave();
  channel.onmessage({ data: Uint8Array.from(next) });
  channel.onmessage({ data: "{}" });
  sent.length = 0;
  await asked();
  return shown;
}"""


@pytest.mark.parametrize("leaves", [0, 1])
def test_of_two_that_show_one_picture_for_a_moment_either_may_stay_and_goes_on(passages, leaves):
    """Streamlit builds a part anew beside the one before, and keeps the one or the other."""
    frames = [list(wire.sealed(wire.sealed(text, "figures", 1, version))) for version, text in enumerate((b"1", b"2"))]
    shown = passages().page.evaluate(TWO.replace("CHANNEL", CHANNEL).replace("LEAVES", str(leaves)), frames)
    assert shown[leaves] == ["1"]
    assert shown[1 - leaves] == ["1", "2"]


PARTS = """async (parts) => {
  CHANNEL
  const { connect } = await import("./live.js");
  const redrawn = [];
  let batch;
  const trigger = (part) => {  // as Streamlit's own: of all that comes before its timeout the first is redrawn
    if (batch === undefined) setTimeout(() => { redrawn.push(batch); batch = undefined; }, 0);
    batch ??= part;
  };
  parts.forEach((part) => connect("live/token", part, () => trigger(part)));
  const [first, ...others] = parts;
  for (const redraw of [[first], others]) channel.onmessage({ data: JSON.stringify({ redraw }) });
  await new Promise((done) => requestIdleCallback(done));
  for (let task = 0; task < 20; task += 1) await new Promise((done) => setTimeout(done, 0));
  return redrawn;
}"""


def test_all_parts_that_are_asked_for_at_once_are_redrawn(passages):
    parts = ["unit-text", "which-unit", "silence"]
    assert passages().page.evaluate(PARTS.replace("CHANNEL", CHANNEL), parts) == parts
