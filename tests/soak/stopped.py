"""What a worker that stands still costs the others: python tests/soak/stopped.py [--presses 1500] [--seconds 60]

One browser trains; its worker is stopped (SIGSTOP), as by a frozen container, and its button pressed so many times. The
clicks of another browser, on a run of its own, are timed meanwhile; then it is told when the stopped worker was ended.
Linux; it works in a folder of its own.
"""

import argparse
import os
import signal
import statistics
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from serving import Server, soon
from sessions import Client
from websockets.sync.client import connect

ENDED_SECONDS = 90
ANSWERED_SECONDS = 20


def clicks(page: Client, seconds: float) -> list[float]:
    """Milliseconds of the clicks of so many seconds; the last one infinite where it was not answered at all."""
    found: list[float] = []
    end = perf_counter() + seconds
    while perf_counter() < end and found[-1:] != [float("inf")]:
        sleep(0.2)
        before, _ = page.button
        began = perf_counter()
        threading.Thread(target=page.click, daemon=True).start()
        answered = soon(lambda before=before: page.button[0] != before, ANSWERED_SECONDS)
        found.append(1000 * (page.button[1] - began) if answered else float("inf"))
    return found


def measure(presses: int, seconds: float) -> None:
    """One server, two browsers."""
    with Server(CHARRNN_MAX_RUNNING="4") as server, ExitStack() as clients:
        address = server.url.replace("http", "ws", 1)
        stream = f"{address}/_stcore/stream"
        mine, other = (Client(clients.enter_context(connect(stream, max_size=None)), "", address) for _ in range(2))
        assert soon(lambda: mine.stands and other.stands)
        mine.click()
        assert soon(lambda: mine.steps and mine.steps[-1][1] > 20)
        (worker,) = server.workers()
        told("clicks of the other before", clicks(other, 10))
        os.kill(worker, signal.SIGSTOP)
        threading.Thread(target=mine.press_again, args=(presses,), daemon=True).start()
        told(f"while {presses:,} presses go to the stopped one", clicks(other, seconds))
        gone = soon(lambda: worker not in server.workers(), ENDED_SECONDS)
        print(f"the stopped worker: {'was ended' if gone else 'still there'}", flush=True)
        if not gone:
            os.kill(worker, signal.SIGKILL)
        told("after that", clicks(other, 10))


def told(when: str, found: list[float]) -> None:
    """A line of figures."""
    if found[-1] == float("inf"):
        print(f"{when}: {len(found) - 1} clicks answered, the next not within {ANSWERED_SECONDS} s", flush=True)
        return
    p95 = sorted(found)[int(0.95 * (len(found) - 1))]
    print(f"{when}: median {statistics.median(found):.0f} ms, p95 {p95:.0f} ms, most {max(found):.0f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=1_500)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    measure(arguments.presses, arguments.seconds)
