"""How fast is it? Our trainer beside the textbook's and PyTorch's, by turns in one process on one thread.

A busy machine slows all of them alike, so what counts are the ratios of medians, not the microseconds.
"""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from charrnn.network.evaluate import evaluate
from charrnn.network.textbook import Textbook
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

SLICE = 0.04  # seconds that each contender works before it is the next one's turn
CLASSIC_V = 57
OTHERS = {"textbook": "textbook", "vanilla": "vanilla cell", "pytorch": "PyTorch"}  # contenders, and their headings


def bench_corpus() -> Corpus:
    """Prose with an alphabet of 57, the size that the published figures are for."""
    return Corpus.from_bytes((DATA / "alice.txt").read_bytes(), name="alice", keep_frequent=CLASSIC_V - 1)


def by_turns(contenders: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Median microseconds a call of each contender; `seconds` are for all of them together."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    calls = {name: max(1, int(SLICE / max(1e-6, _seconds(call, 2)))) for name, call in contenders.items()}
    end = perf_counter() + seconds
    while perf_counter() < end or len(min(times.values(), key=len)) < 3:
        for name, call in contenders.items():
            times[name].append(_seconds(call, calls[name]))
    return {name: median(measured) * 1e6 for name, measured in times.items()}


def _seconds(call: Callable[[], object], calls: int) -> float:
    """Seconds a call, over that many."""
    start = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - start) / calls


def training_steps(H: int, B: int, T: int, seconds: float, cell: str = "rnn") -> dict[str, Any]:
    """One row of the table: microseconds a step at these sizes, and how often ours fit in.

    A vanilla network does the classic experiment, beside the textbook's; one with gates learns with Adam, beside a
    vanilla one that does.
    """
    sizes: dict[str, Any] = {"hidden_size": H, "batch_size": B, "sequence_length": T}
    settings = Settings.classic(**sizes) if cell == "rnn" else Settings(**sizes, cell=cell)
    trainer = Trainer(bench_corpus(), settings)
    contenders: dict[str, Callable[[], object]] = {"charrnn": trainer.step}
    if cell != "rnn":
        contenders["vanilla"] = Trainer(trainer.corpus, replace(settings, cell="rnn")).step
    elif B == 1:  # the textbook knows one stream only
        contenders["textbook"] = Textbook(trainer.parameters, trainer.corpus.train_ids, T).step
    if torch_step := pytorch(trainer):
        contenders["pytorch"] = torch_step
    times = by_turns(contenders, seconds)
    ratios = {name: time / times["charrnn"] for name, time in times.items() if name != "charrnn"}
    return {"cell": cell, "H": H, "B": B, "T": T, "microseconds": times, "ratios": ratios}


def pytorch(trainer: Trainer) -> Callable[[], object] | None:
    """A step of the same network, clip and optimiser in PyTorch, on one thread; None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    settings, (V, H), batches = trainer.settings, trainer.parameters.sizes, trainer.batches
    layers = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
    recurrent, output = layers[settings.cell](V, H), torch.nn.Linear(H, V)
    weights = [*recurrent.parameters(), *output.parameters()]
    optimizers = {"adagrad": torch.optim.Adagrad, "adam": torch.optim.Adam}
    optimizer = optimizers[settings.optimizer](weights, lr=settings.learning_rate, eps=1e-8, fused=True)
    onehot = torch.eye(V)  # its rows are faster to get than nn.functional.one_hot
    streams = torch.from_numpy(batches.streams.astype(np.int64))
    state, position = None, 0  # None: zero

    def step() -> float:
        nonlocal state, position
        if position + batches.T + 1 >= len(streams):
            state, position = None, 0
        inputs = onehot[streams[position : position + batches.T]]
        targets = streams[position + 1 : position + 1 + batches.T]
        h, state = recurrent(inputs, state)
        loss = torch.nn.functional.cross_entropy(output(h).reshape(-1, V), targets.reshape(-1), reduction="sum")
        optimizer.zero_grad()
        (loss / batches.B).backward()
        torch.nn.utils.clip_grad_value_(weights, settings.clip)
        optimizer.step()
        state = tuple(part.detach() for part in state) if settings.cell == "lstm" else state.detach()
        position += batches.T
        return float(loss.detach())

    return step


def other_speeds() -> dict[str, float]:
    """Sampling, evaluating, encoding, and the memory of a trainer with default settings."""
    corpus = bench_corpus()
    tracemalloc.start()
    Trainer(corpus, Settings()).train(3)
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    trainer = Trainer(corpus, Settings())
    trainer.train(100)
    text = corpus.text * (20_000_000 // len(corpus.text))
    times = by_turns(
        {
            "sample": lambda: trainer.sample(1_000),
            "evaluate": lambda: evaluate(trainer.parameters, corpus.train_ids[:30_000]),
            "encode": lambda: corpus.vocabulary.encode(text),
        },
        seconds=4,
    )
    return {
        "sampled characters per second": 1_000 / times["sample"] * 1e6,
        "milliseconds to evaluate 30,000 characters": times["evaluate"] / 1e3,
        "megabytes encoded per second": len(text) / times["encode"],
        "megabytes of a default trainer at its peak": memory,
    }


def seconds_to(loss: float, corpus: Corpus, settings: Settings, limit: float = 120) -> float | None:
    """Seconds of training until the held-out loss is at most `loss` nats per character; None if not within the limit.

    Evaluating takes place every tenth of a second, later every 5 % of the time spent, and does not count itself.
    """
    trainer, spent, due = Trainer(corpus, settings), 0.0, 0.1
    while spent < limit:
        spent += _seconds(trainer.step, 10) * 10
        if spent >= due:
            due = spent + max(0.1, 0.05 * spent)
            reached = trainer.evaluate()
            if reached is not None and reached <= loss:
                return spent
    return None


def run(sizes: list[int], streams: list[int], lengths: list[int], seconds: float, cells: list[str]) -> dict[str, Any]:
    """Everything measured, as plain values for JSON; `seconds` a row of the table."""
    rows = [training_steps(H, B, T, seconds, cell) for cell, H, B, T in product(cells, sizes, streams, lengths)]
    return {"numpy": np.__version__, "V": CLASSIC_V, "training": rows, "other": other_speeds()}


def table(results: dict[str, Any]) -> str:
    """The results as text to read."""
    lines = [
        "Microseconds a training step (median), and how many steps of ours fit into one of theirs",
        f"{'cell':>5}{'H':>5}{'B':>5}{'T':>5}{'CharRNN Lab':>14}" + "".join(f"{name:>18}" for name in OTHERS.values()),
    ]
    for row in results["training"]:
        us, ratios = row["microseconds"], row["ratios"]
        theirs = [f"{us[name]:,.0f} ({ratios[name]:.2f}x)" if name in us else "-" for name in OTHERS]
        sizes = f"{row['cell']:>5}{row['H']:>5}{row['B']:>5}{row['T']:>5}{us['charrnn']:>14,.0f}"
        lines.append(sizes + "".join(f"{each:>18}" for each in theirs))
    lines.append("")
    for name, value in results["other"].items():
        lines.append(f"{'not reached' if value is None else f'{value:,.1f}':>14}  {name}")
    return "\n".join(lines)
