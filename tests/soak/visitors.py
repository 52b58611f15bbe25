"""Visitors who click at random on the real server: python tests/soak/visitors.py [--minutes 60] [--sessions 20]
[--waves 6]

Each has a page without a screen and does what a browser lets a person do: train and pause, press any button, choose,
slide, type (hostile texts, too), unfold, paste, reload, leave and come back by its link, watch another's run. They come
in waves, as classes do: at the end of each all leave, and a little later the server's memory is told, in which it keeps
eight runs that nobody looks at. What grows from one such rest to the next is what it does not let go. Told are also
errors (tracebacks in the log, parts that could not be drawn, pages that were not answered), worker processes left, how
open files and memory went meanwhile, and PRAGMA integrity_check. Nobody asks for a run to be trained with nobody there.
Linux; it works in a folder of its own.
"""

import argparse
import json
import os
import random
import secrets
import sqlite3
import sys
import tempfile
import threading
import urllib.request
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project
sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))

import hostile
from serving import ROOT, Server, soon
from sessions import PATIENCE, Client, proportional_set_size
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

GRACE = 6.0  # seconds
TO_REST = 45.0  # seconds: the grace period, what ends after it, and until free memory goes back to the machine
FAILED = "-again-"  # in the id of the button below what could not be drawn (parts.alone)
PAUSE = 1.0  # between two clicks of one visitor, on average
SAMPLE_SECONDS = 15
KINDS = ("button", "selectbox", "radio", "button_group", "multiselect", "slider", "number_input", "text_input")
KINDS += ("text_area", "checkbox")
UNWATCHED = "-keep"  # how the id of that choice ends: it leaves a process behind, as is meant


class Visitor(Client):
    """A page that knows what stands on it, and uses it."""

    decoded = sys.maxsize  # all
    spared: str | tuple[str, ...] = UNWATCHED  # ids that end so are left alone

    def __init__(self, socket: Any, query: str, server: str, dice: random.Random) -> None:
        self.dice = dice
        self.standing: dict[str, tuple[str, str, Any]] = {}  # by id: fragment, kind, and the widget's message
        self.states: dict[str, WidgetState] = {}
        self.failed: list[str] = []  # what the page says that could not be drawn
        super().__init__(socket, query, server)

    def act(self) -> str:
        """Do something; return in a word what."""
        if self.dice.random() < 0.3 and self._channel:
            name = self.button[0] or "train"
            with suppress(ConnectionClosed):
                self._channel.send(f'{{"press": "{name}"}}')
            return "train or pause"
        usable = [(id, *about) for id, about in list(self.standing.items()) if not getattr(about[2], "disabled", False)]
        if not usable:
            return "nothing"
        id, fragment, kind, widget = self.dice.choice(usable)
        state = self._used(id, kind, widget)
        if state is None:
            return "nothing"
        if kind != "button":
            self.states[id] = state
        if kind == "button" or not getattr(widget, "form_id", ""):
            self._ask(fragment, state if kind == "button" else None)
        return kind

    def leave(self) -> None:
        """Close the channel, too, as a browser does."""
        if self._channel:
            self._channel.close()

    def _used(self, id: str, kind: str, widget: Any) -> WidgetState | None:
        """What a browser tells of a widget that was used, None where it cannot be."""
        state, dice = WidgetState(id=id), self.dice
        match kind:
            case "button":
                state.trigger_value = True
            case "selectbox" | "radio" if widget.options:
                state.string_value = dice.choice(widget.options)
            case "button_group" if widget.options:
                state.string_array_value.data.append(dice.choice(widget.options).content)
            case "multiselect" if widget.options:
                chosen = dice.sample(list(widget.options), min(2, len(widget.options)))
                state.string_array_value.data.extend(chosen)
            case "slider" if widget.options:
                state.string_array_value.data.append(dice.choice(widget.options))
            case "slider":
                state.double_array_value.data.append(dice.choice([widget.min, widget.max]))
            case "number_input":
                first = widget.default if widget.HasField("default") else widget.min
                value = dice.uniform(widget.min, min(widget.max, 2 * first + 10))
                if widget.data_type == widget.INT:
                    state.int_value = int(value)
                else:
                    state.double_value = value
            case "text_input" | "text_area":
                text = dice.choice(hostile.PIECES) * dice.choice([0, 1, 1, 300 if kind == "text_area" else 1])
                state.string_value = text[: widget.max_chars or None]
            case "checkbox" | "expandable" | "popover":
                state.bool_value = dice.random() < 0.7
            case _:
                return None
        return state

    def _ask(self, fragment: str = "", pressed: WidgetState | None = None) -> None:
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.fragment_id = self._query, fragment
        states = [state for id, state in list(self.states.items()) if id in self.standing]
        message.rerun_script.widget_states.widgets.extend([*states, *([pressed] if pressed else [])])
        with suppress(ConnectionClosed):
            self._socket.send(message.SerializeToString())

    def _obey(self, message: ForwardMsg) -> None:
        super()._obey(message)
        if message.WhichOneof("type") == "new_session":
            redrawn = set(message.metadata.run.fragment_ids)
            kept = {id: one for id, one in self.standing.items() if redrawn and one[0] not in redrawn}
            self.standing = kept
        elif message.WhichOneof("type") == "delta":
            self._note(message.delta)

    def _note(self, delta: Any) -> None:
        """Note what stands on the page now."""
        of = delta.add_block if delta.WhichOneof("type") == "add_block" else delta.new_element
        kind = of.WhichOneof("type") or ""
        if kind == "exception" or (kind == "button" and FAILED in of.button.id):
            self.failed.append(of.exception.message if kind == "exception" else of.button.id)
        elif kind in (*KINDS, "expandable", "popover"):
            widget = getattr(of, kind)
            if widget.id and not widget.id.endswith(self.spared):
                self.standing[widget.id] = delta.fragment_id, kind, widget


