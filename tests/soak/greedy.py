"""What a greedy visitor costs a modest one: python tests/soak/greedy.py [--turns 3] [--seconds 15]

The modest one trains a small network and clicks. The greedy one lives in a process of its own, has several pages with
the largest network that is not refused, and without any pause uses whatever stands on them: buttons, fields and what
is typed there, hostile and long texts, forks, sections, Train and Pause; each page sends files again and again, and
some runs are told to train on with nobody there. By turns without and with the greedy one are told: the modest one's
clicks, how long a redraw of its whole page takes, and its speed against that without. Linux.
"""

import argparse
import random
import statistics
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project
sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))

from serving import ROOT, Server, soon
from sessions import PATIENCE, Client
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from visitors import Visitor
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

MODEST = "text=Names&hidden_size=32&sequence_length=20&batch_size=2"
GREEDY = "text=Shakespeare&cell=lstm&hidden_size=512&sequence_length=100&batch_size=64"
PAGES = 6  # of the greedy one's, at a time
RUSH = 0.05  # seconds from one use of a page to the next
FILE = 5_000_000  # bytes of what is sent
CLICKS = 20
REDRAWS = 5


class Greedy(Visitor):
    """A page that is used without a pause."""

    spared = ()  # also what trains on with nobody there

    def send_file(self) -> None:
        """Ask where to, and send it."""
        message = BackMsg()
        message.file_urls_request.request_id = "greedy"
        message.file_urls_request.file_names.append("much.txt")
        with suppress(ConnectionClosed):
            self._socket.send(message.SerializeToString())

    def _obey(self, message: ForwardMsg) -> None:
        super()._obey(message)
        if message.WhichOneof("type") == "file_urls_response":
            for urls in message.file_urls_response.file_urls:
                threading.Thread(target=self._put, args=(urls.upload_url,), daemon=True).start()

    def _put(self, path: str) -> None:
        data = b'--x\r\nContent-Disposition: form-data; name="file"; filename="much.txt"\r\n\r\n'
        data += b"much ado " * (FILE // 9) + b"\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        request = urllib.request.Request(self._server.replace("ws", "http", 1) + path, data, headers, method="PUT")
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(request):
            pass


def be_greedy(address: str, number: int) -> None:
    """Use a page without a pause, and a new one where it is lost."""
    dice = random.Random(number)
    while True:
        with (
            suppress(OSError, ConnectionClosed, TimeoutError),
            connect(f"{address}/_stcore/stream", max_size=None) as it,
        ):
            page = Greedy(it, GREEDY, address, dice)
            soon(lambda page=page: page.standing, PATIENCE)
            for count in range(500):
                page.act()
                if count % 40 == 0:
                    page.send_file()
                threading.Event().wait(RUSH)


@contextmanager
def beside(address: str, greedy: bool) -> Iterator[None]:
    """A greedy visitor in a process of its own, at work for a while; gone in the end."""
    if not greedy:
        yield
        return
    with subprocess.Popen([sys.executable, __file__, "--be-greedy", address], cwd=ROOT) as process:
        try:
            threading.Event().wait(15)  # until several of its runs train
            yield
        finally:
            process.kill()


def measured(page: Client, seconds: float) -> tuple[float, list[float], list[float]]:
    """The modest one's speed; its clicks and the redraws of its page, in milliseconds."""
    threading.Event().wait(seconds)
    speed = page.speed(seconds)
    clicks = [1000 * page.click() for _ in range(CLICKS)]
    return speed, clicks, [1000 * page.redraw() for _ in range(REDRAWS)]


class Modest(Client):
    """A page that knows when it has been redrawn."""

    decoded = sys.maxsize

    def __init__(self, *arguments: Any) -> None:
        self._drawn = threading.Event()
        super().__init__(*arguments)

    def redraw(self) -> float:
        """Have the whole page redrawn; seconds until it was."""
        self._drawn.clear()
        began = perf_counter()
        self._ask()
        assert self._drawn.wait(PATIENCE), "the page was not redrawn"
        return perf_counter() - began

    def _obey(self, message: ForwardMsg) -> None:
        super()._obey(message)
        if message.WhichOneof("type") == "script_finished":
            self._drawn.set()


def soak(turns: int, seconds: float) -> None:
    """Measure by turns, and tell."""
    speeds: dict[bool, list[float]] = {False: [], True: []}
    clicks: dict[bool, list[float]] = {False: [], True: []}
    redraws: dict[bool, list[float]] = {False: [], True: []}
    with Server(CHARRNN_GRACE="1") as server:
        address = server.url.replace("http", "ws", 1)
        with connect(f"{address}/_stcore/stream", max_size=None) as socket:
            page = Modest(socket, MODEST, address)
            assert soon(lambda: page.stands, PATIENCE), "the modest page did not open"
            page.click()
            for _ in range(turns):
                for greedy in (False, True):
                    with beside(address, greedy):
                        speed, took, drawn = measured(page, seconds)
                    speeds[greedy].append(speed)
                    clicks[greedy] += took
                    redraws[greedy] += drawn
                    name = "greedy" if greedy else "alone "
                    print(f"{name}  {speed:6,.0f} steps/s  p95 {sorted(took)[-2]:6.0f} ms", flush=True)
    for greedy in (False, True):
        told = sorted(clicks[greedy])
        print(
            f"{'beside a greedy one' if greedy else 'alone'}: click {statistics.median(told):.0f} ms, "
            f"95th percentile {told[int(0.95 * len(told))]:.0f} ms, "
            f"the whole page redrawn {statistics.median(redraws[greedy]):.0f} ms, at most {max(redraws[greedy]):.0f} ms"
        )
    share = statistics.median(with_ / alone for alone, with_ in zip(speeds[False], speeds[True], strict=True))
    print(f"speed beside a greedy one against alone: {share:.2f}")


if __name__ == "__main__":
    if "--be-greedy" in sys.argv:
        for number in range(PAGES):
            threading.Thread(target=be_greedy, args=(sys.argv[2], number), daemon=True).start()
        threading.Event().wait()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    soak(arguments.turns, arguments.seconds)
