"""An engine whose processes are all gone when the test is over, and a text small enough to train on at once."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from runs_helpers import SECONDS, alive

from charrnn.runs import local
from charrnn.runs.engine import Engine
from charrnn.runs.local import Local
from charrnn.runs.run import Run
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    words = ["the", "rain", "in", "spain", "stays", "mainly", "on", "plains"]
    return Corpus.from_text(" ".join(np.random.default_rng(0).choice(words, 1500)), name="rain")


@pytest.fixture
def settings() -> Settings:
    return Settings(hidden_size=12, sequence_length=8, batch_size=2)


@pytest.fixture
def workers() -> list[Local]:
    """Every worker that the test's engines started, in order."""
    return []


@pytest.fixture
def make_engine(workers: list[Local]) -> Iterator[Callable[..., Engine]]:
    engines = []

    def connect(*arguments: Any) -> Local:
        workers.append(Local(*arguments))
        return workers[-1]

    def make(**options: Any) -> Engine:
        engines.append(Engine(connect=connect, **options))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()
    for worker in workers:
        worker.join(SECONDS)
    assert not [worker.pid for worker in workers if worker.pid and alive(worker.pid)]


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()


@pytest.fixture
def make_run(engine: Engine, corpus: Corpus, settings: Settings) -> Callable[[], Run]:
    return lambda: engine.create(corpus, settings)


@pytest.fixture
def run(make_run: Callable[[], Run]) -> Run:
    return make_run()


@pytest.fixture
def before_each_chunk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have workers execute some lines before each chunk of steps; `self` is the trainer."""

    def patch(lines: str) -> None:
        code = (
            "from charrnn.runs import worker\n"
            "train = worker.Trainer.train\n"
            f"def noisy(self, steps):\n    {lines}\n    return train(self, steps)\n"
            "worker.Trainer.train = noisy\n"
            "worker.main()\n"
        )
        monkeypatch.setattr(local, "COMMAND", [local.COMMAND[0], "-c", code])

    return patch
