"""The command line: python -m charrnn opens the page; with --help it says what else there is."""

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from math import exp, log
from pathlib import Path
from time import perf_counter

import numpy as np

from charrnn import Corpus, Settings, Trainer, save, stored
from charrnn.network.evaluate import evaluate
from charrnn.network.sampling import generate, read
from charrnn.options import parser
from charrnn.progress import work
from charrnn.refusal import in_a_line
from charrnn.runs.store_types import StoreError
from charrnn.text.corpus import Vocabulary
from charrnn.text.decoding import REPLACEMENT, CorpusError, decode
from charrnn.text.folder import corpora, files_of
from charrnn.text.known import known as known_text
from charrnn.training import bench, keep
from charrnn.training.export import export
from charrnn.training.network_file import Network, NetworkFile, load_network, to_pytorch, unpack

PIECE = 10_000  # characters written at a time, so that a long sample never exists as a whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where it worked, 2 with one sentence on standard error where it cannot be done, 3 where
    training ended worse than guessing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that has no such letter is no reason to lose a run
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command or "page"](options) or 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        said = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror or error}."
    except MemoryError:
        said = "There is not enough memory for that: choose smaller sizes."
    except (ValueError, StoreError) as error:  # CorpusError, SettingsError and CheckpointError are ValueErrors
        said = str(error)
    print(f"charrnn: {in_a_line(said)}", file=sys.stderr)
    return 2


def train(options: argparse.Namespace) -> int:
    """Train a network, report its loss as it falls, save it where asked, and let it write at the end."""
    if options.out:
        require_place(options.out)
    if options.run and (options.out or options.resume):
        raise ValueError("--run begins a run of the page, which keeps it: leave --out and --resume out.")
    trainer = resumed(options) if options.resume else Trainer(corpus_of(options), settings_of(options))
    corpus = trainer.corpus
    for remark in (*corpus.report.notes, *corpus.report.hints):
        print(remark)
    print(f"{corpus.name}: {len(corpus.text):,} characters, {len(corpus.vocabulary):,} different ones")
    if corpus.replaced:
        print(f"{corpus.replaced:.2%} of the text is {REPLACEMENT}, which is not predicted and counts in no loss.")
    if options.run:
        return stored.train(corpus, trainer.settings, options.steps)
    start, goal = perf_counter(), trainer.steps + options.steps
    blown_up = work(trainer, options.steps)
    seconds = perf_counter() - start
    if options.out:
        save(trainer, options.out)
    print(f"{seconds:.1f} s\n\n{trainer.sample(options.sample)}")
    if options.out:
        print(f"\nSaved at step {trainer.steps:,} in {options.out}")
    elif trainer.steps < goal and not blown_up:
        print(f"\nStopped at step {trainer.steps:,}; nothing is saved: --out FILE or --run keeps what is trained.")
    if blown_up:
        print(f"charrnn: {blown_up}", file=sys.stderr)
    return 3 if blown_up else 0


def require_place(path: Path) -> None:
    """Raise ValueError unless a file can be written there, before anything is trained in vain."""
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        raise ValueError(f"Nothing can be saved in {path}: name a file in a folder that exists and can be written to.")


def resumed(options: argparse.Namespace) -> Trainer:
    """A saved run on its own text, or its network on another one, read as that was where nothing else is asked for."""
    data, named = options.resume.read_bytes(), options.resume.name
    file = unpack(data, named, lambda: corpus_of(options) if options.text else None)
    if options.text:
        options.lowercase = options.lowercase or file.lowercase
        options.keep_frequent = options.keep_frequent or file.text.keep_frequent
        options.held_out = file.text.held_out if options.held_out is None else options.held_out
        corpus = file.taken_up(corpus_of(options))
    elif (found := file.its_text()) is None:
        raise CorpusError(f"The text that the network in {file.name} learned from is not in it: name one.")
    else:
        corpus = found
    if file.weights_alone:
        print("Its weights come from PyTorch, without what an optimiser remembers: the text begins anew.")
    elif not file.goes_on_exactly(corpus):
        new = len(Vocabulary(file.characters).unseen(corpus.vocabulary.characters))
        print(f"The network goes on with another text, of which {new:,} characters are new to it.")
    return file.trainer(corpus)


