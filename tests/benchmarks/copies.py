"""What looking for copied stretches costs: of 2,000 characters of a network, in a text of 5 MB, while it trains.

    python tests/benchmarks/copies.py

The text is the project's own texts one after the other, as often as it takes; half of what is looked through was drawn
from a network that learned a little, half stands in the text. Median and 95th percentile in milliseconds of the clock,
and the mean processor time of a look.
"""

from statistics import median, quantiles
from time import perf_counter, thread_time

import numpy as np

from charrnn.network.sampling import generate
from charrnn.runs.engine import Engine
from charrnn.text.copying import copied, index
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA
from charrnn.training.settings import Settings

SIZE, LENGTH, LOOKS = 5_000_000, 2_000, 200


def main() -> None:
    """Have a run train beside it, look again and again, and print what was measured."""
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(DATA.glob("*.txt")))
    corpus = Corpus.from_text((texts * (SIZE // len(texts) + 1))[:SIZE], name="all texts")
    text, rng, engine = index(corpus.train_ids), np.random.default_rng(0), Engine()
    clock, processor = [], 0.0
    try:
        run = engine.create(corpus, Settings())
        run.train()
        assert run.wait(lambda run: run.snapshot.step >= 300, 60)
        parameters = run.snapshot.parameters
        written, _ = generate(parameters, np.zeros(parameters.sizes[1], np.float32), 0, LENGTH // 2, rng)
        for _ in range(LOOKS):
            place = int(rng.integers(len(corpus.train_ids) - LENGTH))
            sample = np.concatenate([written, corpus.train_ids[place : place + LENGTH // 2]])
            began, spent = perf_counter(), thread_time()
            copied(text, sample)
            clock.append(1e3 * (perf_counter() - began))
            processor += 1e3 * (thread_time() - spent)
    finally:
        engine.close()
    print(f"median {median(clock):.0f} ms, 95th percentile {quantiles(clock, n=20)[-1]:.0f} ms")
    print(f"processor time {processor / LOOKS:.1f} ms")


if __name__ == "__main__":
    main()
