"""The command line: python -m charrnn train | sample | evaluate | bench | export | corpora   (--help after each)."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from math import exp, inf, isfinite, log
from pathlib import Path
from time import perf_counter
from typing import NoReturn

import numpy as np

from charrnn import Corpus, Settings, Trainer, load, save
from charrnn.network.evaluate import evaluate
from charrnn.network.sampling import generate, read
from charrnn.text.corpus import CorpusError
from charrnn.text.folder import corpora, shown
from charrnn.training import bench
from charrnn.training.checkpoint import Network, load_network
from charrnn.training.export import export
from charrnn.training.settings import CHOICES, LIMITS

PIECE = 10_000  # characters written at a time, so that a long sample never exists as a whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where it worked, 2 with one sentence on standard error where it cannot be done."""
    options = parser().parse_args(arguments)
    try:
        options.command(options)
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        said = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror or error}."
    except MemoryError:
        said = "There is not enough memory for that: choose smaller sizes."
    except ValueError as error:  # CorpusError, SettingsError and CheckpointError are ValueErrors
        said = str(error)
    print(f"charrnn: {' '.join(said.split())}", file=sys.stderr)
    return 2


def train(options: argparse.Namespace) -> None:
    """Train a network, report its loss as it falls, let it write at the end, and save it where asked."""
    corpus = corpus_of(options.text, lowercase=not options.keep_case, held_out=options.held_out)
    for note in corpus.report.notes:
        print(note)
    trainer = load(options.resume, corpus) if options.resume else Trainer(corpus, settings_of(options))
    print(f"{corpus.name}: {len(corpus.text):,} characters, {len(corpus.vocabulary)} different ones")
    print(f"{'step':>9} {'characters':>12} {'smoothed':>9} {'held out':>9}   nats per character")
    start = perf_counter()
    work(trainer, options.steps)
    print(f"{perf_counter() - start:.1f} s\n\n{trainer.sample(options.sample)}")
    if options.out:
        save(trainer, options.out)
        print(f"\nSaved at step {trainer.steps:,} in {options.out}")


def work(trainer: Trainer, steps: int) -> None:
    """That many steps with ten reports; Ctrl-C ends them early but never within a step, so that a save is exact."""
    interrupts: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    try:
        for step in range(1, steps + 1):
            trainer.step()
            if step * 10 // steps > (step - 1) * 10 // steps or interrupts:
                report(trainer)
            if interrupts:
                break
    finally:
        signal.signal(signal.SIGINT, usual)


def report(trainer: Trainer) -> None:
    """One line on how far training is. Raises ValueError where the loss is no number any more."""
    if not isfinite(trainer.smooth_loss):
        raise ValueError(f"The loss is no longer a number at step {trainer.steps:,}: lower the learning rate.")
    held_out = trainer.evaluate()
    shown = "none" if held_out is None else f"{held_out:.3f}"
    print(f"{trainer.steps:>9,} {trainer.characters:>12,} {trainer.smooth_loss:>9.3f} {shown:>9}", flush=True)


def write(options: argparse.Namespace) -> None:
    """Let a saved network write."""
    network = load_network(options.network)
    prime = known(network, options.prime)
    rng, parameters = np.random.default_rng(options.seed), network.parameters
    h, last = read(parameters, prime[:-1]), int(prime[-1]) if len(prime) else None
    for start in range(0, options.length, PIECE):
        length = min(PIECE, options.length - start)
        ids, h = generate(parameters, h, last, length, rng, options.temperature, options.top_k)
        last = int(ids[-1])
        print(network.vocabulary.decode(ids), end="", flush=True)
    print()


def measure(options: argparse.Namespace) -> None:
    """What a text costs a saved network."""
    network = load_network(options.network)
    text = corpus_of(options.text, lowercase=network.lowercase, held_out=0).text
    ids = known(network, text)
    if len(ids) < 2:
        raise ValueError(f"The network knows fewer than two characters of {options.text}: there is nothing to predict.")
    nats = evaluate(network.parameters, ids)
    print(f"{nats:.4f} nats = {nats / log(2):.4f} bits per character: it hesitates between {exp(nats):.1f} characters")


def known(network: Network, text: str) -> np.ndarray:
    """The ids of what the network knows of a text; what it does not know is named on standard error."""
    text = text.lower() if network.lowercase else text
    if unseen := network.vocabulary.unseen(text):
        print(f"Left out, since the network has never seen them: {unseen!r}", file=sys.stderr)
    return network.vocabulary.encode(text)


def benchmark(options: argparse.Namespace) -> None:
    """Our trainer beside the textbook's and PyTorch's."""
    results = bench.run(options.hidden, options.streams, options.lengths, options.seconds)
    if options.time_to is not None:
        corpus = corpus_of(options.text, lowercase=True, held_out=0.05)
        for name, settings in (("default", Settings()), ("classic", Settings.classic())):
            what = f"seconds to {options.time_to} nats held out on {corpus.name}, {name} settings"
            results["other"][what] = bench.seconds_to(options.time_to, corpus, settings)
    print(json.dumps(results, indent=2) if options.json else bench.table(results))


def take_home(options: argparse.Namespace) -> None:
    """A saved network for other programs."""
    network = load_network(options.network)
    export(network.parameters, network.vocabulary.characters, options.file)
    print(f"Written: {options.file} ({options.file.stat().st_size:,} bytes)")


