"""The engine: owner of all runs and their processes, one for the whole server, and of the queue for a place."""

import os
import threading
import time
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

from charrnn.environment import number
from charrnn.runs.description import about, fork_title, is_untouched
from charrnn.runs.janitor import Janitor
from charrnn.runs.leases import Lease, Leases
from charrnn.runs.local import END_SECONDS, Connect, Connection, Local
from charrnn.runs.opening import in_a_sentence, parts
from charrnn.runs.run import ACTIVE, Run
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Progress, Saved, StoreError
from charrnn.runs.tokens import watch_token_of
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import changes, forked
from charrnn.training.settings import IN_TRAINING, Settings

GRACE_SECONDS = 30.0
IDLE_SECONDS = 45.0  # how long the process of a paused run is kept, for a quick start
# Runs that nobody holds, kept in memory: so many, with so many characters of text in all (five bytes each, or more),
# beside 10 to 40 MB each; the longest untouched go first. They come back from the store in 0.05 to 1 s.
KEPT_AT_REST = 8, 10_000_000
KEPT_UNSAVED = 200, 100_000_000  # likewise, of those that could not be found again in the store
DELETED = "This run was deleted. Choose a text or start over for a new one, or open another one under My runs."
CLOSE_SECONDS = 5.0
LOOK_SECONDS = 1.0  # between two looks at whether the workers of those that train were heard, and whose turn is over
TURN_SECONDS = 60.0  # that a run which nobody watches may train while others wait
STORE_SECONDS = 2.0  # between two looks at whether the store's file is still the one that runs were saved in
TIDY_SECONDS = 600.0  # between two looks at the size of the store


def is_saved(run: Run) -> bool:
    """Whether the store has all that is to be kept of a run."""
    return run.saved_step == run.state_step and not run.unsaved


