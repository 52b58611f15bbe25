"""Walks every lesson in Chromium from its link to its end: python tests/soak/lessons.py [name …]

Prints what each step found and for how many seconds it had to train, which are to be 90 at most for a whole lesson.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lesson_walk import Walk
from playwright.sync_api import Error, expect, sync_playwright
from serving import Server, launch

from charrnn.dashboard.lessons.lesson import lessons

PROMISED = 90.0  # seconds of training


def main(names: list[str]) -> int:
    """Walk them; returns 1 where one is not walked to its end, or not in time."""
    found, wrong = lessons()
    print(*wrong, sep="\n", end="")
    failed = bool(wrong)
    expect.set_options(timeout=60_000)
    with Server() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for lesson in (lesson for lesson in found if not names or lesson.name in names):
            page, seconds = browser.new_context(viewport={"width": 1280, "height": 800}).new_page(), 0.0
            print(f"\n{lesson.title}")
            try:
                for taken in Walk(page, server.url, lesson).to_its_end():
                    seconds += taken.seconds
                    print(f"  {taken.title}: {taken.seconds:.0f} s. {taken.found}", flush=True)
            except (AssertionError, Error) as error:
                print(f"  NOT WALKED: {error}\n{server.log()}", flush=True)
                failed = True
            print(f"  {seconds:.0f} s of training in all")
            failed |= seconds > PROMISED
            page.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
