"""The process in which a run trains: `python -m charrnn.runs.worker`, spoken to over its own pipe.

It obeys commands between chunks of a few steps, so that each is answered at once; publishes a picture a few times a
second; stops exactly at the steps asked for; and leaves when the pipe closes, so that a killed server leaves nothing.

    told    start · train · steps · pause · set · watch · look (its memory comes along for a while) · ping
    tells   ready · training · progress · checkpoint · sample · held_out · changed · state · paused · diverged · failed
            saved · unsaved (where there is a store) · here (to a ping, at once, however long a step takes)

Each command but start bears an order number, and "training" and "paused" name the last order that was known then, so
that an answer to an older one can be told from an answer to the newest.
"""

import math
import os
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from time import perf_counter, sleep, thread_time
from typing import Any, BinaryIO

import numpy as np

from charrnn.network.parameters import Array
from charrnn.runs import history, messages
from charrnn.runs.blowup import recent_loss, windows
from charrnn.runs.checkpoint_schedule import is_log_spaced, next_mark
from charrnn.runs.evaluations import Evaluations
from charrnn.runs.messages import Message
from charrnn.runs.outbox import Outbox, Telling
from charrnn.runs.recorder import SAVE_SECONDS, Recorder
from charrnn.runs.start import build
from charrnn.sentence import Sentence
from charrnn.training import checkpoint
from charrnn.training.trainer import Step, Trainer

CHUNK_SECONDS = 0.012  # a command waits no longer than this (or one step, where that takes longer)
PUBLISH_SECONDS = 0.2
PUBLISH_EFFORT = 0.05  # seconds of processor between two: who has less than a quarter of a core tells less often,
PUBLISH_AT_LAST = 1.0  # but not later than this; else thirty runs on two cores would mostly tell of themselves
STATE_SECONDS = 1.5  # with a chunk and the way through the pipe: a state at most 2 s old
WATCHED_BYTES_A_SECOND = 10e6
LOOK_SECONDS = 2  # for which the optimiser's memory is published once it was asked for
CHORES_SHARE = 0.01  # of the training time, for evaluating, sampling and handing over states
WATCHFUL_SHARE = 0.1  # the same while it is held-out loss that decides how long it trains
SAMPLE_LENGTH = 200
LEAVE_SECONDS = 2  # for what it is at, once the pipe is closed
UNTHINNED = 10_000  # steps of which each is remembered by itself, should nobody take what is told

Fields = dict[str, Any]
Arrays = dict[str, Array]


