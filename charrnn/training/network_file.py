"""A saved network: the exact state of its run, with settings, alphabet and how its text was read, in one file.

The text itself is in the file unless everybody can have it by its name, or it is larger than a header may be. What
PyTorch has saved (pytorch.py) is read too: it brings its weights, and begins a text with them.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors.numpy import save as save_arrays

from charrnn.network.cells import CELLS
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.network.parameters import Array, Parameters
from charrnn.text.cleaning import MAX_ALPHABET
from charrnn.text.corpus import BEFORE, Corpus, CorpusError, Vocabulary
from charrnn.text.known import is_known, known
from charrnn.training import pytorch
from charrnn.training.checkpoint import (
    KEY,
    WRONG,
    CheckpointError,
    carried,
    damaged,
    require_like,
    restore,
    sealed,
    to_bytes,
    unpacked,
)
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, Trainer

HEADER = 90_000_000  # bytes of JSON that a text may take: a safetensors header holds 100 MB
OF_TRAINING = ("steps", "smooth_loss", "learning_rate", "clip")  # what PyTorch has no place for
Find = Callable[[str, bool, float], Corpus]  # a text by its name, letter case and share held out


@dataclass(frozen=True)
class Read:
    """How a network's text was read, as far as that is known; `content` is the text where the file holds it."""

    digest: str = ""
    held_out: float = 0.05
    keep_frequent: int | None = None
    beginning: str = "\n"  # what stands before a beginning in it, some characters of it
    name: str = ""
    before: tuple[tuple[str, int], ...] = ()  # what the network had learned from before, and up to which step
    content: str | None = None

    @classmethod
    def of(cls, corpus: Corpus) -> "Read":
        """How a corpus was read, without the text."""
        return cls(corpus.digest, corpus.held_out, corpus.keep_frequent, corpus.beginning, corpus.name, corpus.before)

    @classmethod
    def from_dict(cls, about: dict[str, Any]) -> "Read":
        """What a file says of it. Raises ValueError, TypeError, KeyError where that is none."""
        before = tuple((name, step) for name, step in about.get("before", ()))
        read = cls(**about | {"before": before})
        kept, texts = read.keep_frequent, (read.digest, read.beginning, read.name, *(name for name, _ in before))
        numbers = type(read.held_out) in (int, float) and 0 <= read.held_out < 1
        if (
            not numbers
            or not all(isinstance(text, str) for text in texts)
            or len(read.beginning) > BEFORE
            or not all(type(step) is int and step >= 0 for _, step in before)
            or not (kept is None or (type(kept) is int and 1 <= kept <= MAX_ALPHABET))
            or not isinstance(read.content, str | None)
        ):
            raise ValueError("it does not say how its text was read")
        return read


class Network(NamedTuple):
    """What a saved run leaves to those who only read and write with it."""

    parameters: Parameters
    vocabulary: Vocabulary
    lowercase: bool  # whether it was trained on a text without capitals
    steps: int
    beginning: str

    def typed(self, text: str) -> str:
        """What a person typed, in the letter case that it was trained in."""
        return text.lower() if self.lowercase else text

    def read(self, text: str) -> Array:
        """Ids (N,) of what it knows of a text, in the letter case that it was trained in."""
        return self.vocabulary.encode(self.typed(text))

    def primed(self, prime: str, after: str = "") -> Array:
        """Ids (N,) of what a sample continues from; with nothing known to begin with, it begins as its text does."""
        return self.vocabulary.primed(self.typed(prime), self.beginning, after)


