"""Damages stores at random and opens their run: python -m tests.soak.damage [--times 250] [--seed 1]

Each time a store with one run (at step 350, paused at 45) is damaged once: a changed byte in a checkpoint, in the text
or in the history, a setting missing or odd, an odd note or column, missing rows, bytes of the file changed or cut off.
The run must open, with all that a page draws of it, or be told in one sentence; it must never be a traceback.
"""

import argparse
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import damaging


def soak(times: int, seed: int) -> int:
    """Damage so many stores; print what came of it; return how many were neither opened nor told."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        whole = Path(place) / "whole"
        token = damaging.prepared(whole)
        for number in range(times):
            folder = Path(place) / str(number)
            folder.mkdir()
            shutil.copy(whole / "runs.sqlite", folder)
            what = damaging.damage(folder, random.Random(seed * 10**6 + number))
            try:
                said = damaging.opened(folder, token)
                outcome = said if said == "not found" else "opened" if said.startswith("opened") else "one sentence"
            except Exception as error:
                said, outcome = traceback.format_exc(limit=-2), "TRACEBACK " + type(error).__name__
            outcomes[outcome] += 1
            print(f"{number:4}  {what}: {said}", flush=True)
            shutil.rmtree(folder, ignore_errors=True)  # its engine may still be tidying
    print(f"{times} damaged stores: " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    return sum(count for outcome, count in outcomes.items() if outcome.startswith("TRACEBACK"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    sys.exit(1 if soak(arguments.times, arguments.seed) else 0)