def write(options: argparse.Namespace) -> None:
    """Let a saved network write: a text, or lines, each begun anew."""
    network, rng = load_network(options.network), np.random.default_rng(options.seed)
    prime = decode(options.prime_file.read_bytes()).text if options.prime_file else unescaped(options.prime)
    known(network, prime)
    sign = unescaped(options.stop or ("\n" if options.lines else ""))
    stop = network.vocabulary.characters.find(sign) if sign else None
    if stop is not None and (stop < 0 or len(sign) > 1):
        raise ValueError(f"Nothing can stop at {sign!r}: name one character that the network knows.")
    listed = set(text_of(options.among, options, network).split(sign)) if options.among and sign else set()
    begun = network.primed(prime, sign if options.lines else "")  # a line begins where the one before has ended
    for _ in range(options.lines or 1):
        line = prime.rpartition(sign)[2] if sign else prime
        for piece in pieces(network, begun, rng, options, stop):
            print(piece, end="", flush=True)
            line += piece if listed else ""
        print("   (stands in the text)" if listed and line in listed else "")


def pieces(
    network: Network, prime: np.ndarray, rng: np.random.Generator, options: argparse.Namespace, stop: int | None
) -> Iterator[str]:
    """What the network writes after ids (N,), at most --length characters, without the one that stops it."""
    parameters = network.parameters
    h, last = read(parameters, prime[:-1]), int(prime[-1]) if len(prime) else None
    for start in range(0, options.length, PIECE):
        length = min(PIECE, options.length - start)
        ids, h = generate(parameters, h, last, length, rng, options.temperature, options.top_k, stop)
        last = int(ids[-1])
        yield network.vocabulary.decode(ids[:-1] if last == stop else ids)
        if last == stop:
            return


def unescaped(typed: str) -> str:
    """With line ends and tabs for \\n and \\t, which a shell leaves as they are, and a backslash for two."""
    return re.sub(r"\\([nt\\])", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), typed)


def measure(options: argparse.Namespace) -> None:
    """What a text costs a saved network."""
    network = load_network(options.network)
    ids = known(network, text_of(options.text, options, network))
    ignored = network.vocabulary.replacement
    nats = evaluate(network.parameters, ids, ignored)
    if nats is None:
        raise ValueError("The network knows fewer than two characters of this text: there is nothing to predict.")
    left = (ids[1:] == ignored).mean() if ignored is not None else 0
    apart = f" ({left:.2%} of the text, {REPLACEMENT} to it, apart)" if left else ""
    print(
        f"{nats:.4f} nats = {nats / log(2):.4f} bits per character: it hesitates between {exp(min(nats, 700)):.1f} "
        f"characters{apart}"
    )


def known(network: Network, text: str) -> np.ndarray:
    """The ids of what the network knows of a text; what it does not know is named on standard error."""
    if unseen := network.vocabulary.unseen(text.lower() if network.lowercase else text):
        becomes = "Left out" if network.vocabulary.replacement is None else f"Read as {REPLACEMENT}"
        named = repr(unseen[:100]) + (" …" if len(unseen) > 100 else "")
        print(f"{becomes}, since the network has never seen them: {named}", file=sys.stderr)
    return network.read(text)


def benchmark(options: argparse.Namespace) -> None:
    """Our trainer beside the textbook's and PyTorch's."""
    results = bench.run(options.hidden, options.streams, options.lengths, options.seconds, options.cell)
    if options.time_to is not None:
        corpus = Corpus.from_files(files(options.text)[0], name=options.text, lowercase=True)
        for name, settings in (("default", Settings()), ("classic", Settings.classic())):
            what = f"seconds to {options.time_to} nats held out on {corpus.name}, {name} settings"
            results["other"][what] = bench.seconds_to(options.time_to, corpus, settings)
    print(json.dumps(results, indent=2) if options.json else bench.table(results))


