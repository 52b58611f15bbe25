"""The engine: owner of all runs and their processes, one for the whole server, and of the queue for a place."""

import os
import threading
import time
from collections.abc import Collection
from typing import NamedTuple

from charrnn.environment import number
from charrnn.runs.cluster import NO_NODE, Cluster
from charrnn.runs.deletions import Deletions
from charrnn.runs.description import is_untouched
from charrnn.runs.following import Following
from charrnn.runs.housekeeping import Housekeeping
from charrnn.runs.in_memory import InMemory
from charrnn.runs.janitor import Janitor
from charrnn.runs.keeper import Found, Keeper
from charrnn.runs.leases import Lease, Leases
from charrnn.runs.local import END_SECONDS, Connect, Connection, Gone, Heard, Local
from charrnn.runs.opening import untrained
from charrnn.runs.recorder import SAVE_SECONDS
from charrnn.runs.run import ACTIVE, Run
from charrnn.runs.run_file import RunFile
from charrnn.runs.start import start_message
from charrnn.runs.store import Store
from charrnn.runs.tokens import watch_token_of
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings

GRACE_SECONDS = 30.0
IDLE_SECONDS = 45.0  # how long the process of a paused run is kept, for a quick start
DELETED = Sentence(
    "This run was deleted. Choose a text or start over for a new one, or open another one under My runs."
)
CLOSE_SECONDS = 5.0
LOOK_SECONDS = 1.0  # between two looks at whether the workers of those that train were heard, and whose turn is over
MOST = 1_000  # places that there may be
TURN_SECONDS = 60.0  # that a run which nobody watches may train while others wait


class Load(NamedTuple):
    """A machine of the cluster and what is on it."""

    where: str
    places: int
    training: int  # runs
    speed: float  # their steps a second, together


