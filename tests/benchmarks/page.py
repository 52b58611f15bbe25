"""What the page costs, measured in a real Chromium: python tests/benchmarks/page.py [--json] [--minutes 12]

    opening   navigation to title and controls, on a warm server, with an empty cache and once more     seconds
    speed     training in a watched page against the same trainer alone, by turns in one run: on the
              first screen, and with the heatmap in view as in all that follows the clicks              ratio
    clicks    Train and Pause, from the click to the button's other label, training at full speed        ms
    drawing   frames with a part that Streamlit takes for outdated, and dimmed ones (a rule of streamlit_fixes.py keeps
              the former from being dimmed), the longest task on the page's main thread, the heatmap in view
    bytes     over both websockets, an update (of which there are 4 a second), and of what
    drift     the server's resident memory and the page's script heap, from the second minute on; what an update
              costs at the start of a run and at its end (--minutes)

It starts a server of its own and ends it. Figures are this machine's, with whatever else runs on it: look at ratios.
"""

import argparse
import base64
import json
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from serving import ROOT, Server, launch
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from charrnn.dashboard.wire import unsealed

UPDATES_A_SECOND = 4
FIRST_SCREEN = {"width": 1280, "height": 800}
VIEWPORT = {"width": 1280, "height": 1500}  # the heatmap in view
Figures = dict[str, Any]

BARE = """
import os, sys, time
if hasattr(os, "nice"): os.nice(10)  # as a worker
from charrnn import Settings, Trainer
from charrnn.dashboard.session import texts
trainer = Trainer(texts.first(), Settings())
for line in sys.stdin:
    began, before = time.perf_counter(), trainer.steps
    while time.perf_counter() - began < float(line): trainer.train(5)
    print((trainer.steps - before) / (time.perf_counter() - began), flush=True)
"""

