"""A run as its page drives it: commands that return at once, a status, and the record of what has happened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from charrnn.runs.changes import Changes
from charrnn.runs.description import title_from_the_start
from charrnn.runs.keeper import Keeper
from charrnn.runs.known import Known
from charrnn.runs.line import SILENT_SECONDS, Line
from charrnn.runs.local import Connection, Gone, Heard, unstarted
from charrnn.runs.messages import Message
from charrnn.runs.opening import Opening, rewound, untrained
from charrnn.runs.patience import past_best
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus
from charrnn.training import checkpoint
from charrnn.training.settings import Settings

ACTIVE = ("starting", "training", "pausing")  # these take a place among the running
GONE = Sentence("What was saved of this run was removed. It is in memory, and saved again as it trains on.")
ANSWER_SECONDS = 15  # after which it is ended
START_SECONDS = 60  # the same while it starts, which may take long on a machine that is overloaded


class Command(NamedTuple):
    """Who last told the run what, and when (by the monotonic clock)."""

    by: str
    what: str
    at: float


class Owner(Protocol):
    """What a run asks of the engine that owns it, with the lock held."""

    lock: threading.RLock  # over all that the engine and its runs have
    keeper: Keeper

    def start(self, run: Run, changes: dict[str, float], heard: Heard, gone: Gone) -> Connection:
        """A process for the run, which makes these changes first. Raises OSError, RuntimeError."""

    def end(self, connection: Connection) -> None:
        """Have a process leave, and end it should it not."""

    def ended(self, connection: Connection) -> None:
        """A process has left."""

    def end_if_idle(self, run: Run, order: int) -> None:
        """Have a paused run's process leave unless it gets another command soon."""

    def enqueue(self, run: Run) -> None:
        """Have a run begin as soon as there is a place, which may be now."""

    def leave_queue(self, run: Run) -> None:
        """Take a run out of the queue, if it is in it."""

    def admit(self) -> None:
        """Let runs begin while there are places."""