class Engine:
    """Creates runs, finds them by their token, and lets as many train at once as there are places.

    max_running: places; CHARRNN_MAX_RUNNING, else four a core and at least eight.
    grace: seconds that a run goes on after its last lease was released; CHARRNN_GRACE, else 30.
    idle: seconds that the process of a paused run stays for a quick start.
    store: where runs are saved as they go; None keeps them in memory only.
    """

    def __init__(
        self,
        *,
        max_running: int | None = None,
        grace: float | None = None,
        idle: float = IDLE_SECONDS,
        store: Store | None = None,
        connect: Connect = Local,
    ) -> None:
        self.lock = threading.RLock()  # over everything of the engine, its leases and its runs
        self.store, self.connect = store, connect
        sensible = max(8, 4 * (os.cpu_count() or 1))
        self.max_running = max_running or int(number("CHARRNN_MAX_RUNNING", sensible, 1, 1_000))
        self._idle = idle
        self._runs: dict[str, Run] = {}  # the longest untouched first
        # A page may hold a run that is kept here no longer: whoever finds it again gets that one, not a second.
        self._in_use: WeakValueDictionary[str, Run] = WeakValueDictionary()
        self._queue: list[Run] = []
        self._deleted: dict[str, object] = {}  # tokens of runs that are to be deleted, and what asked for it last
        self._standing: list[tuple[Run, int]] = []  # paused with their processes kept, since which order; longest first
        self._ending: list[Connection] = []
        self._looking = False  # whether the next look is due
        self._janitor = Janitor()
        self.grace = number("CHARRNN_GRACE", GRACE_SECONDS, 0, 1e6) if grace is None else grace
        self.removed = 0  # saved runs that had to go, to keep the store within its limit
        if store:
            self._file = store.file()  # the store's, as it was when last looked at
            self._janitor.later(STORE_SECONDS, self._look_for_file)
            self._janitor.later(0, self._tidy_store)
            self._janitor.later(0, self._delete_on)
        self._leases = Leases(self.grace, self._janitor, self.lock, self._left)

    @property
    def training(self) -> int:
        """How many runs have a place."""
        return sum(run.status in ACTIVE for run in list(self._runs.values()))

    def create(self, corpus: Corpus, settings: Settings) -> Run:
        """A new run, at step 0 and without a process. Raises CorpusError where the text is shorter than one window.

        It is saved at once if somebody has chosen its text or its settings; visits that only look leave nothing.
        """
        run = Run(self, corpus, settings)
        if not is_untouched(corpus, settings):
            run.saved_step, run.unsaved = self.save_start(run.token, corpus, settings, "")
        elif self.store:
            run.unsaved = self.store.trouble()
        return self._kept(run)

    def save_start(self, token: str, corpus: Corpus, settings: Settings, title: str) -> tuple[int | None, str | None]:
        """Save a run at step 0 in place of all that is saved of it: the step that is saved now, or why none is."""
        if not self.store:
            return None, None
        try:
            self.store.begin(token, corpus.digest, corpus.text, about(corpus, settings, title), 0)
        except StoreError as error:
            return None, str(error)
        return 0, None

    def save_changes(self, run: Run, changes: dict[str, float]) -> None:
        """Save what was set while a run had no process to tell; once it has one, that one saves it with its state."""
        if not self.store:
            return
        if run.saved_step is None and not run.state:  # so far it was a visit that only looked
            run.saved_step, run.unsaved = self.save_start(run.token, run.corpus, run.settings, run.title)
        try:
            self.store.keep_changes(run.token, run.state_step, changes)
        except StoreError as error:
            run.unsaved = str(error)

    def find(self, token: str) -> Run | None:
        """The run with this token, from the store if it is not in memory; None where there is none (any more).

        Raises StoreError where the store cannot be read.
        """
        if token in self._runs or not self.store:
            return self._runs.get(token)
        saved = self.store.load(token)
        if not saved:
            return None
        corpus, settings, title = parts(saved)
        with in_a_sentence():
            run = Run(self, corpus, settings, token)
            run.title = title
            run.revive(saved)
        return self._kept(run)

    def find_watched(self, watch_token: str) -> Run | None:
        """The run with this read-only token, None where there is none. Raises StoreError."""
        tokens = [*self._runs, *(self.store.tokens() if self.store else [])]
        token = next((token for token in tokens if watch_token_of(token) == watch_token), None)
        return self.find(token) if token else None

    def fork(self, run: Run, step: int, settings: Settings) -> Run:
        """A new run that was this one up to a stored step, and goes on from there with these settings in force.

        Its title says what differs. At step 0 any setting may, later those that a state does not depend on.
        Raises SettingsError, StoreError.
        """
        changed = changes(run.in_force_at(step), settings)
        title = fork_title(run.name, step, changed)
        turned = {name: changed[name] for name in IN_TRAINING if name in changed}
        # What may be set at any step it begins with as this run did: the other value is set where it is forked.
        begun = replace(settings, **{name: getattr(run.settings, name) for name in IN_TRAINING}) if step else settings
        fork = Run(self, run.corpus, begun)
        fork.title = title
        if step == 0:
            fork.saved_step, fork.unsaved = self.save_start(fork.token, run.corpus, settings, title)
            return self._kept(fork)
        saved = self.saved(run).until(step)
        *earlier, last = saved.checkpoints
        last = last._replace(state=forked(last.state, run.settings, settings), kept=True)
        notes = [*saved.notes, *([Note(step, "change", turned)] if turned else [])]
        saved = saved._replace(checkpoints=[*earlier, last], notes=notes)
        assert self.store
        self.store.begin(fork.token, run.corpus.digest, saved.text, about(run.corpus, begun, title), 0)
        self.store.add(fork.token, Progress(saved.history, saved.notes, saved.checkpoints))
        fork.revive(saved)
        return self._kept(fork)

    def remove(self, token: str, after: float) -> None:
        """Delete a run for good some seconds from now, unless it is kept by then.

        Should this server end before, the next one does it, and counts anew: no clock lasts that is never set back.
        """
        if self.store:
            with suppress(StoreError):
                self.store.delete(token, after)
        self._delete_later(token, after)

    def keep(self, token: str) -> None:
        """Undo remove."""
        self._deleted.pop(token, None)
        if self.store:
            with suppress(StoreError):
                self.store.keep(token)

    def _delete_on(self) -> None:
        """Have gone in time what another server was to delete, unless it is kept there by then."""
        assert self.store
        with suppress(StoreError):
            for token, seconds in self.store.deleted().items():
                self._delete_later(token, seconds, elsewhere=True)

    def _delete_later(self, token: str, after: float, elsewhere: bool = False) -> None:
        asked = self._deleted[token] = object()
        self._janitor.later(after, lambda: self._delete(token, asked, elsewhere))

    def _delete(self, token: str, asked: object, elsewhere: bool) -> None:
        if elsewhere and self.store and token not in self.store.deleted():
            return
        with self.lock:
            if self._deleted.get(token) is not asked:  # it was kept, or deleted once more since
                return
            del self._deleted[token]
            if run := self._runs.get(token):
                run.close(DELETED)
                self.leave_queue(run)
                self.admit()
        if self.store:
            with suppress(StoreError):  # the next server does it
                self.store.remove(token)
        self._runs.pop(token, None)  # last, or whoever looks meanwhile would fetch it from the store again

    def saved(self, run: Run) -> Saved:
        """What the store has of a run. Raises StoreError where it has nothing."""
        saved = self.store.load(run.token) if self.store else None
        if not saved:
            raise StoreError(run.unsaved or "Nothing of this run has been saved yet: train it a little first.")
        return saved

    def lease(self, run: Run, session: str) -> Lease:
        """Hold a run for a browser session, instead of the one that it has held."""
        with self.lock:
            self._runs.pop(run.token, None)
            self._kept(run)
            run.watch(True)
            lease = self._leases.take(run, session)
            if self._queue:  # who is watched goes before who is not
                self.admit()
            return lease

    def close(self) -> None:
        """End all processes and wait for that."""
        with self.lock:
            self._janitor.close()
            self._queue.clear()
            for run in self._runs.values():
                run.close()
            ending = list(self._ending)
        for seconds in (END_SECONDS, CLOSE_SECONDS - END_SECONDS):
            deadline = time.monotonic() + seconds
            for connection in ending:
                connection.join(max(0.0, deadline - time.monotonic()))
            for connection in ending:
                connection.kill()

    # What runs ask for, the lock held.

    def enqueue(self, run: Run) -> None:
        """Have a run begin as soon as there is a place, which may be now."""
        self._queue.append(run)
        self.admit()

    def leave_queue(self, run: Run) -> None:
        """Take a run out of the queue, if it is in it."""
        if run in self._queue:
            self._queue.remove(run)
            self._tell_places()

    def admit(self) -> None:
        """Let runs begin while there are places, and tell the others theirs in the queue.

        Runs that somebody watches come first: for each that waits, one that trains on unwatched gives its place up.
        Those that nobody watches take turns.
        """
        self._queue.sort(key=lambda run: not self._leases.held(run))  # stable: else in the order in which they came
        busy = self.training
        while self._queue and busy < self.max_running:
            self._queue.pop(0).begin()
            busy += 1
        unwatched = [run for run in self._runs.values() if run.status in ACTIVE and not self._leases.held(run)]
        training = sorted((run for run in unwatched if run.status == "training"), key=lambda run: run.began)
        had_theirs = sum(time.monotonic() - run.began > TURN_SECONDS for run in training)
        called = max(sum(map(self._leases.held, self._queue)), min(had_theirs, len(self._queue)))
        leaving = sum(run.status == "pausing" for run in unwatched)
        for run in training[: max(0, called - leaving)]:
            run.give_way()
        self._tell_places()
        if busy and not self._looking:
            self._looking = True
            self._janitor.later(LOOK_SECONDS, self._look_after)

    def _look_after(self) -> None:
        """Ask after workers that were not heard, and have turns end, once a second as long as any run has a place."""
        with self.lock:
            active = [run for run in self._runs.values() if run.status in ACTIVE]
            self._looking = bool(active)
            if active:
                self._janitor.later(LOOK_SECONDS, self._look_after)
            for run in active:
                run.look_after()
            if self._queue:
                self.admit()

    def end(self, connection: Connection) -> None:
        """Have a process leave, and end it should it not."""
        self._ending.append(connection)
        connection.end()
        self._janitor.later(END_SECONDS, connection.kill)

    def ended(self, connection: Connection) -> None:
        """A process has left."""
        if connection in self._ending:
            self._ending.remove(connection)
        self._standing = [(run, since) for run, since in self._standing if run.stands_since(since)]
        self._tidy()  # its run may be at rest now, and nobody may hold it

    def end_if_idle(self, run: Run, order: int) -> None:
        """Have a paused run's process leave unless it gets another command soon, or others stand still after it.

        As many are kept as there are places.
        """
        self._janitor.later(self._idle, lambda: run.end_if_idle(order))
        still = [(one, since) for one, since in self._standing if one is not run and one.stands_since(since)]
        self._standing = [*still, (run, order)][-self.max_running :]
        for longest, since in still[: max(0, len(still) + 1 - self.max_running)]:
            longest.end_if_idle(since)

    def _tell_places(self) -> None:
        for ahead, run in enumerate(self._queue):
            place = "next in the queue" if ahead == 0 else f"number {ahead + 1} in the queue"
            run.announce(f"As many runs train as may ({self.max_running}). This one is {place} and starts by itself.")

    def _left(self, run: Run) -> None:
        """Nobody holds the run any more. One that was told to keep training goes on for its time."""
        left = run.keep_until - time.monotonic()
        if left > 0 and run.status in ("queued", *ACTIVE):
            run.watch(False)
            self._janitor.later(left, lambda: None if self._leases.held(run) else self._left(run))
            return
        run.rest()
        if run.at_rest and not run.state:  # it has never trained: a visitor who only looked
            self._runs.pop(run.token, None)
        self._tidy()

    def _tidy_store(self) -> None:
        assert self.store
        with suppress(StoreError):  # each run's page says what is wrong with the store
            with self.lock:
                at_work = [run.token for run in self._runs.values() if not run.at_rest or self._leases.held(run)]
            tidied = self.store.tidy(at_work=at_work)
            self.removed += tidied.removed
            for token, steps in tidied.given_up.items():
                if run := self._runs.get(token):
                    run.give_up(steps)
        self._janitor.later(TIDY_SECONDS, self._tidy_store)

    def _look_for_file(self) -> None:
        """Tell runs that do not train where what was saved of them is gone; a worker that saves tells it itself."""
        assert self.store
        before, self._file = self._file, self.store.file()
        if not self._file or self._file != before:
            saved: set[str] = set()
            with suppress(StoreError):
                saved = set(self.store.tokens() if self._file else ())
            with self.lock:
                for run in self._runs.values():
                    if run.status not in ACTIVE and run.token not in saved:
                        run.lose_saved()
        self._janitor.later(STORE_SECONDS, self._look_for_file)

    def _kept(self, run: Run) -> Run:
        """The run, kept in memory from now on; where two sessions found it at the same time, one for both."""
        with self.lock:
            run = self._in_use.setdefault(run.token, run)
            self._runs[run.token] = run
            self._tidy()
            return run

    def _tidy(self) -> None:
        resting = [run for run in self._runs.values() if run.at_rest and not self._leases.held(run)]
        for saved, (most, characters) in ((True, KEPT_AT_REST), (False, KEPT_UNSAVED)):
            kept = 0
            for place, run in enumerate(reversed([run for run in resting if is_saved(run) == saved]), 1):
                kept += len(run.corpus.text)
                if place > most or kept > characters:
                    del self._runs[run.token]