@dataclass(frozen=True)
class NetworkFile:
    """What is in a file: a run's state, or a network's weights alone, and what is known of their text."""

    name: str
    state: State
    settings: Settings
    characters: str
    lowercase: bool
    text: Read
    weights_alone: bool = False
    run: Any = None  # what is told of the run beside its state (runs/run_file.py)

    @classmethod
    def of(
        cls, state: State, corpus: Corpus, settings: Settings, *, with_text: bool = False, run: Any = None
    ) -> "NetworkFile":
        """The file of a run's state; its text is in it if asked for, and not larger than it may be."""
        read = Read.of(corpus)
        if with_text and len(json.dumps(json.dumps(corpus.text))) <= HEADER:
            read = replace(read, content=corpus.text)
        return cls(corpus.name, state, settings, corpus.vocabulary.characters, corpus.lowercase, read, run=run)

    @property
    def told(self) -> dict[str, Any]:
        """What is told in it beside state and characters: JSON-able."""
        text = {name: value for name, value in asdict(self.text).items() if value is not None}
        return {"settings": self.settings.to_dict(), "lowercase": self.lowercase, "text": text}

    @property
    def steps(self) -> int:
        """How many it was trained for."""
        return int(self.state.values["steps"])

    def require_sizes(self) -> None:
        """Raise CheckpointError where its arrays are of other sizes than its settings say."""
        arrays, settings = self.state.arrays, self.settings
        expected = CELLS[settings.cell].zeros(len(self.characters), settings.hidden_size, np.dtype(settings.dtype))
        for name, array in expected._asdict().items():
            require_like(name, arrays.get(name, np.empty(0)), array)

    @property
    def parameters(self) -> Parameters:
        """The network's arrays. Raises CheckpointError as `require_sizes` does."""
        self.require_sizes()
        return Parameters(*(self.state.arrays[name] for name in Parameters._fields))

    @property
    def network(self) -> Network:
        """The network without its training. Raises CheckpointError as `parameters` does."""
        parameters = self.parameters
        return Network(parameters, Vocabulary(self.characters), self.lowercase, self.steps, self.text.beginning)

    def own(self, corpus: Corpus) -> Corpus | None:
        """The corpus as this network knows it, None where it is not its very text."""
        same = corpus.knowing(self.characters, self.text.before)
        return same if same.digest == self.text.digest else None

    def its_text(self, find: Find = known) -> Corpus | None:
        """The text that is in it, or has the name that it tells; None where neither can be had."""
        text = self.text
        with suppress(KeyError, OSError, CorpusError):
            if text.content is None:
                return self.own(find(text.name, self.lowercase, text.held_out))
            corpus = Corpus.from_text(text.content, name=text.name, lowercase=self.lowercase, held_out=text.held_out)
            return self.own(replace(corpus, keep_frequent=text.keep_frequent))
        return None

    def taken_up(self, corpus: Corpus) -> Corpus:
        """The corpus for the network to go on with: its very text, or another one that it is to learn from after it."""
        learned = (self.text.name or self.name, self.steps)
        return self.own(corpus) or corpus.knowing(self.characters, (*self.text.before, learned))

    def goes_on_exactly(self, corpus: Corpus) -> bool:
        """Whether training goes on with it where it stopped, bit for bit; else from the beginning of the corpus."""
        return self.text.digest == corpus.digest and not self.weights_alone

    def trainer(self, corpus: Corpus) -> Trainer:
        """A trainer that goes on with the network on a corpus that was `taken_up`. Raises CheckpointError, CorpusError,
        SettingsError."""
        self.require_sizes()  # before a trainer of these sizes is made
        trainer = Trainer(corpus, self.settings)
        if self.goes_on_exactly(corpus):
            hidden = self.state.arrays.get("hidden", trainer.hidden)
            if hidden.ndim == 2 and len(hidden) != trainer.batches.B:
                raise CheckpointError(
                    "The run in {name} reads {streams} streams; {text} is too short for it.",
                    name=self.name,
                    streams=len(hidden),
                    text=corpus.name,
                )
            place = self.state.values.get("position")
            if type(place) is int and place >= len(trainer.batches.streams):
                raise CheckpointError(
                    "The run in {name} has read further than {text} goes: give it a longer one, or its own.",
                    name=self.name,
                    text=corpus.name,
                )
            restore(trainer, self.state)
        else:
            restore(trainer, carried(self.state, self.characters, trainer))
        return trainer


def is_network(name: str, data: bytes) -> bool:
    """Whether a file is meant to be one, by its name, or since it begins as they do: a length, then a JSON object."""
    begins = data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data)
    return begins or name.lower().endswith(".safetensors")


def save(trainer: Trainer, path: str | Path) -> None:
    """Write the trainer's state to a file, with all that `load` needs; its text too, unless that is the project's."""
    corpus = trainer.corpus
    file = NetworkFile.of(trainer.state(), corpus, trainer.settings, with_text=not is_known(corpus))
    Path(path).write_bytes(packed(file))


def load(path: str | Path, corpus: Corpus | None = None) -> Trainer:
    """A trainer that goes on where the saved one stopped. Raises CheckpointError where the corpus does not suit it.

    Without a corpus it goes on with its own text, if that is in the file or is one of the project's.
    """
    file = unpack(Path(path).read_bytes(), Path(path).name, lambda: corpus)
    corpus = corpus or file.its_text()
    if corpus is None:
        raise CheckpointError(
            "The text that the network in {name} learned from is not in it: give one.", name=file.name
        )
    if file.characters != corpus.vocabulary.characters:
        raise CheckpointError(
            "The network in {name} was trained on another alphabet than {text}'s.", name=file.name, text=corpus.name
        )
    return replace(file, text=Read.of(corpus)).trainer(corpus)  # whoever names a text of that alphabet means it


