"""What a click waits for threads that draw pages: python tests/benchmarks/waiting.py

The way of a press through the server (live.py), from the event loop to a thread and back, twice, while two threads
compute in pieces of 20 ms as those do that draw pages. By turns in one process, for each time after which Python lets
another thread go on (sys.setswitchinterval): median and 95th percentile of the way, and what the others got done.
"""

import asyncio
import statistics
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, sleep, thread_time

INTERVALS = (0.005, 0.001, 0.0005)  # seconds; the first is Python's own
TURNS, WAYS, DRAWING, PIECE = 3, 100, 2, 0.02


def draws(stopped: Callable[[], bool], done: list[float]) -> None:
    """Compute and rest in turns, as long as it takes."""
    while not stopped():
        began = thread_time()
        while thread_time() < began + PIECE:
            sum(range(100))
        done.append(PIECE)
        sleep(PIECE)


async def ways() -> list[float]:
    """How long the way takes each time, in milliseconds."""
    found = []
    with ThreadPoolExecutor(4) as threads:
        for _ in range(WAYS):
            await asyncio.sleep(PIECE)
            began = perf_counter()
            for _ in range(2):
                await asyncio.get_running_loop().run_in_executor(threads, int)
            found.append(1000 * (perf_counter() - began))
    return found


def turn(interval: float) -> tuple[list[float], float]:
    """The ways at an interval, and the share of the time in which the others computed."""
    sys.setswitchinterval(interval)
    stop, done = threading.Event(), list[float]()
    others = [threading.Thread(target=draws, args=(stop.is_set, done)) for _ in range(DRAWING)]
    for other in others:
        other.start()
    began = perf_counter()
    found = asyncio.run(ways())
    share = sum(done) / (perf_counter() - began)
    stop.set()
    for other in others:
        other.join()
    return found, share


def main() -> None:
    """Take turns, and tell."""
    turns = [{interval: turn(interval) for interval in INTERVALS} for _ in range(TURNS)]
    for interval in INTERVALS:
        found = sorted(way for each in turns for way in each[interval][0])
        share = statistics.mean(each[interval][1] for each in turns)
        p95 = found[int(0.95 * len(found))]
        print(f"{1000 * interval:4} ms: p50 {statistics.median(found):5.1f}, p95 {p95:5.1f} ms; others {share:.2f}")


if __name__ == "__main__":
    main()