class Engine:
    """Creates runs, finds them by their token, and lets as many train at once as there are places.

    max_running: places; CHARRNN_MAX_RUNNING, else four a core and at least eight.
    grace: seconds that a run goes on after its last lease was released; CHARRNN_GRACE, else 30.
    idle: seconds that the process of a paused run stays for a quick start.
    store: where runs are saved as they go; None keeps them in memory only.
    cluster: where they train, if not on this machine; it may have fewer places.
    """

    def __init__(
        self,
        *,
        max_running: int | None = None,
        grace: float | None = None,
        idle: float = IDLE_SECONDS,
        store: Store | None = None,
        connect: Connect = Local,
        cluster: Cluster | None = None,
    ) -> None:
        self.lock = threading.RLock()  # over everything of the engine, its leases and its runs
        self.store, self.keeper, self.cluster = store, Keeper(store), cluster
        self._connect = cluster.connect if cluster else connect
        sensible = MOST if cluster else max(8, 4 * (os.cpu_count() or 1))
        self._limit = max_running or int(number("CHARRNN_MAX_RUNNING", sensible, 1, MOST))
        self._idle = idle
        self._queue: list[Run] = []
        self._standing: list[tuple[Run, int]] = []  # paused with their processes kept, since which order; longest first
        self._ending: list[Connection] = []
        self._looking = False  # whether the next look is due
        self._janitor = Janitor()
        self.grace = number("CHARRNN_GRACE", GRACE_SECONDS, 0, 1e6) if grace is None else grace
        self._leases = Leases(self.grace, self._janitor, self.lock, self._left)
        self._runs = InMemory(self.lock, self._leases.held)
        self._house = Housekeeping(store, self._janitor, self.lock, self._runs, self._leases.held) if store else None
        if store:
            Following(self.keeper, self._janitor, self.lock, self._runs, self._leases.held)
        self._deletions = Deletions(store, self._janitor, self._close_deleted, self._runs.forget)
        if cluster:
            cluster.changed = self._places_changed

    @property
    def max_running(self) -> int:
        """How many runs may train at once."""
        return min(self._limit, self.cluster.places) if self.cluster else self._limit

    @property
    def training(self) -> int:
        """How many runs have a place."""
        return sum(run.status in ACTIVE for run in self._runs.all())

    @property
    def waiting(self) -> int:
        """How many runs wait for a place."""
        return len(self._queue)

    def loads(self) -> list[Load]:
        """The machines of the cluster."""
        active = [run for run in self._runs.all() if run.status in ACTIVE]
        found = []
        for node in self.cluster.nodes if self.cluster else ():
            on = [run for run in active if run.where == node.where]
            found.append(Load(node.where, node.places, len(on), sum(run.snapshot.speed for run in on)))
        return found

    @property
    def removed(self) -> int:
        """How many saved runs had to go, to keep the store within its limit."""
        return self._house.removed if self._house else 0

    def create(self, corpus: Corpus, settings: Settings) -> Run:
        """A new run, at step 0 and without a process. Raises CorpusError where the text is shorter than one window.

        It is saved at once if somebody has chosen its text or its settings; visits that only look leave nothing.
        """
        run = Run(self, untrained(corpus, settings))
        run.is_untouched = is_untouched(corpus, settings)
        if not run.is_untouched:
            run.saved_step, run.unsaved = self.keeper.save_start(run.token, corpus, settings, "")
        elif self.store:
            run.unsaved = self.store.trouble()
        return self._runs.keep(run)

    def find(self, token: str) -> Run | None:
        """The run with this token, from the store if it is not in memory; None where there is none (any more).

        Raises StoreError where the store cannot be read.
        """
        if run := self._runs.get(token):
            return run
        found = self.keeper.found(token)
        return found and self._opened(found)

    def find_watched(self, watch_token: str) -> Run | None:
        """The run with this read-only token, None where there is none. Raises StoreError."""
        token = self.watched([watch_token]).get(watch_token)
        return self.find(token) if token else None

    def watched(self, watch_tokens: Collection[str]) -> dict[str, str]:
        """The tokens of the runs that there are of these read-only ones, by these. Raises StoreError."""
        tokens = [*(run.token for run in self._runs.all()), *(self.store.tokens() if self.store else [])]
        found = {watch_token_of(token): token for token in tokens}
        return {watch: found[watch] for watch in watch_tokens if watch in found}

    def fork(self, run: Run, step: int, settings: Settings) -> Run:
        """A new run that was this one up to a stored step (see `Keeper.fork`). Raises SettingsError, StoreError."""
        return self._opened(self.keeper.fork(run, step, settings))

    def go_on(self, run: Run, corpus: Corpus) -> Run:
        """A new run that goes on with another text (see `Keeper.go_on`). Raises CorpusError, StoreError."""
        return self._opened(self.keeper.go_on(run, corpus))

    def open_file(self, file: RunFile, corpus: Corpus) -> Run:
        """A new run, as one in a file (see `Keeper.opened`). Raises CheckpointError, CorpusError, SettingsError."""
        return self._opened(self.keeper.opened(file, corpus))

    def _opened(self, found: Found) -> Run:
        return self._runs.keep(Run(self, found.opening, found.title, found.token))

    def remove(self, token: str, after: float) -> None:
        """Delete a run for good some seconds from now, unless it is kept by then."""
        self._deletions.delete(token, after)

    def keep(self, token: str) -> None:
        """Undo remove."""
        self._deletions.keep(token)

    def _close_deleted(self, token: str) -> None:
        with self.lock:
            if run := self._runs.get(token):
                run.close(DELETED)
                self.leave_queue(run)
                self.admit()

    def lease(self, run: Run, session: str) -> Lease:
        """Hold a run for a browser session, instead of the one that it has held."""
        with self.lock:
            self._runs.keep(run)
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
            for run in self._runs.all():
                run.close()
            ending = list(self._ending)
        for seconds in (CLOSE_SECONDS - END_SECONDS, END_SECONDS):
            deadline = time.monotonic() + seconds
            for connection in ending:
                connection.join(max(0.0, deadline - time.monotonic()))
            for connection in ending:
                connection.kill()

    # What runs ask for, the lock held.

    def start(self, run: Run, changes: dict[str, float], heard: Heard, gone: Gone) -> Connection:
        """A process for the run, which makes these changes first. Raises OSError, RuntimeError."""
        return self._connect(start_message(run, changes, self.store), heard, gone)

    def enqueue(self, run: Run) -> None:
        """Have a run begin as soon as there is a place, which may be now."""
        self._queue.append(run)
        self.admit()
        self._runs.keep(run)  # a page may know one that was let go as never trained

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
            if self.cluster:  # where also runs that stand still take a place
                self._let_stand(self.max_running - busy - 1)
            self._queue.pop(0).begin()
            busy += 1
        unwatched = [run for run in self._runs.all() if run.status in ACTIVE and not self._leases.held(run)]
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
            active = [run for run in self._runs.all() if run.status in ACTIVE]
            self._looking = bool(active)
            if active:
                self._janitor.later(LOOK_SECONDS, self._look_after)
            for run in active:
                run.look_after()
                run.alone = run.alone + LOOK_SECONDS if self._leases.abandoned(run) else 0.0
                if run.alone > self.grace and time.monotonic() >= run.keep_until:
                    run.rest()  # it was told to train by somebody who had left
            if self._queue:
                self.admit()

    def end(self, connection: Connection) -> None:
        """Have a process leave, and end it should it not."""
        self._ending.append(connection)
        connection.end()
        self._janitor.later(END_SECONDS + SAVE_SECONDS, connection.kill)

    def ended(self, connection: Connection) -> None:
        """A process has left."""
        if connection in self._ending:
            self._ending.remove(connection)
        self._standing = [(run, since) for run, since in self._standing if run.stands_since(since)]
        self._runs.tidy()  # its run may be at rest now, and nobody may hold it

    def end_if_idle(self, run: Run, order: int) -> None:
        """Have a paused run's process leave unless it gets another command soon, or others stand still after it.

        As many are kept as there are places.
        """
        seconds = min(self._idle, self.grace) if self._leases.abandoned(run) else self._idle
        self._janitor.later(seconds, lambda: run.end_if_idle(order))
        self._standing = [(one, since) for one, since in self._standing if one is not run] + [(run, order)]
        self._let_stand(self.max_running - (self.training if self.cluster else 0))

    def _let_stand(self, most: int) -> None:
        """Have the processes leave of the runs that have stood still longest, but for so many."""
        still = [(run, since) for run, since in self._standing if run.stands_since(since)]
        leaving = max(0, len(still) - max(0, most))
        self._standing = still[leaving:]
        for run, since in still[:leaving]:
            run.end_if_idle(since)

    def _places_changed(self) -> None:
        with self.lock:
            self.admit()

    def _tell_places(self) -> None:
        for ahead, run in enumerate(self._queue):
            first = Sentence("next in the queue")
            place = Sentence("number {ahead} in the queue", ahead=ahead + 1) if ahead else first
            why = self._why_wait()
            run.announce(Sentence("{why} This one is {place} and starts by itself.", why=why, place=place))

    def _why_wait(self) -> str:
        if self.max_running == 0 and self.cluster:
            return self.cluster.trouble or NO_NODE
        return Sentence("As many runs train as may ({most}).", most=self.max_running)

    def _left(self, run: Run) -> None:
        """Nobody holds the run any more. One that was told to keep training goes on for its time."""
        left = run.keep_until - time.monotonic()
        if left > 0 and run.status in ("queued", *ACTIVE):
            run.watch(False)
            self._janitor.later(left, lambda: None if self._leases.held(run) else self._left(run))
            return
        run.rest()
        if run.at_rest and not run.state:  # it has never trained: a visitor who only looked
            self._runs.forget(run.token)
        self._runs.tidy()
