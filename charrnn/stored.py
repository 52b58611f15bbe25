"""What the command line does with the runs that pages show: trains them, lists them, hands them on."""

import argparse
import os
import re
import signal
import sys
from math import log
from pathlib import Path

import numpy as np

from charrnn.progress import SHOWN, Progress
from charrnn.runs import run_file
from charrnn.runs.checkpoint_schedule import is_log_spaced
from charrnn.runs.description import title_of
from charrnn.runs.engine import Engine
from charrnn.runs.following import Showing
from charrnn.runs.keeper import Found, Keeper
from charrnn.runs.known import Known
from charrnn.runs.run import Run
from charrnn.runs.store import REPLACED, Store, home
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings

PAGE = "http://127.0.0.1:8501/"  # where the page is, unless it was told to be elsewhere
SECONDS = 0.2  # between two looks at how far a run has come
SAVING_SECONDS = 30  # within which what has been trained is saved
FILES = (".html", ".md", ".csv")


def train(corpus: Corpus, settings: Settings, steps: int) -> int:
    """Train a run of the page, which shows it meanwhile; Ctrl-C ends it early. 3 where it blew up, else 0.

    Raises ValueError where it could not be trained or saved.
    """
    store = Store(home())
    if trouble := store.trouble():
        raise ValueError(trouble)
    engine = Engine(store=store)
    interrupts: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    try:
        run = engine.create(corpus, settings)
        print(f"This run in the page: {PAGE}?run={run.token}", flush=True)
        run.train(steps)
        with Showing(store, run) as showing:
            follow(run, steps, interrupts, showing)
            run.wait(lambda run: run.is_saved or bool(run.unsaved), SAVING_SECONDS)
    finally:
        engine.close()
        signal.signal(signal.SIGINT, usual)
    if run.status == "died" or run.unsaved:
        raise ValueError(run.unsaved or run.message or "The training process ended.")
    print(f"Saved at step {run.saved_step:,}; python -m charrnn replay {run.token} run.html makes a file of it.")
    if run.record.diverged is not None:
        print(f"charrnn: {run.message}", file=sys.stderr)
        return 3
    return 0


def follow(run: Run, steps: int, interrupts: list[int], showing: Showing) -> None:
    """Report how far a run has come until it rests, and have pages show it."""
    reported = {0}
    with Progress(steps, run.snapshot.step) as progress:
        while run.status in ("queued", "starting", "training", "pausing"):
            # Whoever trains it on in the page has it from there on: to train it here as well would be in vain.
            if (interrupts or run.unsaved == REPLACED) and run.status != "pausing":
                run.pause()
            seen = run.version
            run.wait(lambda run, seen=seen: run.version != seen, SECONDS)  # type: ignore[misc]
            showing.show()
            now = run.snapshot
            progress.at(now.step, now.smooth_loss)
            for step, text in run.samples:
                if step not in reported and is_log_spaced(step):
                    reported.add(step)
                    report(run, step, text, progress)
    if len(run.corpus.held_out_ids) > 1 and run.status == "paused" and run.record.diverged is None:
        run.wait(lambda run: run.snapshot.held_out_step == run.snapshot.step, SAVING_SECONDS)
    report(run, run.snapshot.step, "", progress)


def report(run: Run, step: int, text: str, progress: Progress) -> None:
    """A line on a step that is past, or the present one."""
    curve, now = run.curve, run.snapshot
    at = int(np.searchsorted(curve.steps, step, "right"))
    smooth = float(curve.smooth[at - 1]) if at else log(len(run.corpus.vocabulary))
    measured = [loss for when, loss in curve.held_out if when <= step]
    characters = now.characters // now.step * step if now.step else 0
    progress.report(step, characters, smooth, measured[-1] if measured else None, text[:SHOWN])


def listed(options: argparse.Namespace) -> None:
    """The runs that are kept, the latest last."""
    store = Store(home())
    found = store.summaries(store.tokens())
    for token, run in found.lines.items():
        held_out = "" if run.held_out is None else f"{run.held_out:.3f}"
        name = title_of(run.about) or run.about["corpus"]["name"]
        print(f"{token}  {run.step:>10,} {held_out:>7}  {name}")
    if not found.lines:
        print(f"No run is kept in {store.folder}: train one in the page, or with train --run.")


def hand_on(options: argparse.Namespace) -> None:
    """A run as a replay, a report or a table, as the file's name ends. Raises ValueError."""
    from charrnn.dashboard.replay.document import document  # Streamlit, which the other commands do without
    from charrnn.dashboard.replay.report import csv, markdown

    if options.file.suffix not in FILES:
        raise ValueError(f"The name {options.file.name} must end in {', '.join(FILES)}, which says what to write.")
    run = kept(options.run)
    match options.file.suffix:
        case ".html":
            data = document(run, PAGE)
        case ".md":
            data = markdown(run, PAGE).encode()
        case _:
            data = csv(run).encode()
    options.file.write_bytes(data)
    print(f"Written: {options.file} ({len(data):,} bytes)")


def kept(named: str) -> Known:
    """The run in a saved file, or the kept one of a token, or of a link that has one in it. Raises ValueError."""
    if Path(named).is_file():
        file = run_file.read(Path(named).read_bytes(), Path(named).name)
        if (corpus := file.network.its_text()) is None:
            raise ValueError(
                f"The text that the network in {named} learned from is not in it: train --resume with one."
            )
        found: Found | None = Keeper(None).opened(file, corpus)
    else:
        token = re.sub(r"^.*[?&]run=([^&]*).*$", r"\1", named)
        found = Keeper(Store(home())).found(token)
    if not found:
        raise ValueError(f"There is no run {named!r}: python -m charrnn runs lists those that are kept.")
    return Known(found.opening, found.title, found.token)


def open_page(options: argparse.Namespace) -> int:
    """Serve the page to this computer alone, and open it in the browser, where there is one."""
    import runpy

    root = Path(__file__).resolve().parents[1]
    if not (root / "app.py").is_file():
        raise ValueError(f"The page's app.py is not in {root}: start it from a copy of the project.")
    os.chdir(root)  # where its configuration lies
    port = [f"--server.port={options.port}"] if options.port else []
    sys.argv = ["streamlit", "run", "app.py", "--server.address=127.0.0.1", *port]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0
