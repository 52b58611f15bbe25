"""Many sessions training at once on this machine: python tests/benchmarks/sessions.py [--sessions 2 4 12 30] [--json]

Clients without a screen speak to the real server over websockets as a browser does: they open the page, press Train,
follow the pictures of the first screen, and ask for each redraw of the page. For each number of sessions:

    total      steps a second of all runs together, and as a multiple of a run that is alone
    fairness   the slowest run against the fastest
    click      Train or Pause until the other button arrives, ms, pressed by one of them while all train
    memory     proportional set size of a run's process, and of the server and all of them together, MB (Linux)

Settings are the page's defaults unless --query says otherwise, as hidden_size=64.
"""

import argparse
import json
import re
import statistics
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.parse import parse_qs

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project

from serving import Server, soon
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from charrnn.runs.tokens import watch_token_of

STEP = re.compile(rb'\["step ",""\],\["([\d,]+)"')
CHANNEL = re.compile(rb'"path":"(live/[-\w]+)"')
SIGHT = json.dumps(["playing", "figures", "headline", "strip", "written", "curved"])  # the first screen
BUTTON = re.compile(rb'\{"name":"(train|pause)","label".*"playing", (\d+), (\d+)\]', re.DOTALL)  # its seal behind it
LINE = (
    "{sessions:8} {total:9,.0f} {times_one:8.2f} {fairness:10.2f} {click_p50:9.0f}/{click_p95:<8.0f} {memory:9.1f}"
    " {together:12.0f}"
)
PATIENCE = 60  # seconds, for pages that wait for a server that is overloaded


class Client:
    """A page without a screen: it remembers the step it was last told and the button."""

    decoded = 1_000  # bytes of the messages that are decoded; that which tells the page's address is smaller

    def __init__(self, socket: ClientConnection, query: str, server: str) -> None:
        self._socket, self._query, self._server = socket, query, server
        self._path = ""  # of the session's channel
        self._channel: ClientConnection | None = None
        self.steps: list[tuple[float, int]] = []  # when which step was seen
        self.button = ("", 0.0)  # what it does, and since when
        self._age = (0, 0)  # of the picture that said so: its drawing and version
        self._ask()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def watch_link(self) -> str:
        """The query of the read-only link to its run, "" before the page has told its own."""
        token = parse_qs(self._query).get("run", [""])[0]
        return f"watch={watch_token_of(token)}" if token else ""

    @property
    def stands(self) -> bool:
        """Whether the page is there and follows its channel."""
        return self._channel is not None and self.button[0] == "train"

    def click(self) -> float:
        """Press Train or Pause; seconds until the button does the other."""
        name, _ = self.button
        began = perf_counter()
        self._channel.send(json.dumps({"press": name}))
        assert soon(lambda: self.button[0] != name, PATIENCE), f"{name} was not answered"
        return self.button[1] - began

    def press_again(self, times: int) -> None:
        """Press Train and Pause by turns, waiting for no answer."""
        for number in range(times):
            self._channel.send(json.dumps({"press": ("pause", "train")[number % 2]}))

    def speed(self, seconds: float) -> float:
        """Steps a second in the last so many seconds, as they were shown."""
        times, steps = zip(*self.seen(seconds), strict=True)
        return statistics.linear_regression(times, steps).slope

    def seen(self, seconds: float) -> list[tuple[float, int]]:
        """Which steps it saw in the last so many seconds, and when."""
        since = perf_counter() - seconds
        return [point for point in self.steps if point[0] >= since]

    def _ask(self) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        with suppress(ConnectionClosed):
            self._socket.send(message.SerializeToString())

    def _listen(self) -> None:
        with suppress(ConnectionClosed):
            for data in self._socket:
                if (path := CHANNEL.search(data)) and path[1].decode() != self._path:
                    self._path = path[1].decode()
                    threading.Thread(target=self._follow, daemon=True).start()
                self._see(data)
                if len(data) < self.decoded:
                    self._obey(ForwardMsg.FromString(data))

    def _see(self, data: bytes) -> None:
        if button := BUTTON.search(data):
            name, age = button[1].decode(), (int(button[2]), int(button[3]))
            if age < self._age:
                return  # a newer one came by the other way
            self._age = age
            if name != self.button[0]:
                self.button = name, perf_counter()
        if step := STEP.search(data):
            self.steps.append((perf_counter(), int(step[1].replace(b",", b""))))

    def _obey(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "page_info_changed":
            self._query = message.page_info_changed.query_string

    def _follow(self) -> None:
        """See the pictures of the first screen, and have the page redrawn when the channel asks for that."""
        with suppress(ConnectionClosed), connect(f"{self._server}/{self._path}", max_size=None) as self._channel:
            self._channel.send(SIGHT)
            for data in self._channel:
                if isinstance(data, bytes):
                    self._see(data)
                elif "redraw" in json.loads(data):
                    self._ask()
                else:
                    self._channel.send(SIGHT)


def measure(count: int, seconds: float, query: str) -> dict[str, Any]:
    """One server, so many clients, all training."""
    with Server(CHARRNN_MAX_RUNNING=str(count), CHARRNN_GRACE="1") as server, ExitStack() as clients:
        address = server.url.replace("http", "ws", 1)
        stream = f"{address}/_stcore/stream"
        pages = [Client(clients.enter_context(connect(stream, max_size=None)), query, address) for _ in range(count)]
        assert soon(lambda: all(page.stands for page in pages), PATIENCE), "not every page opened"
        for page in pages:
            page.click()
        assert soon(lambda: all(page.steps and page.steps[-1][1] > 20 for page in pages), PATIENCE), (
            "not every run trains"
        )
        sleep(2)
        sleep(seconds)
        speeds = [page.speed(seconds) for page in pages]
        memory = [proportional_set_size(pid) for pid in server.workers()]
        together = sum(memory) + proportional_set_size(server.pid)
        clicks = sorted(1000 * pressed(pages[0]) for _ in range(20))
    return {
        "sessions": count,
        "total": sum(speeds),
        "fairness": min(speeds) / max(speeds),
        "click_p50": statistics.median(clicks),
        "click_p95": clicks[int(0.95 * (len(clicks) - 1))],
        "memory": statistics.median(memory),
        "together": together,
    }


def pressed(page: Client) -> float:
    """One click, a while after the one before: the run then trains, or has come to rest."""
    sleep(0.7)
    return page.click()


def proportional_set_size(pid: int) -> float:
    """Memory of a process in MB, what it shares with others counted in part."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1000


def main() -> None:
    """Measure and print as it comes; a run that is alone comes first and, to tell how noisy the machine is, last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[2, 4, 12, 30])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--query", default="")
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    alone = None
    if not arguments.json:
        print("sessions   total/s   of one   fairness   click p50/p95 ms   MB a run  MB together")
    for count in (1, *arguments.sessions, 1):
        row = measure(count, arguments.seconds, arguments.query)
        alone = alone or row["total"]
        row["times_one"] = row["total"] / alone
        print(json.dumps(row) if arguments.json else LINE.format(**row), flush=True)


if __name__ == "__main__":
    main()