def list_corpora(options: argparse.Namespace) -> None:
    """The texts that come with the project."""
    for title, path in corpora():
        print(f"{shown(path.stem):<24} {path.stat().st_size:>10,} bytes   {title}")


def corpus_of(name: str, *, lowercase: bool, held_out: float) -> Corpus:
    """The corpus in the file `name`, or the project's own text of that name."""
    own = {path.stem: path for _, path in corpora()}
    path = own.get(name, Path(name))
    if not path.is_file():
        raise CorpusError(f"There is no text {name!r}: give a file, or one of {', '.join(own)}.")
    return Corpus.from_bytes(path.read_bytes(), name=path.stem, lowercase=lowercase, held_out=held_out)


def settings_of(options: argparse.Namespace) -> Settings:
    """The default or the classic settings with the changes asked for."""
    given = {field.name: getattr(options, field.name) for field in fields(Settings)}
    changes = {name: value for name, value in given.items() if value is not None}
    return Settings.classic(**changes) if options.classic else Settings(**changes)


class Parser(argparse.ArgumentParser):
    """One that says what is wrong in one sentence, without all its options before it."""

    def error(self, message: str) -> NoReturn:
        """Leave, as with all else that cannot be done."""
        self.exit(2, f"charrnn: {message} (--help says what can be given).\n")


def number(kind: type[int] | type[float], low: float, high: float = inf) -> Callable[[str], float]:
    """What reads an option that is a number from `low` to `high`."""
    wanted = f"{'whole ' if kind is int else ''}number from {low:,g} " + (f"to {high:,g}" if high < inf else "on")

    def read_number(written: str) -> float:
        with suppress(ValueError):
            value = kind(written)
            if low <= value <= high:  # which not-a-number is not
                return value
        raise argparse.ArgumentTypeError(f"{written[:40]!r} is no {wanted}")

    return read_number


def parser() -> argparse.ArgumentParser:
    """Every command and its options."""
    top = Parser(prog="python -m charrnn", description="Train a character RNN and let it write.")
    commands = top.add_subparsers(required=True, metavar="command")

    command = commands.add_parser("train", help="train a network on a text")
    command.add_argument("text", help="a file, or the name of one of the project's texts")
    command.add_argument("--steps", type=number(int, 0), default=2_000, help="steps to take (%(default)s)")
    command.add_argument("--out", type=Path, help="file to save the run in, .safetensors")
    command.add_argument("--resume", type=Path, help="saved run to go on with, its settings included")
    command.add_argument("--keep-case", action="store_true", help="keep capitals (else all is lower-cased)")
    command.add_argument("--held-out", type=float, default=0.05, help="fraction kept for testing (%(default)s)")
    command.add_argument(
        "--sample", type=number(int, 0, 1_000_000), default=300, help="characters to write at the end (%(default)s)"
    )
    command.add_argument("--classic", action="store_true", help="start from the reference experiment's settings")
    for field in fields(Settings):
        flag = "--" + field.name.replace("_", "-")
        kind = number(type(getattr(Settings, field.name)), *LIMITS[field.name]) if field.name in LIMITS else str
        command.add_argument(flag, type=kind, choices=CHOICES.get(field.name), help=f"(default {field.default})")
    command.set_defaults(command=train)

    command = commands.add_parser("sample", help="let a saved network write")
    command.add_argument("network", type=Path)
    command.add_argument("--length", type=number(int, 0), default=500, help="characters (%(default)s)")
    command.add_argument(
        "--temperature", type=number(float, 0, 1_000), default=0.8, help="low: safe, high: daring (%(default)s)"
    )
    command.add_argument("--top-k", type=number(int, 1), help="draw from that many likeliest characters only")
    command.add_argument("--prime", default="", help="text that it continues from")
    command.add_argument("--seed", type=number(int, 0), help="same seed, same sample")
    command.set_defaults(command=write)

    command = commands.add_parser("evaluate", help="what a text costs a saved network")
    command.add_argument("network", type=Path)
    command.add_argument("text", help="a file, or the name of one of the project's texts")
    command.set_defaults(command=measure)

    command = commands.add_parser("bench", help="speed beside the textbook's and PyTorch's")
    command.add_argument("--hidden", type=int, nargs="+", default=[128, 512], help="units (%(default)s)")
    command.add_argument("--streams", type=int, nargs="+", default=[1, 16], help="streams (%(default)s)")
    command.add_argument("--lengths", type=int, nargs="+", default=[30], help="characters back (%(default)s)")
    command.add_argument(
        "--seconds", type=number(float, 0, 3_600), default=4, help="for each row of the table (%(default)s)"
    )
    command.add_argument(
        "--time-to", type=number(float, 0, 100), help="also time training to this held-out loss, in nats"
    )
    command.add_argument("--text", default="alice", help="text for --time-to (%(default)s)")
    command.add_argument("--json", action="store_true", help="plain values instead of the table")
    command.set_defaults(command=benchmark)

    command = commands.add_parser("export", help="a saved network for other programs, or as one script")
    command.add_argument("network", type=Path)
    command.add_argument("file", type=Path, help="ends in .npz (arrays), .json (lists) or .py (a script that writes)")
    command.set_defaults(command=take_home)

    commands.add_parser("corpora", help="the project's texts").set_defaults(command=list_corpora)
    return top


if __name__ == "__main__":
    sys.exit(main())
