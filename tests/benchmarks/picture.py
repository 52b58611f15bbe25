"""Make the README's picture of the page, with a server of its own and a really trained network.

python tests/benchmarks/picture.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import expect, sync_playwright
from serving import ROOT, Server, launch

PICTURE = ROOT / ".github" / "page.png"
STEPS = 10_000


def main() -> None:
    """Train on Pride and Prejudice for a while, then take the picture."""
    with Server() as server, sync_playwright() as playwright:
        page = launch(playwright).new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}/?text=Pride+and+Prejudice")
        page.locator(".st-key-playing button[name]:visible").first.click()
        figures = page.locator(".st-key-figures")
        expect(figures).to_contain_text("step 1", timeout=60_000)
        page.wait_for_function(
            "steps => Number(document.querySelector('.st-key-figures').innerText"
            ".match(/step ([\\d,]+)/)[1].replaceAll(',', '')) >= steps",
            arg=STEPS,
            timeout=300_000,
        )
        page.mouse.move(640, 5)
        page.screenshot(path=PICTURE)
    print(PICTURE)


if __name__ == "__main__":
    main()