class Run(Known):
    """One run; build it with `Engine.create`. Any thread may command it and read it.

    Attributes are replaced, never written into, and `version` grows with each change. `by` is a short name of whoever
    gives a command; the last command wins.

    status: ready · queued · starting · training · pausing · paused · died · closed · elsewhere (following.py)
    """

    def __init__(self, owner: Owner, opening: Opening, title: str = "", token: str | None = None) -> None:
        self._owner = owner
        self._changed = threading.Condition(owner.lock)
        self._line = Line()
        self._watched = True
        self.version = 0
        self.last_command: Command | None = None
        self.keep_until = 0.0  # by the monotonic clock: till then it trains on though nobody watches
        self.began = 0.0  # by the same clock: when it got its place last
        self.alone = 0.0  # seconds for which it has trained though no session holds it
        super().__init__(opening, title, token)

    def stand_at(self, opening: Opening) -> None:
        """Be where it was opened, without a process. Its own part, the lock held."""
        self._let_go()
        self._line.former = None
        self._owner.leave_queue(self)
        super().stand_at(opening)
        self.stop_at: int | None = None
        self.improving_since: int | None = None  # the step since when it trains as long as held-out loss improves
        self._changes = Changes(opening.changes)
        self._failure: str | None = None  # what the process said of its end
        self._stopped: str | None = None  # why it was told to pause, to be said once it has
        self._goal: tuple[str, dict[str, Any]] | None = None  # what to tell the worker once it is ready
        self._resting = False  # whether the process is to end as soon as it has paused
        self._moved_at: int | None = None  # from which state it last went on elsewhere
        self._gives_way = False  # whether it pauses for another run, to go on when there is a place again
        self.message: str | None = None  # plain words on why it does not train, where there is a reason
        self._become("paused" if opening.state else "ready", opening.message)

    def stand_elsewhere(self, picture: Message | None) -> None:
        """Another process trains it, and is there, or still where it was. Following's part, the lock held."""
        if picture and picture.fields["step"] > self.snapshot.step:
            self.record = self.record.after(picture)
        elif self.status == "elsewhere":
            return
        self._become("elsewhere")

    def stand_by_itself(self) -> None:
        """No other process trains it any more. Following's part, the lock held."""
        self._become("paused" if self.state else "ready")

    @property
    def where(self) -> str:
        """On which machine of a cluster its process is, in words; else empty."""
        return self._line.connection.where if self._line.connection else ""

    @property
    def at_rest(self) -> bool:
        """Whether it has no process and waits for none."""
        return self._line.connection is None and self.status != "queued"

    def train(self, until: int | None = None, *, improving: bool = False, by: str = "") -> None:
        """Train, up to and including step `until` if given, or as long as held-out loss keeps `improving`."""
        what = Sentence("train") if until is None else Sentence("train up to step {until:,}", until=until)
        with self._owner.lock:
            fields = {"until": until, "improving": improving}
            said = Sentence("{what} while held-out loss improves", what=what) if improving else what
            self._go("train", fields, by, said)
            self.improving_since = self.snapshot.step if improving else None

    def steps(self, count: int, *, by: str = "") -> None:
        """Train that many steps more, in addition to such steps still to be done."""
        self._go("steps", {"count": count}, by, Sentence("train {count:,} more", count=count))

    def go_on(self, *, by: str = "") -> None:
        """Train on from the last state handed over to where it was meant to stop: after a death, say."""
        self.train(self.stop_at, improving=self.improving_since is not None, by=by)

    def pause(self, *, by: str = "", wait: float = 0) -> bool:
        """Stop after the present chunk of steps. Waits up to `wait` seconds for it; returns whether it stands still."""
        with self._owner.lock:
            self._note(by, "pause")
            self._gives_way = False
            if self.status in ("queued", *ACTIVE):  # else its process, at rest, would count as wanted once more
                self._goal, self._line.order = None, self._line.order + 1
            if self.status == "queued":
                self._owner.leave_queue(self)
                self._become("paused" if self.record.snapshot.step else "ready", None)
            elif self.status in ("training", "pausing"):
                self._tell("pause")
                self._become("pausing")
            return self.wait(lambda run: run.status not in ACTIVE, wait)

    def keep_training(self, seconds: float) -> None:
        """Train on for so long from now though nobody may watch; 0: pause when nobody does."""
        self.keep_until = time.monotonic() + seconds

    def rename(self, title: str) -> None:
        """Call it something. Raises StoreError where that cannot be saved."""
        self.title = title
        self._owner.keeper.save_title(self)

    def set(self, *, learning_rate: float | None = None, clip: float | None = None, by: str = "") -> None:
        """Change what may change while training. Raises SettingsError, and then changes nothing."""
        given = {"learning_rate": learning_rate, "clip": clip}
        changes = {name: value for name, value in given.items() if value is not None}
        replace(self.settings, **changes)  # type: ignore[arg-type]
        with self._owner.lock:
            at_rest = self._line.connection is None
            self._note(by, "set " + " and ".join(f"{name} to {value:g}" for name, value in changes.items()))
            if not at_rest and self.status != "starting":
                self._have_set(changes)
            else:
                self._changes.waiting |= changes
            self._keep_what_was_set()
            self._become(self.status)
        if at_rest:
            self.save_changes()

    def save_changes(self) -> None:
        """Save what was set while it had no process; where that fails it says so, and is tried again by and by."""
        before = self.unsaved
        self._owner.keeper.save_changes(self, dict(self._changes.waiting))
        if self.unsaved != before:
            with self._owner.lock:
                self._become(self.status)

    def watch(self, on: bool) -> None:
        """Whether somebody looks: otherwise parameters come only with the states, once in a while."""
        with self._owner.lock:
            if on != self._watched:
                self._watched = on
                self._tell("watch", on=on)

    def look(self) -> None:
        """While it trains, have what the optimiser remembers come along for two seconds: `snapshot.memory`."""
        with self._owner.lock:
            if self.status == "training":
                self._tell("look")

    def reset(self, settings: Settings | None = None, corpus: Corpus | None = None, *, by: str = "") -> None:
        """Back to step 0, with other settings or another text if given. Where Trainer raises, nothing has changed."""
        fresh = untrained(corpus or self.corpus, settings or self.settings)
        title = title_from_the_start(self.title)
        saved_step, unsaved = self._owner.keeper.save_start(self.token, fresh.corpus, fresh.settings, title)
        with self._owner.lock:
            self.title = title
            self._note(by, Sentence("start over"))
            self.stand_at(replace(fresh, saved_step=saved_step, unsaved=unsaved))
            self._owner.admit()

    def rewind(self, step: int, *, by: str = "") -> None:
        """Back to a stored step, from which training goes on bitwise as it did. Raises StoreError."""
        if step == 0:
            return self.reset(self.in_force_at(0), by=by)
        opening = rewound(self.corpus, self.settings, self._owner.keeper.saved(self), step)
        with self._owner.lock:
            self._note(by, Sentence("go back to step {step:,}", step=step))
            self.stand_at(opening)
            self._owner.admit()

    def state_at(self, step: int) -> checkpoint.State | None:
        """What training went on from at a stored step, or at the one handed over last; None where it is not at hand."""
        if self.state and self.state_step == step:
            return checkpoint.from_bytes(self.state)
        return self._owner.keeper.state(self.token, step)

    def give_up(self, steps: list[int]) -> None:
        """Some of its stored steps had to go. The engine's part."""
        with self._owner.lock:
            self.lost |= set(steps)
            self.record = self.record.without(steps)

    def rest(self) -> None:
        """Pause and end the process. The state is kept: train() goes on from it."""
        with self._owner.lock:
            self._resting = True
            if self.status in ("queued", *ACTIVE):
                self.pause()
            else:
                self._let_go()

    def close(self, why: str | None = None) -> None:
        """End the process now, for good."""
        with self._owner.lock:
            self._let_go()
            self._become("closed", why)

    def give_way(self) -> None:
        """Pause for another run, and wait for a place again. The engine's part, its lock held."""
        self._gives_way, self._line.order = True, self._line.order + 1
        self._tell("pause")
        self._become("pausing")

    def wait(self, condition: Callable[[Run], bool], timeout: float) -> bool:
        """Wait up to `timeout` seconds until condition(run) holds; return whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), timeout)

    def begin(self) -> None:
        """There is a place: train. The engine's part, its lock held."""
        self.began = time.monotonic()
        if self._line.connection:
            self._become("training", None)
            self._pursue()
        else:
            if self.snapshot.step != self.state_step:  # the process before died: what came after its state is lost
                trainer = checkpoint.resumed(self.corpus, self.settings, self.state)
                self.record = self.record.resumed(trainer, self._changes.waiting)
            self._failure, self._line.silent = None, 0
            self._become("starting", None)
            try:
                self._line.connection = self._owner.start(self, self._changes.give(), self._hear, self._gone)
            except (OSError, RuntimeError) as error:
                self._fall(unstarted(error))

    def announce(self, place: str) -> None:
        """Queued, at a place said in plain words. The engine's part, its lock held."""
        if (self.status, self.message) != ("queued", place):
            self._become("queued", place)

    def _go(self, kind: str, fields: dict[str, Any], by: str, what: str) -> None:
        with self._owner.lock:
            if self.status == "closed":
                return
            self._note(by, what)
            if kind == "steps" and self._goal and self.status in ("queued", "starting"):
                fields = {"count": fields["count"] + self._goal[1].get("count", 0)}
            self.stop_at = self.snapshot.step + fields["count"] if kind == "steps" else fields["until"]
            self._gives_way, self.improving_since = False, None
            self._goal, self._resting, self._line.order = (kind, fields), False, self._line.order + 1
            if self.status in ("training", "pausing"):
                self._become("training", None)
                self._pursue()
            elif self.status not in ("starting", "queued"):
                self._owner.enqueue(self)

    def _note(self, by: str, what: str) -> None:
        self.last_command = Command(by, what, time.monotonic())

    def _have_set(self, changes: dict[str, float]) -> None:
        self._changes.tell(changes)
        self._tell("set", changes=changes)

    def _keep_what_was_set(self) -> None:
        """What was set last is in force, whatever a message says that the process sent before it heard of that."""
        now, latest = self.snapshot, self._changes.latest()
        rate = now.rate * latest.get("learning_rate", now.learning_rate) / now.learning_rate  # the schedule is a factor
        self.record = self.record._replace(snapshot=now._replace(rate=rate, **latest))  # type: ignore[arg-type]

    def _pursue(self) -> None:
        kind, fields = self._goal or ("pause", {})
        self._tell(kind, **fields)

    def _tell(self, kind: str, **fields: Any) -> None:
        if self.status != "starting":
            self._line.tell(kind, **fields)

    def _become(self, status: str, message: str | None = "") -> None:
        """Change the status, and the message unless that is left out; whatever else changed is told with it."""
        with self._changed:
            self.status = status
            self.message = self.message if message == "" else message
            self.version += 1
            self._changed.notify_all()

    def _let_go(self) -> None:
        if connection := self._line.let_go():
            self._owner.end(connection)

    def _hear(self, connection: Connection, message: Message) -> None:
        """Take in what the worker tells; called from the thread that listens to it."""
        with self._owner.lock:
            kind, fields, arrays = message
            if not self._line.counts(connection, kind):
                return  # a process that has been let go
            if self._line.heard(connection):  # again: what was said of its silence is past
                self.message = None
            self.record = self.record.after(message)
            if kind == "changed":
                self._changes.confirm()
            self._keep_what_was_set()
            if "state" in arrays:
                self.state, self.state_step = arrays["state"].tobytes(), fields["step"]
            current = fields.get("order") == self._line.order
            if kind == "ready":
                self._welcome()
            elif kind == "training" and current:
                self.status, self.stop_at = "training", fields["until"]
            elif kind == "saved":
                self.saved_step, self.unsaved = fields["step"], None
                self.message = fields["message"] or self.message
                self.give_up(fields["removed"])
            elif kind == "unsaved":
                self.unsaved = fields["message"]
            elif kind == "failed":
                self._failure = fields["message"]
            elif kind == "held_out":
                self._stop_past_best()
            if kind == "diverged" or (kind == "paused" and current):
                self._stand_still(fields.get("message"))
            else:
                self._become(self.status)

    def _stop_past_best(self) -> None:
        since = self.improving_since
        if since is not None and self.status == "training" and (best := past_best(self.curve.held_out, since)):
            self.improving_since = None
            self.pause()
            self._stopped = Sentence(
                "Held-out loss has stopped improving: its best was {best:.3f} nats at step {step:,}.",
                best=best[1],
                step=best[0],
            )

    def _welcome(self) -> None:
        self._become("training" if self._goal else "pausing")
        self._tell("watch", on=self._watched)
        if later := self._changes.set_since():
            self._have_set(later)
        self._pursue()

    def _stand_still(self, message: str | None) -> None:
        self._goal = None
        self._become("paused", message or self._stopped)
        self._stopped = None
        if self._resting or self._gives_way:
            self._let_go()
        else:
            self._owner.end_if_idle(self, self._line.order)
        if self._gives_way and message is None:
            self.go_on(by=self.last_command.by if self.last_command else "")
        self._gives_way = False
        self._owner.admit()

    def end_if_idle(self, order: int) -> None:
        """End the process of a run that has stood still since a command. The engine's part."""
        with self._owner.lock:
            if self.stands_since(order):
                self._let_go()

    def stands_since(self, order: int) -> bool:
        """Whether it has stood still since a command, its process kept. The engine's part, its lock held."""
        return self.status == "paused" and order == self._line.order and self._line.connection is not None

    def look_after(self) -> None:
        """Once a second while it has a place: whether its worker was heard. The engine's part, its lock held."""
        line = self._line
        line.silent += 1
        patience = START_SECONDS if self.status == "starting" else ANSWER_SECONDS
        if line.silent > patience:
            connection = line.connection
            self._let_go()
            why = Sentence("The training process did not answer for {seconds} seconds and was ended.", seconds=patience)
            self._lose(connection, why)
            return
        if line.silent == SILENT_SECONDS:
            self._become(
                self.status,
                Sentence("The training process has not answered for {seconds} seconds.", seconds=SILENT_SECONDS),
            )
        line.tell("ping")

    def lose_saved(self) -> None:
        """What was saved of it has been removed. The engine's part, its lock held."""
        if self.saved_step is not None:
            self.saved_step, self.unsaved = None, GONE
            self._become(self.status)

    def _fall(self, why: str) -> None:
        """There is no process to train it any more, or none could be had: say why."""
        self._goal = None
        kept = Sentence("All up to step {step:,} is kept: training can go on there.", step=self.state_step)
        then = kept if self.state_step else Sentence("Train begins it anew.")
        self._become("died", Sentence("{why} {then}", why=why, then=then))

    def _lose(self, connection: Connection | None, why: str) -> None:
        """Its process is lost: go on elsewhere where that is possible, from each state once; else say why."""
        moves = bool(connection and connection.elsewhere) and not self._failure and self.status != "pausing"
        self._fall(why)
        if moves and self._moved_at != self.state_step:
            self._moved_at = self.state_step
            self.go_on(by=self.last_command.by if self.last_command else "")
            if self.status != "queued":
                self._become(
                    self.status, Sentence("{why} It goes on from step {step:,}.", why=why, step=self.state_step)
                )
        else:
            self._owner.admit()

    def _gone(self, connection: Connection, why: str) -> None:
        """There is no process (any more); called from the thread that listened to it, or was to start it."""
        with self._owner.lock:
            if self._line.gone(connection) and self.status in ACTIVE:
                self._lose(connection, self._failure or why)
            self._owner.ended(connection)
