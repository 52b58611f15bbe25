"""Kills the server or the worker of a run at random moments: python tests/soak/kills.py [--times 50] [--seed 1]

Each kill (signal 9) comes 0.2 to 3 seconds after the run was told to train, so that some meet a process that is still
starting. After each, no worker may be left behind a killed server, a killed worker is noticed, the store is sound
(PRAGMA integrity_check), the run is found by its token, at most two seconds of training are lost, nothing that was
reported as saved is, and the run is at that step what an uninterrupted one is, to the last bit. Ten kills a run; the
runs differ in optimiser, precision and number of streams. Linux; it works in a folder of its own.
"""

import argparse
import random
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import charrnn  # noqa: F401, I001  before NumPy, which gets one thread as in workers: else the last bits differ
from killing import SETTINGS, Life, Strike

KILLS_A_RUN = 10
LOST_SECONDS = 2.0


def struck(life: Life, number: int, dice: random.Random) -> Strike:
    """One more kill, judged and printed."""
    victim, delay = dice.choice(["server", "worker"]), dice.uniform(0.2, 3.0)
    strike = life.strike(victim, delay)
    if strike.lost > LOST_SECONDS:
        strike.problems.append(f"more than {LOST_SECONDS:g} s are lost")
    outcome = "; ".join(strike.problems) or "store sound, bitwise the same"
    print(
        f"{number:3}  {victim} after {delay:.2f} s: step {strike.seen:,} was seen, {strike.found:,} found, "
        f"{strike.lost:.2f} s lost; {outcome}",
        flush=True,
    )
    return strike


def soak(times: int, seed: int) -> int:
    """Kill so many times, and print what came of it; return how many kills or runs had a problem."""
    dice, strikes, at_the_end = random.Random(seed), list[Strike](), list[str]()
    for number, first in enumerate(range(0, times, KILLS_A_RUN)):
        with tempfile.TemporaryDirectory() as folder, Life(Path(folder), number % len(SETTINGS)) as life:
            numbers = range(first + 1, min(first + KILLS_A_RUN, times) + 1)
            strikes += [struck(life, kill, dice) for kill in numbers]
            at_the_end += life.finish()
            print(f"     run {number + 1} at step {life.reference.steps:,}: {at_the_end or 'as if never killed'}")
    lost = [strike.lost for strike in strikes]
    failed = sum(bool(strike.problems) for strike in strikes) + len(at_the_end)
    servers = sum(strike.victim == "server" for strike in strikes)
    print(
        f"{times} kills, {servers} of servers and {times - servers} of workers: {failed} problems; "
        f"seconds of training lost: median {statistics.median(lost):.2f}, most {max(lost):.2f}"
    )
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.exit(1 if soak(arguments.times, arguments.seed) else 0)
