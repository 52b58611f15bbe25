"""Make the README's pictures of the page, with a server of its own and networks that are really trained.

    python tests/benchmarks/pictures.py [start lesson network]

Into .github/: the first screen, at rest and in its first twenty seconds; the heatmap; a lesson, and the unit on the
text that it shows; the network drawn. The first twenty seconds are those of this machine: let it have nothing else to
do.
"""

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project

from lesson_walk import Walk
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from serving import ROOT, SECONDS, Server, launch

from charrnn.dashboard.lessons.lesson import LESSONS, read

FOLDER = ROOT / ".github"
TEXT = "text=Pride+and+Prejudice"
TRAINED, DRAWN = 10_000, 9_000  # steps
FIRST, EVERY = 20, 500  # seconds, and ms between two pictures of them
FRAMES, MS = 140, 120  # of one character going through the network: read, guessed, told, learned from
WIDTH = 900  # pixels of what moves
LIMIT = 2_500_000  # bytes of all


def opened(browser: Browser, height: int = 800) -> Page:
    """A page of nobody's first visit."""
    page = browser.new_page(viewport={"width": 1280, "height": height})
    page.add_init_script("localStorage.setItem('charrnn.greeted', 'yes')")
    return page


def pressed(page: Page) -> None:
    """Train, or Pause."""
    page.locator(".st-key-playing button[name]:visible").first.click()
    page.mouse.move(640, 5)


def trained(page: Page, steps: int) -> None:
    """Wait for so many steps, then pause."""
    page.wait_for_function(
        "steps => Number(document.querySelector('.st-key-figures').innerText"
        ".match(/step ([\\d,]+)/)[1].replaceAll(',', '')) >= steps",
        arg=steps,
        timeout=600_000,
    )
    pressed(page)
    expect(page.locator(".st-key-figures")).to_contain_text("paused")


def taken(of: Page | Locator) -> Image.Image:
    """A picture, as it is now."""
    return Image.open(BytesIO(of.screenshot())).convert("RGB")


def still(name: str, of: Page | Locator, wide: int = 1280) -> None:
    """A picture of the page at rest, or as much of its left."""
    image = taken(of)
    image.crop((0, 0, min(wide, image.width), image.height)).save(FOLDER / name, quality=85, method=6)


def moving(name: str, frames: list[Image.Image], ms: int, last: int) -> None:
    """A picture that moves, its last frame for `last` ms."""
    small = [
        frame.resize((WIDTH, round(frame.height * WIDTH / frame.width)), Image.Resampling.LANCZOS) for frame in frames
    ]
    height = min(frame.height for frame in small)  # a line of words may come to be two
    small = [frame.crop((0, 0, WIDTH, height)) for frame in small]
    durations = [ms] * (len(small) - 1) + [last]
    small[0].save(
        FOLDER / name, save_all=True, append_images=small[1:], duration=durations, loop=0, quality=50, method=4
    )


def alone(page: Page, part: str) -> Locator:
    """A part of the page, without the player over it."""
    found = page.locator(f".st-key-{part}")
    page.locator(".st-key-player").evaluate("player => { player.style.visibility = 'hidden' }")
    found.evaluate("part => part.scrollIntoView({ block: 'start' })")
    return found


def start(browser: Browser, url: str) -> None:
    """The first screen: its first seconds, and once it has learned for a while."""
    page = opened(browser)
    page.goto(f"{url}/?{TEXT}")
    expect(page.locator(".st-key-heatmap canvas").nth(1)).to_be_visible()
    frames = [taken(page)]
    pressed(page)
    for _ in range(FIRST * 1000 // EVERY):
        page.wait_for_timeout(EVERY)
        frames.append(taken(page))
    moving("start.webp", frames, EVERY, 4_000)
    trained(page, TRAINED)
    page.wait_for_timeout(1_000)
    still("page.webp", page)
    still("heatmap.webp", alone(page, "heatmap"))
    page.close()


def lesson(browser: Browser, url: str) -> None:
    """A lesson walked to its last step, and the unit on the text to which that points."""
    page = opened(browser)
    walk = Walk(page, url, read(LESSONS / "what-the-hidden-state-holds.md"))
    for step in walk.lesson.steps[:-1]:
        walk.take(step)
        walk.press("lesson-next")
    expect(page.get_by_text(f"{len(walk.lesson.steps)} of {len(walk.lesson.steps)}")).to_be_visible()
    page.wait_for_timeout(4_000)  # it is led to the text
    still("lesson.webp", page)
    still("unit.webp", alone(page, "on-the-text"), 560)
    page.close()


def network(browser: Browser, url: str) -> None:
    """One character going through the drawn network.

    The page's clock is stopped and moved on frame by frame, so that it plays evenly however slow the machine is.
    """
    page = opened(browser, 1000)
    page.goto(f"{url}/?{TEXT}&hidden_size=32&sequence_length=8")
    expect(page.locator(".st-key-step-drawn canvas").nth(1)).to_be_visible()
    pressed(page)
    trained(page, DRAWN)
    drawn = alone(page, "step-drawn")
    drawn.get_by_label("Speed").fill("1")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    drawn.get_by_role("button", name="Play").click()
    frames = []
    for _ in range(FRAMES):
        page.clock.run_for(MS)
        frames.append(taken(drawn))
    moving("network.webp", frames, MS, 2_000)
    page.close()


MADE: dict[str, Callable[[Browser, str], None]] = {"start": start, "lesson": lesson, "network": network}


def main(*chosen: str) -> None:
    """Make all, or those chosen."""
    expect.set_options(timeout=1000 * SECONDS)
    with Server() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in chosen or MADE:
            MADE[name](browser, server.url)
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.webp"))}
    print(*(f"{name}: {size:,} bytes" for name, size in sizes.items()), sep="\n")
    assert sum(sizes.values()) < LIMIT, sum(sizes.values())


if __name__ == "__main__":
    main(*sys.argv[1:])