def load_network(path: str | Path) -> Network:
    """The network of a saved run, without its training. Raises CheckpointError."""
    return unpack(Path(path).read_bytes(), Path(path).name).network


def packed(file: NetworkFile) -> bytes:
    """The bytes from which `unpack` has the same again."""
    run = {} if file.run is None else {"run": file.run}
    told = file.told | {"characters": file.characters, **run}
    return to_bytes(State(file.state.values | told, file.state.arrays))


def to_pytorch(file: NetworkFile) -> bytes:
    """The network as PyTorch would have it, and beside its characters what a trainer starts with when it comes back."""
    arrays = pytorch.to_state_dict(file.parameters)
    told = {name: file.state.values[name] for name in OF_TRAINING} | file.told
    return bytes(save_arrays(arrays, metadata={"characters": file.characters, KEY: json.dumps(told)}))


def unpack(data: bytes, name: str, present: Callable[[], Corpus | None] = lambda: None) -> NetworkFile:
    """What is in a file. Raises CheckpointError where it is none, or is damaged.

    Where what PyTorch saved does not say its characters, they are the present text's if these are as many.
    """
    arrays, metadata = unpacked(data)
    try:
        if pytorch.is_state_dict(arrays):
            return _from_pytorch(arrays, metadata, name, present)
        state = sealed(arrays, metadata)
        if not {"settings", "characters", "lowercase"} <= state.values.keys():
            raise CheckpointError("{name} holds a state without its settings and alphabet: use save().", name=name)
        return _told(name, state, state.values, state.values["characters"])
    except CheckpointError:
        raise
    except WRONG as error:
        raise damaged(error) from error


def _from_pytorch(
    arrays: dict[str, Array], metadata: dict[str, str], name: str, present: Callable[[], Corpus | None]
) -> NetworkFile:
    """The network in a state dict, as a run would be that has its weights and has learned nothing with them."""
    parameters = pytorch.from_state_dict(arrays)
    V, H = parameters.sizes
    told = {"settings": {}, "lowercase": False} | json.loads(metadata.get(KEY, "{}"))
    characters = metadata.get("characters")
    if characters is None and (corpus := present()) and len(corpus.vocabulary) == V:
        characters, told["lowercase"] = corpus.vocabulary.characters, corpus.lowercase
    if characters is None:
        raise CheckpointError(
            "{name} does not say which {V:,} characters its network knows: save it with "
            "metadata={{'characters': …}}, or choose the text first that it learned from.",
            name=name,
            V=V,
        )
    if len(characters) != V:
        raise CheckpointError(
            "{name} names {characters:,} characters, but its network knows {V:,}.",
            name=name,
            characters=len(characters),
            V=V,
        )
    order = np.argsort([ord(character) for character in _alphabet(characters)])
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    parameters = Parameters(W_xh[order], W_hh, W_hy[:, order], b_h, b_y[order])
    own = {"cell": pytorch.cell_name(parameters), "hidden_size": H, "dtype": str(W_hh.dtype)}
    told["settings"] = told["settings"] | own
    settings = Settings.from_dict(told["settings"])
    rng = np.random.default_rng(settings.seed)
    values = {
        "steps": 1,  # at least: what stands at step 0 is untrained
        "smooth_loss": log(V),
        "learning_rate": settings.learning_rate,
        "clip": settings.clip,
        "log": [],
        "sampler": rng.bit_generator.state,
    }
    values |= {name: told[name] for name in OF_TRAINING if name in told}
    memories = {f"memory_{i}": np.zeros_like(parameters.flat) for i in range(OPTIMIZERS[settings.optimizer][1])}
    state = State(values, parameters._asdict() | memories)
    return _told(name, state, told, "".join(sorted(characters)), weights_alone=True)


def _told(name: str, state: State, told: dict[str, Any], characters: str, weights_alone: bool = False) -> NetworkFile:
    """A file by what is told in it. Raises one of WRONG where that cannot be."""
    settings, text = Settings.from_dict(told["settings"]), Read.from_dict(told.get("text", {}))
    lowercase, steps = told["lowercase"], state.values["steps"]
    sound = type(lowercase) is bool and type(steps) is int and steps >= 0
    if not sound or Vocabulary.of(_alphabet(characters)).characters != characters:
        raise ValueError("its alphabet, letter case or step is none")
    return NetworkFile(name, state, settings, characters, lowercase, text, weights_alone, told.get("run"))


def _alphabet(characters: str) -> str:
    """The same, if it can be an alphabet. Raises ValueError, TypeError."""
    if not 2 <= len(characters) <= 2 * MAX_ALPHABET or len(set(characters)) < len(characters):
        raise ValueError("its alphabet has a character twice, or too few or too many of them")
    return characters
