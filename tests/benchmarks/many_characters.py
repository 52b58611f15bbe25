"""A training step with thousands of characters, beside PyTorch's with an embedding, by turns in one process.

    python tests/benchmarks/many_characters.py       (where PyTorch is installed)

V = 4,464, H = 128, T = 50, B = 8, Adam; characters as frequent as words are (Zipf's law), one thread. Beside both stand
the three products with the output weights, which both do: nobody can be faster than these.
"""

import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collections.abc import Callable

import numpy as np
import torch

from charrnn import Corpus, Settings, Trainer
from charrnn.training.bench import by_turns

V, H, T, B, SECONDS = 4_464, 128, 50, 8, 30


def trainer_of_many() -> Trainer:
    """Ours, on 600,000 characters."""
    rng, signs = np.random.default_rng(0), np.arange(0x4E00, 0x4E00 + V)
    often = 1 / np.arange(1, V + 1)
    drawn = rng.choice(signs, 600_000, p=often / often.sum())
    text = "".join(map(chr, [*drawn, *signs]))
    return Trainer(Corpus.from_text(text), Settings(hidden_size=H, sequence_length=T, batch_size=B))


def pytorch(trainer: Trainer) -> Callable[[], object]:
    """The same step in PyTorch. What an embedding adds goes through weights that are not learned: one product of H by
    H more, which its nn.RNN does not spare."""
    torch.set_num_threads(1)
    embedding, recurrent, output = torch.nn.Embedding(V, H), torch.nn.RNN(H, H), torch.nn.Linear(H, V)
    recurrent.weight_ih_l0.data, recurrent.weight_ih_l0.requires_grad = torch.eye(H), False
    layers = (embedding, recurrent, output)
    weights = [weight for layer in layers for weight in layer.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights, lr=0.002, betas=(0.9, 0.99), fused=True)
    streams = torch.from_numpy(trainer.batches.streams.astype(np.int64))
    state, position = None, 0

    def step() -> float:
        nonlocal state, position
        if position + T + 1 >= len(streams):
            state, position = None, 0
        inputs, targets = streams[position : position + T], streams[position + 1 : position + T + 1]
        h, state = recurrent(embedding(inputs), state)
        loss = torch.nn.functional.cross_entropy(output(h).reshape(-1, V), targets.reshape(-1), reduction="sum")
        optimizer.zero_grad()
        (loss / B).backward()
        torch.nn.utils.clip_grad_value_(weights, 5.0)
        optimizer.step()
        state, position = state.detach(), position + T
        return float(loss.detach())

    return step


def products() -> Callable[[], object]:
    """y = h W_hy, dh = dy W_hyᵀ, dW_hy = hᵀ dy."""
    rng = np.random.default_rng(0)
    h, W, dy = (rng.normal(size=size).astype(np.float32) for size in ((T * B, H), (H, V), (T * B, V)))
    y, dh, dW = np.empty_like(dy), np.empty_like(h), np.empty_like(W)
    return lambda: (np.dot(h, W, y), np.dot(dy, W.T, dh), np.dot(h.T, dy, dW))


def main() -> None:
    """Print medians in milliseconds, and how often ours fits into PyTorch's."""
    trainer = trainer_of_many()
    times = by_turns({"ours": trainer.step, "PyTorch": pytorch(trainer), "products": products()}, SECONDS)
    print(", ".join(f"{name} {time / 1e3:.1f} ms" for name, time in times.items()))
    print(f"PyTorch / ours: {times['PyTorch'] / times['ours']:.2f}")


if __name__ == "__main__":
    main()
