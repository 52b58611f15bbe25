"""What a frame of the drawn network costs the browser's main thread, while it plays.

    python tests/benchmarks/drawn.py

12 columns of 32 units in a Chromium without a graphics card. A frame is timed twice: its drawing alone, and from there
until the browser has laid out and painted what was drawn: median and 95th percentile in milliseconds of the clock,
which runs on while a busy machine does something else. So also the mean processor time of a frame.
"""

import sys
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import CDPSession, expect, sync_playwright
from serving import SECONDS, Server, launch

FRAMES = 600
TIMED = """
const ask = window.requestAnimationFrame.bind(window), channel = new MessageChannel();
window.frames = { drawn: [], painted: [] };
let began = 0;
channel.port1.onmessage = () => window.frames.painted.push(performance.now() - began);  // the task after the painting
window.requestAnimationFrame = (callback) => ask((now) => {
  const start = performance.now();
  callback(now);
  if (callback.name !== "tick") return;  // of the network's play; others are of Streamlit
  window.frames.drawn.push(performance.now() - start);
  began = start;
  channel.port2.postMessage(0);
});
"""


def main() -> None:
    """Train a little, play at the usual pace, and print what was measured."""
    expect.set_options(timeout=1000 * SECONDS)
    with Server() as server, sync_playwright() as playwright:
        page = launch(playwright).new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(TIMED)
        page.goto(f"{server.url}/?text=Names&hidden_size=32&sequence_length=20&batch_size=2")
        drawn = page.locator(".st-key-step-drawn")
        expect(drawn.locator("canvas").nth(1)).to_be_visible()
        page.locator(".st-key-step button:visible").click()
        page.get_by_role("menuitem", name="1,000 steps", exact=True).click()
        expect(page.locator(".st-key-figures")).to_contain_text("paused")
        drawn.scroll_into_view_if_needed()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        drawn.get_by_role("button", name="Play").click()
        page.evaluate("frames.drawn.length = frames.painted.length = 0")
        before = seconds(devtools)
        page.wait_for_function("many => frames.painted.length > many", arg=FRAMES, timeout=1000 * SECONDS)
        after, frames = seconds(devtools), page.evaluate("frames")
        for name, times in frames.items():
            print(f"{name:>8}: median {median(times):.1f} ms, 95th percentile {quantiles(times, n=20)[-1]:.1f} ms")
        each = {name: 1e3 * (after[name] - before[name]) / len(frames["drawn"]) for name in after}
        print(f"processor time a frame: scripts {each['ScriptDuration']:.1f} ms, all {each['TaskDuration']:.1f} ms")


def seconds(devtools: CDPSession) -> dict[str, float]:
    """Processor time that the page's main thread has spent, by what on."""
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return {name: metrics[name] for name in ("ScriptDuration", "TaskDuration")}


if __name__ == "__main__":
    main()
