"""How long a small network's measurement waits behind those of a large one: python tests/benchmarks/turns.py

One browser has the memory and the units of a network of 2,048 units measured, another, right after it, those of one of
64. Told is when each was there, in seconds since it was asked for. [--units 2048]
"""

import argparse
import sys
import tempfile
from os import environ
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import charrnn  # noqa: F401  before NumPy: one thread

SMALL = 64
PATIENCE = 600


def main(units: int) -> None:
    """Two sessions without a browser, and what each had measured."""
    from charrnn.dashboard.inside import probing, remembers
    from charrnn.dashboard.session import measuring, texts
    from charrnn.dashboard.session.server import engine
    from charrnn.dashboard.session.session import RANKING, Session
    from charrnn.training.settings import Settings

    asked, there = {}, {}
    questions = {"memory": remembers.measured, RANKING: probing.ranking}
    sessions = {size: Session(engine().create(texts.first(), Settings(hidden_size=size))) for size in (units, SMALL)}
    for size, session in sessions.items():
        for name, work in questions.items():
            asked[size, name] = perf_counter()
            measuring.measure(session, name, work)

            def told(_: object, what: tuple[int, str] = (size, name)) -> None:
                there[what] = perf_counter()

            session.measurements[name].future.add_done_callback(told)
    for size, session in sessions.items():
        for name in questions:
            session.measurements[name].future.result(PATIENCE)
            print(f"{size:5} units, {name:10}: {there[size, name] - asked[size, name]:6.2f} s", flush=True)
    engine().close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=2_048)
    with tempfile.TemporaryDirectory() as folder:
        environ["CHARRNN_HOME"] = folder
        main(parser.parse_args().units)