class Worker:
    """A trainer, what it has been told, and what it has yet to tell."""

    def __init__(self, trainer: Trainer, outbox: Telling, seconds_before: float) -> None:
        self.trainer = trainer
        self.outbox = outbox
        self.until: float | None = None  # the step to stop at, infinity for none; None while paused
        self.order = 0  # the number of the last command
        self.stepping = False  # whether `until` came from a number of steps, to which further steps add
        self.watched = True
        self.share = CHORES_SHARE
        self.last: Step | None = None
        self.characters = trainer.batches.T * trainer.batches.B  # that a window holds
        self.recent: deque[float] = deque(maxlen=windows(self.characters))  # losses of the last few
        self.unpublished: list[Step] = []
        self.thinned = history.joined([])  # of what is not published either, the steps before those
        self.evaluations = Evaluations(trainer)
        self.seconds_before = seconds_before  # of training, in earlier processes
        self.trained = self.spent = 0.0  # seconds of training, and of chores beside it
        self.step_seconds = CHUNK_SECONDS
        self.pace: deque[tuple[float, int]] = deque([(0.0, trainer.steps)])
        self.published = self.pictured = self.handed_over = self.looked = -math.inf  # when
        self.effort = -math.inf  # the processor's time that this thread had taken when it published last
        self.picture_bytes = 0  # of the last one's arrays
        self.good = trainer.state()  # the last state known to be finite

    def run(self, commands: "queue.SimpleQueue[Message | None]") -> None:
        """Obey and train until the pipe closes. Paused and with nothing to evaluate it only waits."""
        self.outbox.send("ready", self.picture(), self.parameters())
        while True:
            try:
                command = commands.get(block=self.until is None and not self.evaluations)
            except queue.Empty:
                self.advance()
                continue
            if command is None:
                return
            self.obey(command)

    def obey(self, command: Message) -> None:
        """Act on one command."""
        fields, steps = command.fields, self.trainer.steps
        self.order = fields["order"]
        match command.kind:
            case "train":
                self.share = WATCHFUL_SHARE if fields["improving"] else CHORES_SHARE
                self.aim(math.inf if fields["until"] is None else fields["until"], stepping=False)
            case "steps":
                self.aim((self.until if self.stepping and self.until else steps) + fields["count"], stepping=True)
            case "pause":
                self.pause()
            case "watch":
                self.watched = fields["on"]
            case "look":
                self.looked = perf_counter()
            case "set":
                self.change(fields["changes"])

    def aim(self, until: float, *, stepping: bool) -> None:
        """Train up to a step, infinity for no end."""
        self.until, self.stepping = until, stepping
        if until <= self.trainer.steps:
            self.pause()
        else:
            self.outbox.send("training", {"order": self.order, "until": None if until == math.inf else until})

    def change(self, changes: Fields) -> None:
        """Set the learning rate or the clip limit from here on, and hand that over at once."""
        for name, value in changes.items():
            setattr(self.trainer, name, value)
        self.outbox.send("changed", {"step": self.trainer.steps, "change": changes})
        if self.until is None and self.trainer.steps:
            self.hand_over("state", {})  # it replaces the one kept at this pause: whoever goes back goes on as it did
        else:
            self.handed_over = -math.inf
            self.publish()

    def advance(self) -> None:
        """One chunk of training and one slice of what is to be done beside it."""
        if self.until is not None:
            self.train()
        started = perf_counter()
        self.evaluate()
        if self.until is not None:
            if started - self.handed_over >= STATE_SECONDS and self.outbox.idle:
                self.hand_over("state", {})
            self.spent += perf_counter() - started
        if self.until is not None and self.to_publish(started - self.published) and self.outbox.idle:
            self.publish()

    def to_publish(self, waited: float) -> bool:
        """Whether the picture is due, so many seconds after the last."""
        if waited < PUBLISH_SECONDS:
            return False
        return waited >= PUBLISH_AT_LAST or thread_time() - self.effort >= PUBLISH_EFFORT

    def train(self) -> None:
        """Steps for about CHUNK_SECONDS, at most up to the next step where something is due."""
        trainer = self.trainer
        chunk = max(1, int(CHUNK_SECONDS / self.step_seconds))
        count = min(chunk, int(min(self.until or 0, next_mark(trainer.steps)) - trainer.steps))
        started = perf_counter()
        done = trainer.train(count)
        seconds = perf_counter() - started
        self.trained += seconds
        self.step_seconds += 0.2 * (seconds / count - self.step_seconds)
        self.pace.append((self.trained, trainer.steps))
        while len(self.pace) > 2 and self.pace[1][0] < self.trained - 1:
            self.pace.popleft()
        self.unpublished += done
        if len(self.unpublished) > UNTHINNED:
            self.thinned = self.untold()
        self.last = done[-1]
        self.recent.extend(step.loss for step in done)
        bad = next((step for step in done if not math.isfinite(step.loss)), None)
        if bad:
            self.diverge(bad.step)
            return
        if trainer.steps == next_mark(trainer.steps - 1):
            self.keep()
        if trainer.steps == self.until:
            self.pause()

    def keep(self) -> None:
        """What is due at the marked steps: a sample at all of them, the exact network at 10, 30, 100, 300 …"""
        started, step = perf_counter(), self.trainer.steps
        sample = {"text": self.trainer.sample(SAMPLE_LENGTH, seed=step)}
        if is_log_spaced(step):
            self.hand_over("checkpoint", sample)
            if step >= 100:
                self.evaluations.ask()
        else:
            self.outbox.send("sample", sample | {"step": step})
        self.spent += perf_counter() - started

    def evaluate(self) -> None:
        """A slice of a held-out loss that is due; a new one when the chores have cost little enough."""
        if not self.evaluations and self.until is not None and self.spent < self.share * self.trained:
            self.evaluations.ask()
        if found := self.evaluations.advance():
            step, loss = found
            self.outbox.send("held_out", {"step": step, "loss": loss})

    def pause(self) -> None:
        """Stop here; tell it with all there is, and measure the held-out loss at leisure."""
        self.until, self.stepping = None, False
        self.hand_over("paused", {})
        self.evaluations.ask()

    def hand_over(self, kind: str, fields: Fields) -> None:
        """A message with the whole picture and the full state, unless a weight is no number any more."""
        if np.isfinite(self.trainer.parameters.flat).all():
            self.good = self.trainer.state()
            self.tell(kind, fields)
        else:
            self.diverge(self.trainer.steps)

    def diverge(self, step: int) -> None:
        """The loss or a weight is no number any more: back to the last finite state, and say so."""
        rate = self.trainer.learning_rate
        self.until, self.stepping = None, False
        self.evaluations.forget()
        self.recent.clear()
        self.untold()
        self.trainer.restore(self.good)
        message = Sentence(
            "The network blew up at step {step:,}: its loss is no longer a number. It is back at step {back:,}, the "
            "last one kept before. Lower the learning rate (now {rate:g}) or the clip limit, then train on.",
            step=step,
            back=self.trainer.steps,
            rate=rate,
        )
        self.last = None
        self.tell("diverged", {"message": message})

    def tell(self, kind: str, fields: Fields) -> None:
        """A message with what is not yet published, parameters and the last sound state, from which all can go on."""
        state = np.frombuffer(checkpoint.to_bytes(self.good), np.uint8)
        self.outbox.send(kind, fields | self.picture(), self.history() | self.parameters() | {"state": state})
        self.published = self.pictured = self.handed_over = perf_counter()
        self.effort = thread_time()

    def publish(self) -> None:
        """The picture of now; with the parameters while somebody watches, more rarely where they are large.

        Where somebody looks at what the optimiser does, with what it remembers.
        """
        now, large = perf_counter(), self.picture_bytes / WATCHED_BYTES_A_SECOND
        arrays = {}
        if self.watched and now - self.pictured >= max(0.9 * PUBLISH_SECONDS, large):
            arrays = self.parameters() | (self.trainer.memory() if now - self.looked < LOOK_SECONDS else {})
            self.pictured, self.picture_bytes = now, sum(array.nbytes for array in arrays.values())
        self.outbox.send("progress", self.picture(), self.history() | arrays)
        self.published, self.effort = now, thread_time()

    def picture(self) -> Fields:
        """The figures of the present step."""
        trainer, last, (then, steps) = self.trainer, self.last, self.pace[0]
        return {
            "order": self.order,
            "step": trainer.steps,
            "characters": trainer.characters,
            "epochs": trainer.epochs,
            "loss": last and last.loss,
            "smooth_loss": trainer.smooth_loss,
            "recent_loss": recent_loss(self.recent, self.characters),
            "gradient_norm": last and last.gradient_norm,
            "clipped": last and last.clipped,
            "rate": trainer.rate,
            "learning_rate": trainer.learning_rate,
            "clip": trainer.clip,
            "seconds": self.seconds_before + self.trained,
            "speed": (trainer.steps - steps) / (self.trained - then) if self.trained > then else 0.0,
        }

    def parameters(self) -> Arrays:
        """A copy of the parameters as one vector."""
        return {"parameters": np.array(self.trainer.parameters.flat)}

    def history(self) -> Arrays:
        """What the steps since the last call have reported."""
        return {"history": self.untold().view(np.uint8)}

    def untold(self) -> Array:
        """The same as rows of history; from here on it is told."""
        rows = history.thinned(history.joined([self.thinned, history.of(self.unpublished)]))
        self.unpublished, self.thinned = [], history.joined([])
        return rows


