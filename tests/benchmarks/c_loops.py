"""How close NumPy comes to plain C loops: python tests/benchmarks/c_loops.py [H ...]   (needs the system's cc)

Compiles c_loops.c with -O3 -march=native -ffast-math, checks that its losses are the trainer's, and times both by
turns in this process.
"""

import ctypes
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from charrnn import Settings, Trainer
from charrnn.training.bench import bench_corpus, by_turns

# isort: split
import numpy as np  # only now: charrnn sets the number of threads


def compiled() -> ctypes.CDLL:
    """c_loops.c as a loaded library."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "c_loops.so"
        source = Path(__file__).with_suffix(".c")
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run(["cc", *flags, str(source), "-o", str(library), "-lm"], check=True)
        return ctypes.CDLL(str(library))


def c_step(library: ctypes.CDLL, trainer: Trainer) -> Callable[[], float]:
    """A step in C on a copy of the trainer's network, over the same text."""
    (V, H), T, ids = trainer.parameters.sizes, trainer.batches.T, trainer.corpus.train_ids
    p = trainer.parameters.flat.copy()
    arrays = p, np.zeros_like(p), np.zeros_like(p), *(np.zeros((T + 1) * width, np.float32) for width in (H, V, H))
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    numbers = ctypes.c_float(trainer.settings.learning_rate), ctypes.c_float(trainer.settings.clip)
    library.step.restype = ctypes.c_float
    start, position = ids.ctypes.data, 0

    def step() -> float:
        nonlocal position
        if position + T + 1 >= len(ids):
            position = 0
            arrays[3][:H] = 0
        x = ctypes.c_void_p(start + 4 * position)
        target = ctypes.c_void_p(start + 4 * (position + 1))
        position += T
        return library.step(T, V, H, x, target, *pointers, *numbers) / T

    return step


def main() -> None:
    library = compiled()
    print(f"{'H':>5}{'CharRNN Lab':>14}{'C loops':>10}   microseconds a step (B = 1, T = 30), and their ratio")
    for H in map(int, sys.argv[1:] or ["128", "512"]):
        trainer = Trainer(bench_corpus(), Settings.classic(hidden_size=H))
        in_c = c_step(library, trainer)
        for _ in range(3):  # later, rounding tells them apart
            ours, theirs = trainer.step().loss, in_c()
            assert abs(ours - theirs) < 1e-3, (ours, theirs)
        times = by_turns({"ours": trainer.step, "C": in_c}, seconds=4)
        print(f"{H:>5}{times['ours']:>14,.0f}{times['C']:>10,.0f}{times['ours'] / times['C']:>8.2f}x")


if __name__ == "__main__":
    main()
