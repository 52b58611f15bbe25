"""What a run is made with: every hyperparameter, its default and its limits, in one frozen object."""

from dataclasses import asdict, dataclass, fields, replace
from math import sqrt
from typing import Any

from charrnn.network.cells import CELLS
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.refusal import RefusalError
from charrnn.sentence import Sentence
from charrnn.shown import table

LIMITS: dict[str, tuple[float, float]] = {
    "hidden_size": (1, 2048),
    "sequence_length": (1, 1000),
    "batch_size": (1, 256),
    "learning_rate": (1e-6, 10.0),
    "decay": (0.0, 1e12),
    "clip": (1e-3, 1e6),
    "init_scale": (1e-6, 10.0),
    "seed": (0, 2**32 - 1),
    "weight_decay": (0.0, 10.0),
    "dropout": (0.0, 0.9),
}
CELL_RATES = {"rnn": 4e-3, "gru": 0.012, "lstm": 0.02}  # the learning rate that each cell begins with on the page
IN_TRAINING = ("learning_rate", "clip")  # these may be set at any step
COUNTS = ("hidden_size", "sequence_length", "batch_size", "seed")  # whole numbers
CHOICES: dict[str, tuple[str, ...]] = {
    "cell": tuple(CELLS),
    "optimizer": tuple(OPTIMIZERS),
    "init": ("orthogonal", "gaussian"),
    "dtype": ("float32", "float64"),
}
WORDS = {  # what each is called wherever people read of it
    "hidden_size": Sentence("units"),
    "sequence_length": Sentence("looks back"),
    "batch_size": Sentence("streams"),
    "learning_rate": Sentence("learning rate"),
    "decay": Sentence("rate falls after"),
    "optimizer": Sentence("optimiser"),
    "clip": Sentence("clip"),
    "init": Sentence("start"),
    "init_scale": Sentence("start scale"),
    "seed": Sentence("seed"),
    "dtype": Sentence("precision"),
    "cell": Sentence("cell"),
    "weight_decay": Sentence("weight decay"),
    "dropout": Sentence("dropout"),
}


class SettingsError(RefusalError):
    """A setting that cannot be had, said in one sentence."""


def fallen(learning_rate: float, decay: float, characters: int) -> float:
    """The schedule: learning_rate / sqrt(1 + characters / decay), with decay 0 no schedule."""
    return learning_rate / sqrt(1 + characters / decay) if decay else learning_rate


def _called(name: str) -> str:
    """A setting as people read of it, and as links and programs write it."""
    return WORDS[name] if name == WORDS[name] else f"{WORDS[name]} ({name})"


@dataclass(frozen=True)
class Settings:
    """The hyperparameters of a run. Raises SettingsError for a value outside LIMITS or CHOICES.

    README's section on defaults says what was tried and why these won.
    """

    hidden_size: int = 128  # H, units
    sequence_length: int = 50  # T, characters that learning looks back
    batch_size: int = 8  # B, streams read in parallel
    learning_rate: float = 4e-3
    decay: float = 200_000.0  # rate = learning_rate / sqrt(1 + characters read / decay); 0 keeps it constant
    optimizer: str = "adam"
    clip: float = 5.0  # largest entry of the summed gradient
    init: str = "orthogonal"
    init_scale: float = 1.0
    seed: int = 1
    dtype: str = "float32"
    cell: str = "rnn"  # the vanilla network; "gru" and "lstm" have gates
    weight_decay: float = 0.0  # each step takes rate * weight_decay of every weight off it; 0 for none
    dropout: float = 0.0  # share of the units that each prediction in training does without; 0 for none

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise SettingsError(
                    "{called} is {value!r}; it must be a number between {low:g} and {high:g}.",
                    called=_called(name),
                    value=value,
                    low=low,
                    high=high,
                )
            if name in COUNTS and not isinstance(value, int):
                raise SettingsError(
                    "{called} is {value!r}; it must be a whole number.", called=_called(name), value=value
                )
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                chosen = getattr(self, name)
                raise SettingsError(
                    "{called} is {chosen!r}; it must be one of {choices}.",
                    called=_called(name),
                    chosen=chosen,
                    choices=", ".join(choices),
                )

    @classmethod
    def classic(cls, **changes: Any) -> "Settings":
        """The reference experiment: one stream, 128 units, 30 steps, Adagrad 0.01, clip 5, Gaussian start 0.01."""
        classic = cls(128, 30, 1, 1e-2, 0, "adagrad", 5.0, "gaussian", 0.01)
        return replace(classic, **changes)

    def with_cell(self, cell: str) -> "Settings":
        """The same with another cell, and its learning rate where the present one is that found for its own."""
        own = self.learning_rate == CELL_RATES[self.cell]
        return replace(self, cell=cell, learning_rate=CELL_RATES[cell] if own else self.learning_rate)

    def rate_at(self, characters: int) -> float:
        """The learning rate once so many characters have been read: it falls with them, never with the clock."""
        return fallen(self.learning_rate, self.decay, characters)

    def _repr_html_(self) -> str:
        return table("Settings", ((WORDS[name], value) for name, value in self.to_dict().items()))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Settings":
        """Settings from plain values; names that are not settings are left out, missing ones take their default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})
