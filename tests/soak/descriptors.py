"""What few file descriptors do to the server: python tests/soak/descriptors.py [--limit 200] [--visits 200]

The server may open so many files; one page trains, and more visits come than there is room for, each with its page and
its connection, which it keeps trying to get as a browser does. Told: how large the log has become, what the visits
were answered, the clicks of the page that was there before, and whether all is as before once the visits have left.
Linux; it works in a folder of its own.
"""

import argparse
import logging
import resource
import statistics
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from serving import Server, cpu_seconds, soon
from sessions import Client
from websockets.sync.client import connect


def answer(url: str) -> str:
    """What a browser that opens the page is answered: a code and the first words."""
    try:
        with urllib.request.urlopen(url, timeout=10) as page:
            return f"{page.status}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(60).decode(errors='replace')}"
    except OSError as error:
        return type(getattr(error, "reason", error)).__name__


def visit(url: str, over: threading.Event, answers: "Counter[str]") -> None:
    """Open the page and its connection, and keep it; where it is refused, try again until all is over."""
    while not over.is_set():
        answers[answer(url)] += 1
        try:
            with connect(url.replace("http", "ws", 1) + "/_stcore/stream", max_size=None, open_timeout=10) as page:
                while not over.is_set():
                    try:
                        page.recv(timeout=1)
                    except TimeoutError:
                        continue
        except Exception:  # refused, or lost
            over.wait(1)


def clicks(page: Client, seconds: float) -> str:
    """The clicks of so many seconds in words."""
    found, end = [], perf_counter() + seconds
    while perf_counter() < end:
        sleep(0.5)
        try:
            found.append(1000 * page.click())
        except Exception as error:
            return f"{len(found)} clicks answered, then {type(error).__name__}"
    return f"{len(found)} clicks, median {statistics.median(found):.0f} ms, most {max(found):.0f} ms"


def measure(limit: int, visits: int, seconds: float) -> None:
    """One server, a page, and its visitors."""
    with Server() as server, ExitStack() as clients:
        address = server.url.replace("http", "ws", 1)
        page = Client(clients.enter_context(connect(f"{address}/_stcore/stream", max_size=None)), "", address)
        assert soon(lambda: page.stands)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limit, limit))
        before, over, answers = len(server.log()), threading.Event(), Counter[str]()
        worked, began = cpu_seconds(server.pid), perf_counter()
        arguments = server.url, over, answers
        threads = [threading.Thread(target=visit, args=arguments, daemon=True) for _ in range(visits)]
        for thread in threads:
            thread.start()
        print(f"the page that was there: {clicks(page, seconds)}", flush=True)
        share = (cpu_seconds(server.pid) - worked) / (perf_counter() - began)
        print(f"the log grew by {(len(server.log()) - before) / 1e6:.2f} MB; the server took {share:.0%} of a core")
        print(f"visits were answered: {answers.most_common(4)}", flush=True)
        over.set()
        for thread in threads:
            thread.join(20)
        soon(lambda: answer(server.url) == "200", 20)
        print(f"a visit after that: {answer(server.url)}")
        print(server.log()[before : before + 6000])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    arguments = parser.parse_args()
    logging.disable()  # what the visits' own library says of connections that were cut
    measure(arguments.limit, arguments.visits, arguments.seconds)
