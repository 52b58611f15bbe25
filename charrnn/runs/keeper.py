"""What the server itself saves of its runs, and where it finds them again; a worker saves what its run has learned."""

from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from charrnn.network.evaluate import evaluate
from charrnn.runs.description import about, fork_title, later_title
from charrnn.runs.known import Known
from charrnn.runs.opening import Opening, in_a_sentence, parts, resumed, untrained
from charrnn.runs.run_file import RunFile, of_run
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Progress, Saved, StoredCheckpoint, StoreError
from charrnn.runs.tokens import new_token
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import CheckpointError, State, changes, forked, from_bytes, to_bytes
from charrnn.training.settings import IN_TRAINING, Settings
from charrnn.training.trainer import Trainer

MEASURED = 5_000  # held-out characters on which a network is measured as it goes on with another text


class Found(NamedTuple):
    """A run that is to be opened."""

    opening: Opening
    title: str
    token: str


class Keeper:
    """The store's side of the runs; without a store they are in memory only."""

    def __init__(self, store: Store | None) -> None:
        self.store = store

    def save_start(self, token: str, corpus: Corpus, settings: Settings, title: str) -> tuple[int | None, str | None]:
        """Save a run at step 0 in place of all that is saved of it: the step that is saved now, or why none is."""
        if not self.store:
            return None, None
        try:
            self.store.begin(token, corpus.digest, corpus.text, about(corpus, settings, title), 0)
        except StoreError as error:
            return None, str(error)
        return 0, None

    def save_changes(self, run: Known, changes: dict[str, float]) -> None:
        """Save what was set while a run had no process to tell; once it has one, that one saves it with its state."""
        if not self.store:
            return
        if run.saved_step is None and not run.state:  # so far it was a visit that only looked
            run.saved_step, run.unsaved = self.save_start(run.token, run.corpus, run.settings, run.title)
        try:
            self.store.keep_changes(run.token, run.state_step, changes)
        except StoreError as error:
            run.unsaved = run.unsaved_changes = str(error)
            return
        if run.waits_to_be_saved:
            run.unsaved = run.unsaved_changes = None

    def save_title(self, run: Known) -> None:
        """Save what a run is called. Raises StoreError."""
        if self.store:
            self.store.rename(run.token, run.title)

    def saved(self, run: Known) -> Saved:
        """What the store has of a run. Raises StoreError where it has nothing."""
        saved = self.store.load(run.token) if self.store else None
        if not saved:
            raise StoreError(run.unsaved or "Nothing of this run has been saved yet: train it a little first.")
        return saved

    def state(self, token: str, step: int) -> State | None:
        """What a stored step of a run went on from, None where it cannot be had."""
        with suppress(StoreError, CheckpointError):
            data = self.store.state(token, step) if self.store else None
            return from_bytes(data) if data else None
        return None

    def newest(self, token: str) -> int:
        """The newest step that is saved of a run, 0 where there is none. Raises StoreError."""
        return self.store.newest(token) if self.store else 0

    def shown(self, token: str) -> tuple[int, bytes | None]:
        """How often another process has shown what it trains, and what it showed. Raises StoreError."""
        return self.store.shown(token) if self.store else (0, None)

    def found(self, token: str) -> Found | None:
        """The run with this token, None where there is none. Raises StoreError where the store cannot be read."""
        saved = self.store.load(token) if self.store else None
        if not saved:
            return None
        corpus, settings, title = parts(saved)
        with in_a_sentence():
            return Found(resumed(corpus, settings, saved), title, token)

    def fork(self, run: Known, step: int, settings: Settings) -> Found:
        """A run that was this one up to a stored step, and goes on from there with these settings in force; saved.

        Its title says what differs. At step 0 any setting may, later those that a state does not depend on.
        Raises SettingsError, StoreError.
        """
        changed = changes(run.in_force_at(step), settings)
        title, token = fork_title(run.name, step, changed), new_token()
        if step == 0:
            opening = untrained(run.corpus, settings)
            saved_step, unsaved = self.save_start(token, opening.corpus, settings, title)
            return Found(replace(opening, saved_step=saved_step, unsaved=unsaved), title, token)
        turned = {name: changed[name] for name in IN_TRAINING if name in changed}
        # What may be set at any step it begins with as this run did: the other value is set where it is forked.
        begun = replace(settings, **{name: getattr(run.settings, name) for name in IN_TRAINING})
        saved = self.saved(run).until(step)
        *earlier, last = saved.checkpoints
        last = last._replace(state=forked(last.state, run.settings, settings), kept=True)
        notes = [*saved.notes, *([Note(step, "change", turned)] if turned else [])]
        saved = saved._replace(checkpoints=[*earlier, last], notes=notes)
        opening = resumed(run.corpus, begun, saved)
        assert self.store
        self.store.begin(token, run.corpus.digest, saved.text, about(run.corpus, begun, title), 0)
        self.store.add(token, Progress(saved.history, saved.notes, saved.checkpoints))
        return Found(opening, title, token)

    def go_on(self, run: Known, corpus: Corpus) -> Found:
        """A run that was this one up to its latest state and goes on from there with another text; saved.

        Raises CorpusError where the text is shorter than a window, StoreError where it has no state yet.
        """
        if not run.state:
            raise StoreError("There is no saved state to go on from: train it a little first.")
        file = of_run(run)
        return self.opened(file, file.network.taken_up(corpus))

    def opened(self, file: RunFile, corpus: Corpus) -> Found:
        """A run that stands where the one in a file stood; saved. The corpus is its text, or another, `taken_up`.

        The network knows all its characters still, and those of another text. Of the stored steps before none is kept:
        they are not in the file, or of another alphabet. Raises CheckpointError, CorpusError, SettingsError.
        """
        network, step, token = file.network, file.network.steps, new_token()
        trainer, notes, title = network.trainer(corpus), file.notes, file.title
        if corpus.before != network.text.before:
            title = later_title(file.name, corpus, step)
        if not network.goes_on_exactly(corpus):  # or the loss shown would be that of the text before, or none
            notes = [*notes, *held_out(trainer)]
        described = about(corpus, network.settings, title)
        stored = [StoredCheckpoint(step, to_bytes(trainer.state()), True)]
        saved = Saved(described, corpus.digest, corpus.text, file.history, notes, stored)
        opening = resumed(corpus, network.settings, saved)
        try:
            if self.store:
                self.store.begin(token, corpus.digest, corpus.text, described, 0)
                self.store.add(token, Progress(saved.history, saved.notes, stored))
        except StoreError as error:
            opening = replace(opening, saved_step=None, unsaved=str(error))
        return Found(opening, title, token)


def held_out(trainer: Trainer) -> list[Note]:
    """The loss on the first held-out characters as a note, if there are any."""
    corpus = trainer.corpus
    nats = evaluate(trainer.parameters, corpus.held_out_ids[:MEASURED], corpus.vocabulary.replacement)
    return [] if nats is None else [Note(trainer.steps, "held_out", nats)]
