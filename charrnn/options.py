"""What can be asked for on the command line."""

import argparse
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from math import inf
from pathlib import Path
from typing import NoReturn

from charrnn.refusal import in_a_line
from charrnn.text.cleaning import MAX_ALPHABET
from charrnn.text.decoding import REPLACEMENT
from charrnn.training.settings import CHOICES, LIMITS, Settings

ABOUT = """\
See how a recurrent network learns to write, one character at a time.
Without a command the page opens, where all of it can be watched and driven."""
FIRST = """\
what to try first:
  python -m charrnn train alice --steps 500 --out alice.safetensors    a minute or less: noise, then words
  python -m charrnn sample alice.safetensors --prime "Alice was"       what it writes now
  python -m charrnn train alice --run                                  the same in the page, live
  python -m charrnn train --help                                       more units, other cells, your own text"""
TRAIN = """\
for example:
  train alice                          a text of the project (corpora lists them)
  train my-poems/ letters.txt          your own: files and folders become one text
  train alice --cell gru --learning-rate 0.012 --steps 5000 --out net.safetensors
  train alice --resume net.safetensors --out net.safetensors    goes on to the last digit

The loss is in nats per character; e to it is how many characters it hesitates between.
Ctrl-C ends training after the step it is at, and saves what has been learned."""
SAMPLE = """\
for example:
  sample net.safetensors --prime "To be" --temperature 0.5    safer than it has learned to be
  sample net.safetensors --lines 10 --among names.txt         ten lines; those that stand in the text are marked"""


class Parser(argparse.ArgumentParser):
    """One that says what is wrong in one sentence, without all its options before it."""

    def error(self, message: str) -> NoReturn:
        """Leave, as with all else that cannot be done."""
        self.exit(2, f"charrnn: {in_a_line(message)} (--help says what can be given).\n")


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


def reading(command: argparse.ArgumentParser, at_least: str = "+") -> None:
    """The options on which text is read, and how."""
    command.add_argument("text", nargs=at_least, help="files, folders, or names of the project's texts")
    command.add_argument("--encoding", help="of the files, such as gb18030 or cp1252 (else found out)")


def parser() -> argparse.ArgumentParser:
    """Every command and its options."""
    shape = argparse.RawDescriptionHelpFormatter
    top = Parser(prog="python -m charrnn", description=ABOUT, epilog=FIRST, formatter_class=shape)
    top.set_defaults(port=None)  # the page is what there is without a command
    commands = top.add_subparsers(dest="command", metavar="command")

    command = commands.add_parser("page", help="open the page, which is also what happens without a command")
    command.add_argument("--port", type=number(int, 1, 65_535), help="where it is served, on 127.0.0.1 (8501)")

    command = commands.add_parser("train", help="train a network on a text", epilog=TRAIN, formatter_class=shape)
    reading(command, "*")
    command.add_argument("--steps", type=number(int, 0), default=2_000, help="steps to take (%(default)s)")
    command.add_argument("--out", type=Path, help="file to save the run in, .safetensors")
    command.add_argument("--run", action="store_true", help="make it a run of the page, which shows it as it trains")
    command.add_argument(
        "--resume",
        type=Path,
        help="saved run to go on with, its settings included: on its own text, which may be left out where it is in "
        "the file, or on another one",
    )
    command.add_argument(
        "--lowercase", action="store_true", help="lower-case the text: fewer characters, learned sooner"
    )
    command.add_argument(
        "--keep-frequent",
        type=number(int, 1, MAX_ALPHABET),
        help=f"keep that many characters, {REPLACEMENT} for the rest",
    )
    command.add_argument("--held-out", type=float, help="fraction kept for testing (0.05)")
    command.add_argument(
        "--sample", type=number(int, 0, 1_000_000), default=300, help="characters to write at the end (%(default)s)"
    )
    command.add_argument("--classic", action="store_true", help="start from the reference experiment's settings")
    for field in fields(Settings):
        flag = "--" + field.name.replace("_", "-")
        kind = number(type(getattr(Settings, field.name)), *LIMITS[field.name]) if field.name in LIMITS else str
        command.add_argument(flag, type=kind, choices=CHOICES.get(field.name), help=f"(default {field.default})")

    command = commands.add_parser("sample", help="let a saved network write", epilog=SAMPLE, formatter_class=shape)
    command.add_argument("network", type=Path)
    command.add_argument("--length", type=number(int, 1), default=500, help="characters at most (%(default)s)")
    command.add_argument(
        "--temperature", type=number(float, 0, 1_000), default=0.8, help="low: safe, high: daring (%(default)s)"
    )
    command.add_argument("--top-k", type=number(int, 1), help="draw from that many likeliest characters only")
    command.add_argument("--prime", default="", help=r"text that it continues from; \n and \t are line end and tab")
    command.add_argument("--prime-file", type=Path, help="the same from a file")
    command.add_argument("--stop", help="a character after which nothing more is written")
    command.add_argument("--lines", type=number(int, 1), help="write that many lines, each begun anew")
    command.add_argument("--among", nargs="+", metavar="TEXT", help="mark the lines that stand in this text")
    command.add_argument("--encoding", help="of --among (else found out)")
    command.add_argument("--seed", type=number(int, 0), help="same seed, same sample")

    command = commands.add_parser("evaluate", help="what a text costs a saved network")
    command.add_argument("network", type=Path)
    reading(command)

    command = commands.add_parser("bench", help="speed beside the textbook's and PyTorch's")
    command.add_argument("--hidden", type=number(int, 1), nargs="+", default=[128, 512], help="units (%(default)s)")
    command.add_argument("--streams", type=number(int, 1), nargs="+", default=[1, 16], help="streams (%(default)s)")
    command.add_argument("--cell", nargs="+", choices=CHOICES["cell"], default=["rnn"], help="cells (%(default)s)")
    command.add_argument(
        "--lengths", type=number(int, 1), nargs="+", default=[30], help="characters back (%(default)s)"
    )
    command.add_argument(
        "--seconds", type=number(float, 0, 3_600), default=4, help="for each row of the table (%(default)s)"
    )
    command.add_argument(
        "--time-to", type=number(float, 0, 100), help="also time training to this held-out loss, in nats"
    )
    command.add_argument("--text", default="alice", help="text for --time-to (%(default)s)")
    command.add_argument("--json", action="store_true", help="plain values instead of the table")

    command = commands.add_parser("export", help="a saved network for other programs, or as one script")
    command.add_argument("network", type=Path)
    command.add_argument(
        "file", type=Path, help="ends in .npz (arrays), .json (lists), .safetensors (PyTorch's) or .py (a script)"
    )

    commands.add_parser("runs", help="the runs of the page that are kept: token, step, held-out loss, name")

    command = commands.add_parser("replay", help="a run of the page, or a saved one, as a file to hand on")
    command.add_argument("run", help="its token (runs lists them), its link, or the file it was saved in")
    command.add_argument(
        "file",
        type=Path,
        help="ends in .html (a replay that needs no server), .md (settings, losses, samples) or .csv (the history)",
    )

    commands.add_parser("corpora", help="the project's texts")
    return top
