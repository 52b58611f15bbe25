"""What a greedy visitor costs a modest one: python tests/soak/greedy.py [--turns 3] [--seconds 15]

The modest one trains a small network and clicks. The greedy one has the largest network that is not refused, uploads
nothing but presses again and again, and opens one run after the other, each of which trains. By turns without and with
the greedy one are told: the modest one's clicks, and its speed against that without. Linux.
"""

import argparse
import statistics
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

sys.path.extend(map(str, Path(__file__).resolve().parents[1:3]))  # tests, and the project
sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))

from serving import Server, soon
from sessions import PATIENCE, Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

MODEST = "text=Names&hidden_size=32&sequence_length=20&batch_size=2"
GREEDY = "text=Shakespeare&cell=lstm&hidden_size=512&sequence_length=100&batch_size=64"
RUNS = 6  # of the greedy one's, at a time
CLICKS = 20


def be_greedy(address: str, over: threading.Event) -> None:
    """Open runs, have each train, and press without end."""
    with ExitStack() as open_runs, suppress(ConnectionClosed, AssertionError):
        pages: list[Client] = []
        while not over.is_set():
            if len(pages) < RUNS:
                socket = open_runs.enter_context(connect(f"{address}/_stcore/stream", max_size=None))
                pages.append(Client(socket, GREEDY, address))
                soon(lambda: pages[-1].stands, PATIENCE)
            for page in pages:
                if page.stands or page.button[0] == "pause":
                    page.press_again(2)
                page._ask()
            over.wait(0.2)


def measured(page: Client, seconds: float) -> tuple[float, list[float]]:
    """The modest one's speed, and its clicks in milliseconds."""
    threading.Event().wait(seconds)
    speed = page.speed(seconds)
    return speed, [1000 * page.click() for _ in range(CLICKS)]


def soak(turns: int, seconds: float) -> None:
    """Measure by turns, and tell."""
    speeds: dict[bool, list[float]] = {False: [], True: []}
    clicks: dict[bool, list[float]] = {False: [], True: []}
    with Server(CHARRNN_GRACE="1") as server:
        address = server.url.replace("http", "ws", 1)
        with connect(f"{address}/_stcore/stream", max_size=None) as socket:
            page = Client(socket, MODEST, address)
            assert soon(lambda: page.stands, PATIENCE), "the modest page did not open"
            page.click()
            for _ in range(turns):
                for greedy in (False, True):
                    over = threading.Event()
                    thread = threading.Thread(target=be_greedy, args=(address, over))
                    if greedy:
                        thread.start()
                        over.wait(10)  # until several of its runs train
                    speed, took = measured(page, seconds)
                    over.set()
                    if greedy:
                        thread.join()
                        soon(lambda: len(server.workers()) <= 1, PATIENCE)
                    speeds[greedy].append(speed)
                    clicks[greedy] += took
                    told = sorted(took)
                    print(
                        f"{'greedy' if greedy else 'alone '}  {speed:6,.0f} steps/s  p95 {told[-2]:6.0f} ms", flush=True
                    )
    for greedy in (False, True):
        told = sorted(clicks[greedy])
        print(
            f"{'beside a greedy one' if greedy else 'alone'}: click {statistics.median(told):.0f} ms, "
            f"95th percentile {told[int(0.95 * len(told))]:.0f} ms"
        )
    share = statistics.median(with_ / alone for alone, with_ in zip(speeds[False], speeds[True], strict=True))
    print(f"speed beside a greedy one against alone: {share:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    soak(arguments.turns, arguments.seconds)
