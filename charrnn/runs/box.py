"""The networks in data/networks/, trained on texts that everybody has; `python -m charrnn.runs.box [TITLE …]` makes
them.

Each is trained as the page does it and saved as Share saves it; the table in data/networks/README.md is then written
anew from what the files hold. Text, settings and seed decide the weights to the last bit on the same machine; another
kind of processor rounds otherwise.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from charrnn.network.evaluate import evaluate
from charrnn.runs import run_file
from charrnn.runs.engine import Engine
from charrnn.text.folder import DATA
from charrnn.text.known import known
from charrnn.training.checkpoint import CheckpointError
from charrnn.training.network_file import packed
from charrnn.training.settings import Settings

FOLDER = DATA / "networks"
LONGEST = 3_600  # seconds that one may take
WANTED = {  # by the title of the text: settings, and how many steps
    "Shakespeare": (Settings(), 50_000),
    "Pride and Prejudice": (Settings(cell="gru", hidden_size=64), 30_000),
    "Brackets in brackets": (Settings(hidden_size=64), 20_000),
    "Quotes over several lines": (Settings(cell="gru", hidden_size=32), 15_000),
    "Delayed recall": (Settings(cell="lstm", hidden_size=32, learning_rate=0.01), 20_000),
}
HEAD = """\
# Trained networks

For each of these texts a network that has learned from it: at the page's foot *See it trained* opens the one for the
text that is chosen, as a run of one's own, which can be trained on. `python -m charrnn sample data/networks/FILE` has
it write, `python -m charrnn train --resume data/networks/FILE` goes on with it. Each file holds what the optimiser
remembers, the loss curve and samples, and is made by `python -m charrnn.runs.box TITLE`, which trains as the page does
and writes this table. The held-out loss is that of the whole part of the text that was held out.

| file | title of the text | cell, units | learning rate | steps | held out, nats | KB |
|---|---|---|---|---|---|---|
"""


def opened() -> Iterator[run_file.RunFile]:
    """What is in the folder; what cannot be read there is left out."""
    for path in sorted(FOLDER.glob("*.safetensors")):
        with suppress(OSError, CheckpointError):
            yield run_file.read(path.read_bytes(), path.name)


def make(title: str) -> None:
    """Train one and write its file."""
    settings, steps = WANTED[title]
    engine = Engine()
    try:
        run = engine.create(known(title), settings)
        run.train(steps)
        if not run.wait(lambda run: run.snapshot.held_out_step == steps, LONGEST):
            raise RuntimeError(f"{title} has come to step {run.state_step:,} only. {run.message or ''}")
        place(title).write_bytes(packed(run_file.of_run(run).network))
    finally:
        engine.close()


def place(title: str) -> Path:
    """Where the network of a text is."""
    return FOLDER / f"{re.sub('[^a-z]+', '_', title.lower())}.safetensors"


def row(title: str) -> str:
    """What the table says of one."""
    path = place(title)
    network = run_file.read(path.read_bytes(), path.name).network
    settings, loss = network.settings, evaluate(network.parameters, known(title).held_out_ids)
    sizes = f"{settings.cell}, {settings.hidden_size} | {settings.learning_rate:g} | {network.steps:,}"
    return f"| `{path.name}` | {title} | {sizes} | {loss:.4f} | {path.stat().st_size / 1000:.0f} |"


def table() -> str:
    """The folder's README."""
    return HEAD + "".join(f"{row(title)}\n" for title in WANTED if place(title).exists())


if __name__ == "__main__":
    for wanted in sys.argv[1:] or WANTED:
        make(wanted)
        print(row(wanted), flush=True)
    (FOLDER / "README.md").write_text(table(), encoding="utf-8")
