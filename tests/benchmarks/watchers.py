"""Many browsers watching one run: python tests/benchmarks/watchers.py [--watchers 30 100] [--typed 1000000] [--json]

Clients without a screen open the run's read-only link and behave as browsers do: they follow the pictures of the first
screen, answer once these are drawn, and have redrawn what the channel asks for. They live in a process of their own. By
turns, on one server and one run, none watch and so many watch, each time measured for some seconds:

    steps/s    of the run, and as a share of what it reached just before, when nobody watched
    server     its processor time, percent of a core
    clients    that of the watchers' process, which takes it from the run and the server on the same machine
    click      Train or Pause of the run's owner until the other button arrives, ms, while all watch
    a watcher  rounds of new pictures that one gets in a second, the median and the least; those that were cut off

With --typed each watcher has also typed so many characters under "Begin with". The server has the page's defaults.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project

from serving import ROOT, Server, cpu_seconds, soon
from sessions import CHANNEL, SIGHT, Client, pressed
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PATIENCE = 300  # seconds, for many pages that open at once on a server that is overloaded
CALM = 3  # seconds in which the owner sees the run move again, before anything is measured
PAGE = ""  # the whole page among its parts
HEAD = (
    "watchers   steps/s   of alone   server %   clients %   click p50/p95/max ms   a watcher's rounds/s  redraws/s"
    "  cut off"
)
LINE = (
    "{watchers:8} {steps:9,.0f} {of_alone:10.2f} {server:10.0f} {clients:11.0f} {clicks:>22} {rounds:>22}"
    " {redraws:>10} {cut_off:8}"
)
SEVERAL = {"clicks": "click", "rounds": "rounds", "redraws": "redraws"}  # figures that stand in one column


class Watcher:
    """One browser on the read-only link."""

    def __init__(self, address: str, query: str, typed: int) -> None:
        self._address, self._query, self._typed = address, query, typed
        self._parts: dict[str, str] = {}  # the fragment in which each part of the page is drawn
        self._path = ""  # of its channel
        self._following: asyncio.Task[None] | None = None
        self.rounds = 0  # times that new pictures had come and were drawn
        self.redraws = [0, 0]  # that were asked for: of parts, of the whole page
        self.cut_off = 0

    async def watch(self) -> None:
        """Open the page, and take in what it sends."""
        async with open_socket(f"{self._address}/_stcore/stream", max_size=None) as page:
            await self._ask(page, PAGE)
            with suppress(ConnectionClosed):
                async for data in page:
                    assert isinstance(data, bytes)
                    await self._see(page, data)
        self.cut_off += 1

    async def _see(self, page: ClientConnection, data: bytes) -> None:
        if b"-link-" in data:
            delta = ForwardMsg.FromString(data).delta
            if part := delta.new_element.bidi_component.id.partition("-link-")[2]:
                self._parts[part] = delta.fragment_id
        if self._typed and b"-prime" in data and (element := ForwardMsg.FromString(data).delta).fragment_id:
            widget = element.new_element.text_input.id
            if widget:
                await self._type(page, widget, element.fragment_id)
        if (path := CHANNEL.search(data)) and path[1].decode() != self._path:
            self._path = path[1].decode()
            self._following = asyncio.create_task(self._follow(page))

    async def _ask(self, page: ClientConnection, part: str) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.fragment_id = self._parts.get(part, "")
        self.redraws[part == PAGE] += 1
        await page.send(message.SerializeToString())

    async def _type(self, page: ClientConnection, widget: str, fragment: str) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.fragment_id = fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = widget, ("the time " * self._typed)[: self._typed]
        self._typed = 0
        await page.send(message.SerializeToString())

    async def _follow(self, page: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async with open_socket(f"{self._address}/{self._path}", max_size=None) as channel:
                await channel.send(SIGHT)
                async for data in channel:
                    if isinstance(data, bytes):
                        continue
                    if data == "{}":
                        self.rounds += 1
                        await channel.send(SIGHT)
                    else:
                        for part in json.loads(data)["redraw"]:
                            await self._ask(page, part)
        self.cut_off += 1


async def audience(count: int, address: str, query: str, typed: int) -> None:
    """So many watchers; for each line that is read, one tells each one's rounds, and how many were cut off."""
    watchers = [Watcher(address, query, typed) for _ in range(count)]
    tasks = []
    for watcher in watchers:
        tasks.append(asyncio.create_task(watcher.watch()))
        await asyncio.sleep(0.05)
    while await asyncio.to_thread(sys.stdin.readline):
        told = {
            "rounds": [one.rounds for one in watchers],
            "redraws": [sum(one.redraws[whole] for one in watchers) for whole in (False, True)],
            "cut_off": sum(one.cut_off for one in watchers),
        }
        print(json.dumps(told), flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Audience:
    """The watchers' process as it is asked from here."""

    def __init__(self, process: "subprocess.Popen[str] | None") -> None:
        self._process = process

    def told(self) -> dict[str, Any]:
        """How many rounds each has had, and who was cut off."""
        if not self._process:
            return {"rounds": [], "redraws": [], "cut_off": 0}
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    @property
    def cpu_seconds(self) -> float:
        """Processor time that their process has used so far."""
        return cpu_seconds(self._process.pid) if self._process else 0.0


@contextmanager
def watching(count: int, server: Server, query: str, typed: int) -> Iterator[Audience]:
    """So many watchers, until each has seen new pictures twice; gone in the end."""
    if not count:
        yield Audience(None)
        return
    address = server.url.replace("http", "ws", 1)
    command = [sys.executable, __file__, "--follow", str(count), address, query, str(typed)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        there = Audience(process)
        assert soon(lambda: min(there.told()["rounds"]) > 1, PATIENCE), "not every watcher sees the run"
        yield there
        process.stdin.close()


def measure(server: Server, owner: Client, there: Audience, seconds: float, clicks: int) -> dict[str, Any]:
    """The run, the server and the owner's clicks while so many watch."""
    assert soon(lambda: len(owner.seen(CALM)) > CALM, PATIENCE), "the owner sees nothing any more"
    sleep(CALM)
    before, used, theirs, began = there.told(), cpu_seconds(server.pid), there.cpu_seconds, perf_counter()
    sleep(seconds)
    passed = perf_counter() - began
    used, theirs = cpu_seconds(server.pid) - used, there.cpu_seconds - theirs
    steps, now = owner.speed(seconds), there.told()
    rounds, redraws = (
        [(after - earlier) / passed for earlier, after in zip(before[what], now[what], strict=True)]
        for what in ("rounds", "redraws")
    )
    waits = sorted(1000 * pressed(owner) for _ in range(clicks))
    return {
        "watchers": len(rounds),
        "steps": steps,
        "server": 100 * used / passed,
        "clients": 100 * theirs / passed,
        "click": [round(statistics.median(waits)), round(waits[int(0.95 * (clicks - 1))]), round(waits[-1])],
        "rounds": [round(statistics.median(rounds), 2), round(min(rounds), 2)] if rounds else [],
        "redraws": [round(each, 1) for each in redraws],
        "cut_off": now["cut_off"],
    }


def main() -> None:
    """Measure and print as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--watchers", type=int, nargs="+", default=[30, 100])
    parser.add_argument("--typed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clicks", type=int, default=40, help="an even number: the run trains on")
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    with Server() as server:
        address = server.url.replace("http", "ws", 1)
        with connect(f"{address}/_stcore/stream", max_size=None) as socket:
            owner = Client(socket, "", address)
            assert soon(lambda: owner.stands and owner.watch_link, PATIENCE), "the page did not open"
            owner.click()
            alone = 1.0
            print("" if arguments.json else HEAD, flush=True)
            for count in [each for many in arguments.watchers for each in (0, many)]:
                with watching(count, server, owner.watch_link, arguments.typed) as there:
                    row = measure(server, owner, there, arguments.seconds, arguments.clicks)
                alone = alone if count else row["steps"]
                row["of_alone"] = row["steps"] / alone
                shown = {name: "/".join(map(str, row[kind])) for name, kind in SEVERAL.items()}
                print(json.dumps(row) if arguments.json else LINE.format(**row | shown), flush=True)


if __name__ == "__main__":
    if "--follow" in sys.argv:
        count, address, query, typed = sys.argv[2:]
        asyncio.run(audience(int(count), address, query, int(typed)))
    else:
        main()
