"""Make the README's moving picture of the drawn network, with a server of its own and a really trained network.

python tests/benchmarks/moving.py

The page's clock is stopped and moved on frame by frame, so that it plays evenly however slow the machine is.
"""

import sys
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image
from playwright.sync_api import expect, sync_playwright
from serving import ROOT, SECONDS, Server, launch

PICTURE = ROOT / ".github" / "network.webp"
STEPS = 9_000
FRAMES, MS = 140, 120  # of one character: read, guessed, told, learned from
WIDTH = 900  # pixels
LIMIT = 1_500_000  # bytes


def main() -> None:
    """Train on Pride and Prejudice for a while, then play one character."""
    expect.set_options(timeout=1000 * SECONDS)
    with Server() as server, sync_playwright() as playwright:
        page = launch(playwright).new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{server.url}/?text=Pride+and+Prejudice&hidden_size=32&sequence_length=8")
        drawn = page.locator(".st-key-step-drawn")
        expect(drawn.locator("canvas").nth(1)).to_be_visible()
        page.locator(".st-key-playing button[name]:visible").first.click()
        page.wait_for_function(
            "steps => Number(document.querySelector('.st-key-figures').innerText"
            ".match(/step ([\\d,]+)/)[1].replaceAll(',', '')) >= steps",
            arg=STEPS,
            timeout=300_000,
        )
        page.locator(".st-key-playing button[name]:visible").first.click()
        expect(page.locator(".st-key-figures")).to_contain_text("paused")
        drawn.evaluate("element => element.scrollIntoView({ block: 'start' })")
        page.locator(".st-key-player").evaluate("element => { element.style.visibility = 'hidden' }")
        drawn.get_by_label("Speed").fill("1")
        page.clock.install()
        page.clock.pause_at(page.evaluate("Date.now() + 1000"))
        drawn.get_by_role("button", name="Play").click()
        frames = []
        for _ in range(FRAMES):
            page.clock.run_for(MS)
            image = Image.open(BytesIO(drawn.screenshot())).convert("RGB")
            frames.append(image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS))
    height = min(frame.height for frame in frames)  # its line of words may come to be two
    frames = [frame.crop((0, 0, WIDTH, height)) for frame in frames]
    durations = [MS] * (FRAMES - 1) + [2_000]
    frames[0].save(PICTURE, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=60, method=4)
    assert PICTURE.stat().st_size < LIMIT, PICTURE.stat().st_size
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