def take_home(options: argparse.Namespace) -> None:
    """A saved network for other programs."""
    file = unpack(options.network.read_bytes(), options.network.name)
    if options.file.suffix == options.network.suffix == ".safetensors" and options.file.exists():
        raise ValueError(f"{options.file} is there already: name another file.")
    if options.file.suffix == ".safetensors":
        options.file.write_bytes(to_pytorch(file))
    elif options.file.suffix == ".py":
        keep_script(file, options.file)
    else:
        export(file.parameters, file.characters, options.file)
    beside = f", and {options.file.with_suffix('.npz').name} beside it" if options.file.suffix == ".py" else ""
    print(f"Written: {options.file} ({options.file.stat().st_size:,} bytes){beside}")


def keep_script(file: NetworkFile, path: Path) -> None:
    """A script that goes on with it, and what lies beside that."""
    if (corpus := file.its_text()) is None:
        raise CorpusError(
            f"The text that the network in {file.name} learned from is not in it: train --resume with a text first."
        )
    state = file.trainer(corpus).state()
    path.with_suffix(".npz").write_bytes(keep.beside(state, file.settings, corpus))
    path.write_text(keep.script(state, file.settings, corpus, path.stem), encoding="utf-8")


def list_corpora(options: argparse.Namespace) -> None:
    """The texts that come with the project."""
    for title, path in corpora():
        print(f"{in_a_line(path.stem):<24} {path.stat().st_size:>10,} bytes   {title}")


def corpus_of(options: argparse.Namespace) -> Corpus:
    """The corpus of the files and folders named, or of the project's text of that name, read as was asked."""
    if not options.text:
        raise CorpusError("There is nothing to learn from: name a file, a folder, or one of the project's texts.")
    name, lowercase = options.text[0], options.lowercase or options.classic
    held_out = 0.05 if options.held_out is None else options.held_out
    if len(options.text) == 1 and not options.encoding and not options.keep_frequent:
        title = {path.stem: title for title, path in corpora()}.get(name)
        with suppress(KeyError):
            if title or not Path(name).exists():
                return known_text(title or name, lowercase, held_out)
    found, notes = files(*options.text, encoding=options.encoding)
    for note in notes:
        print(note)
    return Corpus.from_files(
        found,
        name=Path(name).stem,
        encoding=options.encoding,
        lowercase=lowercase,
        held_out=held_out,
        keep_frequent=options.keep_frequent,
    )


def text_of(names: list[str], options: argparse.Namespace, network: Network) -> str:
    """The text of the files and folders named, as a network would have been trained on it."""
    found, _ = files(*names, encoding=options.encoding)
    return Corpus.from_files(found, name=names[0], encoding=options.encoding, lowercase=network.lowercase).text


def files(*names: str, encoding: str | None = None) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The files of that name, those in folders of that name, and the project's own texts; and notes on them."""
    own = {path.stem: path for _, path in corpora()}
    paths = [own.get(name, Path(name)) for name in names]
    for name, path in zip(names, paths, strict=True):
        if not path.exists():
            raise CorpusError(f"There is no text {name!r}: give a file, a folder, or one of {', '.join(own)}.")
    found, notes = files_of(paths, encoding)
    if not found:
        raise CorpusError(f"There is no text in {', '.join(names)}: give a folder that holds some.")
    return found, notes


def settings_of(options: argparse.Namespace) -> Settings:
    """The default or the classic settings with the changes asked for."""
    given = {field.name: getattr(options, field.name) for field in fields(Settings)}
    changes = {name: value for name, value in given.items() if value is not None}
    return Settings.classic(**changes) if options.classic else Settings(**changes)


COMMANDS = {
    "page": stored.open_page,
    "train": train,
    "sample": write,
    "evaluate": measure,
    "bench": benchmark,
    "export": take_home,
    "corpora": list_corpora,
    "runs": stored.listed,
    "replay": stored.hand_on,
}


if __name__ == "__main__":
    sys.exit(main())