WATCH = """() => {
  window.seen = { watching: true, frames: 0, outdated: 0, dimmed: 0, faintest: 1, tasks: [], steps: [], clicked: 0,
                  answers: [] };
  const parts = () => document.querySelectorAll('[data-testid=stElementContainer], [data-testid=stVerticalBlock]');
  const frame = () => {
    const visible = [...parts()].filter((p) => p.checkVisibility());
    const least = Math.min(...visible.map((p) => getComputedStyle(p).opacity));
    seen.outdated += visible.some((p) => p.dataset.stale === "true");
    seen.frames += 1; seen.dimmed += least < 1; seen.faintest = Math.min(seen.faintest, least);
    if (seen.watching) requestAnimationFrame(frame);
  };
  window.watchFrames = frame;
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ entryTypes: ["longtask"] });
  document.addEventListener("click", (event) => { seen.clicked = event.timeStamp; }, true);
  const button = [...document.querySelectorAll(".st-key-playing *")].map((e) => e.shadowRoot?.querySelector("button"))
    .find(Boolean);
  new MutationObserver(() => {
    if (seen.clicked) seen.answers.push([button.name, performance.now() - seen.clicked]);
    seen.clicked = 0;
  }).observe(button, { attributeFilter: ["name"] });
  let step = "";
  new MutationObserver(() => {
    const text = document.querySelector(".st-key-figures")?.innerText.match(/step ([\\d,]+)/)?.[1];
    if (text && text !== step) { seen.steps.push([performance.now() / 1000, Number(text.replaceAll(",", ""))]); }
    step = text ?? step;
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def main() -> None:
    """Measure and print."""
    arguments = parsed()
    with Server() as server, sync_playwright() as playwright:
        browser = launch(playwright, "--enable-precise-memory-info")
        figures = {"opening": opening(browser, server.url)}
        page = browser.new_page(viewport=VIEWPORT)
        visit(page, server.url)
        page.evaluate(WATCH)
        figures["speed_with_heatmap"] = speed(page, arguments.rounds, arguments.seconds / 6)
        page.set_viewport_size(FIRST_SCREEN)
        figures["speed"] = speed(page, arguments.rounds, arguments.seconds / 6)
        figures["clicks"] = clicks(page, arguments.clicks)
        page.set_viewport_size(VIEWPORT)
        toggle(page, "train")
        figures["drawing"] = drawing(page, arguments.seconds)
        figures["bytes"] = received(page, min(20, arguments.seconds))
        if arguments.minutes:
            figures["drift"] = drift(page, server, arguments.minutes)
        browser.close()
    print(json.dumps(figures, indent=2) if arguments.json else table(figures))


def parsed() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="of training while drawing is watched")
    parser.add_argument("--rounds", type=int, default=3, help="of page and bare trainer by turns")
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=0, help="of training while memory is watched; more than 2")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def visit(page: Page, url: str) -> float:
    """Open the page; seconds until title and controls stand."""
    began = perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => document.title === 'CharRNN Lab'")
    page.locator(".st-key-playing button[name]:visible").wait_for()
    page.locator(".st-key-learning button:visible").first.wait_for()
    seconds = perf_counter() - began
    page.locator(".st-key-heatmap canvas").nth(1).wait_for()
    return seconds


def opening(browser: Browser, url: str) -> Figures:
    """Seconds from navigation to title and controls: in browsers that have nothing in their cache, and once more."""
    cold, warm = [], []
    for _ in range(5):
        context = browser.new_context(viewport=VIEWPORT)
        for seconds in (cold, warm):
            page = context.new_page()
            seconds.append(visit(page, url))
            page.close()
        context.close()
    return {"first": cold[0], "median_of_the_next": statistics.median(cold[1:]), "once_more": statistics.median(warm)}


def toggle(page: Page, key: str) -> None:
    """Press Train or Pause, and wait for the other."""
    other = {"train": "pause", "pause": "train"}[key]
    page.locator(f".st-key-playing button[name={key}]:visible").click()
    page.locator(f".st-key-playing button[name={other}]:visible").wait_for()


def speed(page: Page, rounds: int, seconds: float) -> Figures:
    """Steps a second in the page and without it, by turns."""
    in_page, alone = [], []
    with bare_trainer() as train:
        train(1)
        toggle(page, "train")
        page.wait_for_timeout(2000)
        for _ in range(rounds):
            page.evaluate("seen.steps = []")
            page.wait_for_timeout(1000 * seconds)
            in_page.append(slope(page.evaluate("seen.steps")))
            toggle(page, "pause")
            page.wait_for_timeout(1000)
            alone.append(train(seconds))
            toggle(page, "train")
            page.wait_for_timeout(1000)
        toggle(page, "pause")
    ratios = [one / other for one, other in zip(in_page, alone, strict=True)]
    return {"in_page": in_page, "alone": alone, "ratio": statistics.median(ratios)}


def slope(points: list[list[float]]) -> float:
    """Steps a second by least squares over what the page showed when."""
    times, steps = zip(*points, strict=True)
    return statistics.linear_regression(times, steps).slope


@contextmanager
def bare_trainer() -> Iterator[Any]:
    """The default trainer in a process of its own; called with seconds it returns steps a second."""
    command = [sys.executable, "-W", "ignore", "-c", BARE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:

        def train(seconds: float) -> float:
            print(seconds, file=process.stdin, flush=True)
            return float(process.stdout.readline())

        yield train
        process.stdin.close()


def clicks(page: Page, count: int) -> Figures:
    """Milliseconds from a click on Train or Pause until the button says the other."""
    page.evaluate("seen.answers = []")
    for number in range(count):
        toggle(page, "pause" if number % 2 else "train")
        page.wait_for_timeout(1300)  # the worker is up and trains, and the rhythm is not that of the redraws
    if count % 2:
        toggle(page, "pause")
    answers = page.evaluate("seen.answers")
    found: Figures = {"count": len(answers)}
    for figure, names in (("all", ("train", "pause")), ("to_train", ("pause",)), ("to_pause", ("train",))):
        times = sorted(time for name, time in answers if name in names)
        found[figure] = {"p50": statistics.median(times), "p95": times[int(0.95 * (len(times) - 1))]}
    return found


def drawing(page: Page, seconds: float) -> Figures:
    """Dimmed frames and long tasks while training."""
    page.wait_for_timeout(1000)
    page.evaluate("watchFrames()")
    page.evaluate("Object.assign(seen, { frames: 0, outdated: 0, dimmed: 0, faintest: 1, tasks: [] })")
    page.wait_for_timeout(1000 * seconds)
    seen = page.evaluate("seen")
    page.evaluate("seen.watching = false")
    return {
        "frames_a_second": seen["frames"] / seconds,
        "outdated_frames": seen["outdated"],
        "dimmed_frames": seen["dimmed"],
        "faintest": seen["faintest"],
        "long_tasks": len(seen["tasks"]),
        "longest_task_ms": max(seen["tasks"], default=0),
    }


def received(page: Page, seconds: float) -> Figures:
    """Bytes of an update over the websocket, by the kind of what they draw."""
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()

    def note(event: Any) -> None:
        frame = event["response"]
        data = frame["payloadData"].encode() if frame["opcode"] == 1 else base64.b64decode(frame["payloadData"])
        kind = (
            "said by the channel" if frame["opcode"] == 1 else picture_of(data) or kind_of(ForwardMsg.FromString(data))
        )
        sizes[kind] += len(data)
        counts[kind] += 1

    session = page.context.new_cdp_session(page)
    session.on("Network.webSocketFrameReceived", note)
    session.send("Network.enable")
    page.wait_for_timeout(1000 * seconds)
    session.detach()
    updates = UPDATES_A_SECOND * seconds
    return {
        "kb_an_update": sum(sizes.values()) / 1000 / updates,
        "messages_an_update": sum(counts.values()) / updates,
        "by_kind": {
            kind: {"kb": size / 1000 / counts[kind], "count": counts[kind]} for kind, size in sizes.most_common()
        },
    }


def picture_of(data: bytes) -> str:
    """The name of a picture that the channel sends, "" for what Streamlit does."""
    seal = data[len(unsealed(data)) : -2]
    return str(json.loads(seal)[0]) if seal[:2] == b'["' and seal[-1:] == b"]" else ""


def kind_of(message: ForwardMsg) -> str:
    """What a message of the server draws."""
    kind = message.WhichOneof("type")
    if kind != "delta":
        return str(kind)
    if message.delta.WhichOneof("type") == "add_block":
        return "block"
    element = message.delta.new_element
    name = element.WhichOneof("type")
    return f"{name} {element.bidi_component.component_name}" if name == "bidi_component" else str(name)


def drift(page: Page, server: Server, minutes: float) -> Figures:
    """A new run: what was added to memory from the second minute on, and what an update costs at its start and end."""
    toggle(page, "pause")
    visit(page, server.url)
    page.evaluate(WATCH)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    toggle(page, "train")
    page.wait_for_timeout(2000)
    first = page.evaluate("seen.steps.at(-1)[1]")
    early = effort(page, session, server.pid)
    page.wait_for_timeout(120_000)
    before = memory(session, server.pid)
    page.wait_for_timeout(60_000 * max(0.0, minutes - 2))
    after, last = memory(session, server.pid), page.evaluate("seen.steps.at(-1)[1]")
    late = effort(page, session, server.pid)
    return {
        "memory": {name: {"after_2_minutes": before[name], "added": after[name] - before[name]} for name in before},
        "update": {"steps": [first, last], **{name: [early[name], late[name]] for name in early}},
    }


def effort(page: Page, session: CDPSession, pid: int, seconds: float = 20) -> dict[str, float]:
    """Milliseconds that an update takes in the page's main thread and in the server (Linux), and its bytes."""

    def spent() -> tuple[float, float]:
        metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
        ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
        return metrics["TaskDuration"], ticks / os.sysconf("SC_CLK_TCK")

    updates = UPDATES_A_SECOND * seconds
    before = spent()
    page.wait_for_timeout(1000 * seconds)
    in_page, in_server = (1000 * (now - then) / updates for now, then in zip(spent(), before, strict=True))
    return {"page_ms": in_page, "server_ms": in_server, "kb": received(page, seconds)["kb_an_update"]}


def memory(session: CDPSession, pid: int) -> dict[str, float]:
    """Megabytes: resident in the server (Linux), and in the page's script heap after a collection."""
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    resident = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return {"server_mb": int(resident[1]) / 1000 if resident else 0.0, "page_mb": heap / 1e6}


def table(figures: Figures, name: str = "") -> str:
    """One line a figure."""
    lines = []
    for key, value in figures.items():
        path = f"{name} {key}".strip().replace("_", " ")
        if isinstance(value, dict):
            lines.append(table(value, path))
        else:
            numbers = value if isinstance(value, list) else [value]
            lines.append(
                f"{path:<52} " + "  ".join(f"{number:,.3g}" if number < 100 else f"{number:,.0f}" for number in numbers)
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
