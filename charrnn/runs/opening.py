"""Where a run stands when it is made, found in the store again, or taken back to a stored step.

What of it is damaged where it was saved is left out and said in a sentence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from charrnn.runs.description import corpus_from, title_of
from charrnn.runs.record import Record
from charrnn.runs.store_types import Saved, StoredCheckpoint, StoreError
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus
from charrnn.training import checkpoint
from charrnn.training.checkpoint import WRONG, CheckpointError
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

KINDS: dict[str, tuple[type, ...]] = {  # of what a text is described by
    "name": (str,),
    "characters": (str,),
    "split": (int,),
    "held_out": (int, float),
    "lowercase": (bool,),
    "encoding": (str, type(None)),
    "notes": (list,),
}
NAMED = 4  # damaged things that are named one by one


@dataclass(frozen=True)
class Opening:
    """All that a run begins with, but its names."""

    corpus: Corpus
    settings: Settings
    record: Record
    state: bytes | None = None  # the latest checkpoint, None before the first
    saved_step: int | None = None  # what is committed to the store, None where nothing is
    unsaved: str | None = None  # plain words on why nothing is saved
    changes: dict[str, float] = field(default_factory=dict)  # set at rest: they are in no state yet
    message: str | None = None  # what had to be left out


def untrained(corpus: Corpus, settings: Settings) -> Opening:
    """At step 0, where nothing has been learned from. Raises CorpusError where the text is shorter than one window."""
    corpus = corpus.alone()
    return Opening(corpus, settings, Record.untrained(Trainer(corpus, settings)))


def resumed(corpus: Corpus, settings: Settings, saved: Saved) -> Opening:
    """Where a run was when it was saved, or at the newest step before that can be gone on from. Raises StoreError."""
    trainer = Trainer(corpus, settings)
    record = Record.untrained(trainer)
    saved = opened(saved, trainer)
    record, changes = record.reopened(trainer, saved), saved.pending(trainer.steps)
    if changes:
        record = record.resumed(trainer, changes)
    state = saved.checkpoints[-1].state if saved.checkpoints else None
    return Opening(corpus, settings, record, state, trainer.steps, None, changes, remark(saved, trainer.steps))


def rewound(corpus: Corpus, settings: Settings, saved: Saved, step: int) -> Opening:
    """At a stored step of what was saved. Raises StoreError where there is no way back to it."""
    saved = saved.until(step)
    if not is_restored(Trainer(corpus, settings), saved.checkpoints[-1]):
        raise StoreError("Step {step:,} does not belong to these settings: choose another one.", step=step)
    return resumed(corpus, settings, saved)


def parts(saved: Saved) -> tuple[Corpus, Settings, str]:
    """Text, settings and title of a saved run. Raises StoreError where they are damaged."""
    with in_a_sentence():
        about = saved.about
        for name, kinds in KINDS.items():
            if type(about["corpus"][name]) not in kinds:
                raise ValueError(f"its text's {name} is of another kind")
        corpus = corpus_from(about["corpus"], saved.text)
        if corpus.digest != saved.digest:
            raise ValueError("its text is another one than it was")
        return corpus, Settings.from_dict(about["settings"]), title_of(about)


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """What goes wrong inside because of damaged values is a StoreError."""
    try:
        yield
    except WRONG as error:
        said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise StoreError(
            "This run cannot be opened: what is saved of it is damaged ({reason}).", reason=said.rstrip(".")
        ) from error


def opened(saved: Saved, trainer: Trainer) -> Saved:
    """The same without what is damaged, up to the newest checkpoint that can be gone on from; the trainer goes there.

    Raises StoreError where a checkpoint is sound and belongs to another network: then the settings are damaged.
    """
    sound = [stored for stored in saved.checkpoints if is_sound(stored, trainer)]
    while sound and not is_restored(trainer, sound[-1]):
        sound.pop()
        if not sound:
            raise StoreError("This run cannot be opened: none of its stored networks goes with its settings.")
    damaged = [f"step {stored.step:,}" for stored in saved.checkpoints if stored not in sound]
    return saved._replace(checkpoints=sound, damaged=(*saved.damaged, *damaged)).cut(trainer.steps)


def is_sound(stored: StoredCheckpoint, trainer: Trainer) -> bool:
    """Whether a stored step can be read. Raises StoreError where it is that of another network."""
    try:
        state = checkpoint.from_bytes(stored.state)
    except CheckpointError:
        return False
    shapes = {name: array.shape for name, array in state.arrays.items()}
    own = {name: array.shape for name, array in trainer.state().arrays.items() if not name.startswith("memory_")}
    if any(shapes.get(name) != shape for name, shape in own.items()):  # memories differ in a fork's earlier steps
        raise StoreError("This run cannot be opened: its settings are damaged and do not belong to its stored network.")
    return bool(state.values.get("steps") == stored.step)


def is_restored(trainer: Trainer, stored: StoredCheckpoint) -> bool:
    """Have a trainer go on from a sound checkpoint; return whether it can."""
    try:
        checkpoint.restore(trainer, checkpoint.from_bytes(stored.state))
    except CheckpointError:
        return False
    return True


def remark(saved: Saved, step: int) -> str | None:
    """What had to be left out, in a sentence; None where that is nothing."""
    if not saved.damaged:
        return None
    named, more = saved.damaged[:NAMED], len(saved.damaged) - NAMED
    left_out = ", ".join([*named, *([f"{more:,} more"] if more > 0 else [])])
    return Sentence(
        "What is saved of this run is damaged in part, and was left out: {left_out}. It stands at step {step:,}.",
        left_out=left_out,
        step=step,
    )