def listen(
    stream: BinaryIO, commands: "queue.SimpleQueue[Message | None]", outbox: Outbox, done: threading.Event
) -> None:
    """Take commands off the pipe as they come; None says that it was closed. `done` says that only saving is left."""
    try:
        while command := messages.read(stream):
            if command.kind == "ping":
                outbox.send("here", {})
            else:
                commands.put(command)
    finally:
        commands.put(None)
        if done.wait(LEAVE_SECONDS):
            sleep(SAVE_SECONDS)
        os._exit(0)  # a step of a giant network is no reason to outlive the server


def work(commands: "queue.SimpleQueue[Message | None]", outbox: Telling) -> Recorder | None:
    """Build the trainer that the first command describes, and train as the others say; tell what goes wrong.

    Returns what may have something to save yet.
    """
    recorder = None
    try:
        start = commands.get()
        if start:
            trainer = build(start)
            recorder = Recorder(outbox, start, trainer.steps) if start.fields["store"] else None
            worker = Worker(trainer, recorder or outbox, start.fields["seconds"])
            if start.fields["changes"]:
                worker.change(start.fields["changes"])
            worker.run(commands)
    except BaseException as error:
        traceback.print_exc()
        lacking = Sentence("the machine has no memory left for it") if isinstance(error, MemoryError) else ""
        why = lacking or f"{type(error).__name__}: {error}"
        outbox.send("failed", {"message": Sentence("Training stopped with an error: {why}.", why=why)})
    return recorder


def main() -> None:
    """Take over the pipe, build the trainer, train. Ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the server's terminal: the closed pipe tells us in time
    told, tells = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # from here on a print or a warning goes to standard error and cannot break the protocol
    sys.stdout = sys.stderr
    if hasattr(os, "nice"):
        os.nice(10)  # the page answers first
    commands: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    outbox = Outbox(tells)
    done = threading.Event()
    threading.Thread(target=listen, args=(told, commands, outbox, done), daemon=True).start()
    recorder = work(commands, outbox)
    done.set()
    if recorder:
        recorder.close()
    outbox.flush()
    sys.stderr.flush()
    os._exit(0)  # without waiting for the threads, which wait for the pipe


if __name__ == "__main__":
    main()
