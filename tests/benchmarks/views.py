"""What redrawing one view costs the browser: python tests/benchmarks/views.py [--json] [--units 256] [--repeats 9]

For each view of the page, with 256 units and 200 characters unless told otherwise, in a real Chromium:

    ms        processor time of the page's main thread for one redraw of the view alone, by its fragment, with data that
              it has not shown before, all tasks together (scripts, style, layout, painting): the difference of CDP's
              TaskDuration from the click on "again" until half a second after the redraw has arrived, the median of
              the repeats, less the same for an empty fragment, which has the click, the message and the clock's ticks
    channel   the same where the view follows the network while it trains: the new pictures come over the session's
              channel, and Streamlit has no part in it
    longest   the longest single task of Streamlit's redraws, in ms; 0: none of 50 ms or more (PerformanceObserver)

Each view stands alone on a page (one_view.py) and is drawn by the page's own function; "memory, eigenvalues" and its
like are one fragment on the page and are drawn as one. The first drawing of each is not counted, and a worker that
trains rests while a redraw is measured. It starts a server of its own and ends it.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from serving import Server, launch

VIEWS = (
    *("reading strip", "loss curve", "heatmap", "coloured text", "most on and off", "verdict table"),
    *("ablation, two samples", "ablation bars", "memory, eigenvalues", "connections", "guesses", "matrix W_hh"),
    *("histograms", "as training met it", "saturation over time", "embedding", "network drawn", "its numbers"),
    *("compare two runs", "results of two runs", "curves of two runs", "filmstrip"),
)
LIVE = ("reading strip", "heatmap", "coloured text", "connections", "matrix W_hh", "compare two runs")
LIMIT = 50  # ms a redraw, asked for at 256 units and 200 characters
BETWEEN = 1500  # ms, after which the largest picture may be sent again
SETTLED = 500  # ms after a redraw has arrived, in which charts are drawn
PATIENCE = 600_000  # ms for training and measuring before a redraw
VIEWPORT = {"width": 1280, "height": 1500}  # so that all of a view is in sight
LONG_TASKS = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
    .observe({ entryTypes: ["longtask"] });
}"""


def main() -> None:
    """Measure and print."""
    arguments = parsed()
    with (
        Server("tests/benchmarks/one_view_server.py", VIEWS_UNITS=str(arguments.units)) as server,
        sync_playwright() as started,
    ):
        browser = launch(started)
        nothing, silent, _ = redraws(browser, server.url, "nothing", arguments.repeats)
        figures = {}
        for view in arguments.views or VIEWS:
            spent, live, longest = redraws(browser, server.url, view, arguments.repeats)
            figures[view] = {
                "ms": round(statistics.median(spent) - statistics.median(nothing), 1),
                "channel": round(statistics.median(live) - statistics.median(silent), 1) if view in LIVE else None,
                "longest": round(longest),
                "all": [round(one, 1) for one in spent],
            }
            print(line(view, figures[view]), file=sys.stderr, flush=True)
        browser.close()
    about = {"units": arguments.units, "characters": 200, "repeats": arguments.repeats}
    about["empty_fragment_ms"] = round(statistics.median(nothing), 1)
    print(json.dumps(about | {"views": figures}, indent=2) if arguments.json else table(figures))


def parsed() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("views", nargs="*", help="some of the views; none: all")
    return parser.parse_args()


def redraws(browser: Browser, url: str, view: str, repeats: int) -> tuple[list[float], list[float], float]:
    """Milliseconds of main thread for each redraw of a view, by Streamlit and by the channel; the longest task."""
    page, session = opened(browser, url, view=view)
    redraw(page, session, 2)  # the first loads scripts
    page.evaluate(LONG_TASKS)
    spent = [redraw(page, session, number) for number in range(3, repeats + 3)]
    longest = max(page.evaluate("tasks"), default=0)
    page.close()
    live = []
    if view in (*LIVE, "nothing"):
        page, session = opened(browser, url, view=view, live="1")
        live = [sent(page, session) for _ in range(repeats + 1)][1:]
        page.close()
    return spent, live, longest


def opened(browser: Browser, url: str, **query: str) -> tuple[Page, CDPSession]:
    """A page with one view, drawn once."""
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(f"{url}/?{urlencode(query)}")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # whatever else the machine does meanwhile
    arrived(page, 1)
    return page, session


def redraw(page: Page, session: CDPSession, number: int) -> float:
    """Milliseconds of main thread from the click on, until the view stands there as drawn for the nth time."""
    before = busy(session)
    page.evaluate("document.querySelector('.st-key-again button').click()")
    arrived(page, number)
    return busy(session) - before


def sent(page: Page, session: CDPSession) -> float:
    """Milliseconds of main thread from the press on, until what is new has come over the channel and is drawn."""
    page.wait_for_timeout(BETWEEN)
    button = page.locator(".st-key-more button")
    before, name = busy(session), button.get_attribute("name")
    button.evaluate("button => button.click()")
    button.and_(page.locator(f":not([name={name}])")).wait_for(timeout=PATIENCE)
    page.wait_for_timeout(SETTLED)
    return busy(session) - before


def arrived(page: Page, number: int) -> None:
    """Wait until the view has been drawn for the nth time, and its charts too. Looking costs next to nothing."""
    page.wait_for_function(
        "drawn => document.querySelector('.st-key-drawn')?.textContent === drawn"
        " || document.querySelector('.stException')",
        arg=f"drawn {number}",
        polling=50,
        timeout=PATIENCE,
    )
    if page.locator(".stException").count():
        raise RuntimeError("The view could not be drawn.")
    page.wait_for_timeout(SETTLED)


def busy(session: CDPSession) -> float:
    """Milliseconds that the page's main thread has worked."""
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return float(1000 * metrics["TaskDuration"])


def table(figures: dict[str, Any]) -> str:
    """One line a view."""
    return "\n".join(
        [f"{'view':<26} {'ms':>7} {'channel':>8} {'longest':>8}", *(line(*item) for item in figures.items())]
    )


def line(view: str, found: dict[str, Any]) -> str:
    """A view's figures."""
    over = "  over the limit" if max(found["ms"], found["channel"] or 0) > LIMIT else ""
    channel = "" if found["channel"] is None else f"{found['channel']:.1f}"
    return f"{view:<26} {found['ms']:7.1f} {channel:>8} {found['longest']:8.0f}{over}"


if __name__ == "__main__":
    main()