class Crowd:
    """Visitors, what they did, and what went wrong."""

    def __init__(self, server: Server, seed: int) -> None:
        self.address, self.seed = server.url.replace("http", "ws", 1), seed
        self.over = threading.Event()
        self.did: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.links: list[str] = []  # by which a run is watched

    def come_and_go(self, number: int) -> None:
        """One visitor, until all is over."""
        dice, query = random.Random(self.seed * 1_000 + number), ""
        while not self.over.is_set():
            try:
                query = self._visit(dice, query)
            except (OSError, ConnectionClosed, TimeoutError) as error:
                self.wrong[f"a page was lost: {type(error).__name__}"] += 1
            self.over.wait(dice.choice([0, 0, GRACE / 2, 2 * GRACE]))  # a reload, within the grace period, after it

    def _visit(self, dice: random.Random, query: str) -> str:
        stream = f"{self.address}/_stcore/stream"
        with connect(stream, max_size=None, open_timeout=PATIENCE, ping_interval=None) as socket:
            page = Visitor(socket, query, self.address, dice)
            if not soon(lambda: page.standing, PATIENCE):
                self.wrong["a page was not answered"] += 1
            for _ in range(dice.randint(5, 40)):
                if self.over.wait(dice.expovariate(1 / PAUSE)):
                    break
                self.did[page.act()] += 1
            self.wrong.update(page.failed)
            if page.watch_link:
                self.links = [*self.links[-50:], page.watch_link]
            way = dice.random()
            page.leave()
            self.did["visit"] += 1
            return page._query if way < 0.7 else dice.choice(self.links or [""]) if way < 0.85 else ""


def soak(minutes: float, sessions: int, waves: int, seed: int) -> int:
    """Have so many visitors come and go, in so many waves; tell how it went; return how much went wrong."""
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        limits = {"CHARRNN_GRACE": str(GRACE), "CHARRNN_RUN_MEMORY_MB": "100", "CHARRNN_HOME": home}
        with Server("tests/browser/kept_page.py", PYTHONPATH=str(ROOT), **limits) as server:
            crowd = Crowd(server, seed)
            told(server, "at first", crowd)
            start = monotonic()
            for wave in range(waves):
                crowd.over.clear()
                numbers = range(wave * sessions, (wave + 1) * sessions)
                threads = [threading.Thread(target=crowd.come_and_go, args=(number,)) for number in numbers]
                for thread in threads:
                    thread.start()
                end = start + 60 * minutes * (wave + 1) / waves
                while monotonic() < end:
                    sleep(min(SAMPLE_SECONDS, max(0.0, end - monotonic())))
                    told(server, f"{(monotonic() - start) / 60:6.1f} min", crowd)
                crowd.over.set()
                for thread in threads:
                    thread.join(2 * PATIENCE)
                sleep(TO_REST)
                told(server, "all left ", crowd)
                print(f"kept: {kept(server)}", flush=True)
            soon(lambda: not server.workers(), PATIENCE)  # one that was paused may be kept for a while
            left, log = len(server.workers()), server.log()
        with closing(sqlite3.connect(Path(home) / "runs.sqlite")) as database:
            integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    tracebacks = log.count("Traceback")
    print(f"did: {dict(crowd.did.most_common())}\nwrong: {dict(crowd.wrong)}")
    print(f"{tracebacks} tracebacks in the log, {left} processes left, integrity {integrity}, seed {seed}")
    if tracebacks:
        print(log[-20_000:])
    return tracebacks + left + crowd.wrong.total() + (integrity != "ok")


def kept(server: Server) -> dict[str, Any]:
    """What the server holds of what visitors brought and trained."""
    with urllib.request.urlopen(f"{server.url}/kept") as answer:
        return json.load(answer)


def told(server: Server, when: str, crowd: Crowd) -> None:
    """A line on how the server is."""
    files, workers = len(os.listdir(f"/proc/{server.pid}/fd")), len(server.workers())
    memory = proportional_set_size(server.pid)
    print(
        f"{when}  {crowd.did.total():7,} acts  {files:4} files  {workers:3} workers  {memory:6.0f} MB  "
        f"log {len(server.log()):8,} bytes  {crowd.wrong.total()} wrong",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--waves", type=int, default=6)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    arguments = parser.parse_args()
    sys.exit(1 if soak(arguments.minutes, arguments.sessions, arguments.waves, arguments.seed) else 0)
