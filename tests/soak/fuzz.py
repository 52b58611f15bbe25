"""Holds claims about whatever may be brought: python -m tests.soak.fuzz [--minutes 10] [--seed N] [--only NAME …]

Uploads, pastes, primes, lesson files, replays, saved networks (bytes damaged; values or arrays crafted), those of
PyTorch, stores, links, what browsers say on the channel and workers through their pipes, each as Hypothesis draws it,
by turns of so many cases with a seed of their own. What fails is told with the smallest case found and the command that
has it again; a warning counts as a failure.
"""

import argparse
import logging
import os
import secrets
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import fuzzed_files
import fuzzed_messages
import fuzzed_texts
from fuzzing import Claim

CLAIMS = {claim.name: claim for of in (fuzzed_texts, fuzzed_files, fuzzed_messages) for claim in of.CLAIMS}
TURN = 50  # cases


def soak(minutes: float, seed: int, claims: list[Claim]) -> int:
    """Hold these claims by turns; print how their cases went; return how many turns failed."""
    print(f"seed {seed}", flush=True)
    failed, end, turn = 0, monotonic() + 60 * minutes, 0
    while turn == 0 or monotonic() < end:
        for claim in claims:
            try:
                claim.hold(TURN, seed + turn)
            except Exception:
                failed += 1
                print(f"\n{claim.name} does not hold: --seed {seed + turn} --only {claim.name} --minutes 0", flush=True)
                traceback.print_exc(limit=-4, file=sys.stdout)
        turn += 1
    for claim in claims:
        told = ", ".join(f"{count:,} {how}" for how, count in claim.came.most_common())
        print(f"{claim.name:18} {claim.came.total():7,} cases: {told}")
    print(f"{sum(claim.came.total() for claim in claims):,} cases, {failed} turns failed, seed {seed}")
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--only", nargs="+", choices=list(CLAIMS), default=list(CLAIMS))
    arguments = parser.parse_args()
    logging.disable()  # what is told to the log of a worker that died is none of a case's
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as home:
        os.environ["CHARRNN_HOME"] = home
        sys.exit(1 if soak(arguments.minutes, arguments.seed, [CLAIMS[name] for name in arguments.only]) else 0)
