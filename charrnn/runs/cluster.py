"""Workers on other machines: a connection whose worker is a Ray actor, and the cluster that it is on.

Ray itself is in a process of its own (cluster_driver.py). What an actor would save comes here, and is saved here.
"""

import itertools
import logging
import os
import queue
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from subprocess import Popen, TimeoutExpired
from time import monotonic
from typing import Any, NamedTuple

from charrnn.environment import number
from charrnn.runs import messages
from charrnn.runs.local import Gone, Heard, Tail, close, explain, launch
from charrnn.runs.messages import Message, MessageError
from charrnn.runs.recorder import Recorder
from charrnn.sentence import Sentence

JOIN_SECONDS = 90.0  # that joining a cluster, or starting one, may take
AGAIN_SECONDS = 3.0  # between two attempts to join a cluster that was lost
LEAVE_SECONDS = 8.0
SILENT_SECONDS = 5.0  # without an answer after which it is doubted that a node is there
CORES = 0.5  # of a node for a run, unless CHARRNN_CLUSTER_CORES says otherwise
NO_NODE = Sentence("The cluster has no node to train on now.")
INSTALL = "CHARRNN_CLUSTER is set and Ray is not installed: pip install '.[cluster]', or leave CHARRNN_CLUSTER out."


class ClusterError(Exception):
    """There is no cluster to be had, said in one sentence."""


class Node(NamedTuple):
    """A machine of the cluster, and how many runs may train on it at once."""

    id: str
    name: str
    places: int
    here: bool = False  # whether it is the server's own

    @property
    def where(self) -> str:
        """Which one it is, in words."""
        return Sentence("this machine") if self.here else Sentence("node {name}", name=self.name)


class Remote:
    """A worker on a node. `heard` and `gone` are called from threads of the cluster's, with no lock held."""

    elsewhere = True

    def __init__(self, cluster: "Cluster", number: int, node: Node, start: Message, heard: Heard, gone: Gone) -> None:
        self.number, self.node, self.where = number, node, node.where
        self._cluster, self._start, self._heard, self._gone = cluster, start, heard, gone
        self._recorder: Recorder | None = None
        self._asked: float | None = monotonic()  # when, if it was not heard since
        self.ended = False  # whether it is to leave, and its place counts as free
        self._left = threading.Event()

    def send(self, kind: str, fields: dict[str, Any]) -> None:
        """Give a command."""
        self._asked = self._asked or monotonic()
        self._cluster.tell("tell", {"connection": self.number, "kind": kind, "fields": fields})

    def end(self) -> None:
        """Have the actor end. One that was asked and did not answer brings its node into doubt."""
        if self._asked and monotonic() - self._asked > SILENT_SECONDS:
            self._cluster.doubt(self.node)
        self.kill()

    def kill(self) -> None:
        """The same: what it would still save is here."""
        self.ended = True
        self._cluster.tell("end", {"connection": self.number})

    def join(self, timeout: float) -> None:
        """Wait until the actor has left, and what it had told is saved."""
        self._left.wait(timeout)

    def take(self, message: Message) -> None:
        """What the actor tells. The cluster's part."""
        self._asked = None
        if message.kind == "ready" and self._start.fields["store"]:
            self._recorder = Recorder(Hearer(self, self._heard), self._start, message.fields["step"])
        if self._recorder:
            self._recorder.send(*message)
        else:
            self._heard(self, message)

    def leave(self, why: str) -> None:
        """The actor has left. The cluster's part; returns at once."""
        threading.Thread(target=self._leave, args=(why,), daemon=True).start()

    def _leave(self, why: str) -> None:
        if self._recorder:
            self._recorder.close()
        self._gone(self, why)
        self._left.set()


class Hearer(NamedTuple):
    """What a recorder passes on goes to whom hears the connection."""

    connection: Remote
    heard: Heard

    @property
    def idle(self) -> bool:
        """Nothing waits here."""
        return True

    def send(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        """Pass a message on."""
        self.heard(self.connection, Message(kind, dict(fields), dict(arrays or {})))


class Cluster:
    """The nodes that there are, as they come and go, and the actors on them.

    address: "auto" for the cluster that this machine belongs to, "local" for one started here, else host:port.
    cores: of a node that a run counts for. Raises ClusterError where there is no cluster.
    """

    def __init__(self, address: str, cores: float = CORES) -> None:
        self._address, self._cores = address, cores
        self.nodes: tuple[Node, ...] = ()
        self.trouble: str | None = None  # why there are no nodes, or fewer than there could be
        self.changed: Callable[[], None] = lambda: None  # called, with no lock held, when places have come or gone
        self._numbers = itertools.count(1)
        self._remotes: dict[int, Remote] = {}
        self._lock = threading.Lock()  # over these, and over what is to be told
        self._commands: queue.Queue[Message | None] | None = None  # None while there is no driver
        self._settled, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        self._settled.wait(JOIN_SECONDS)
        if not self.nodes:
            self.close()
            raise ClusterError(self.trouble or f"The cluster at {address} did not answer in {JOIN_SECONDS:g} seconds.")

    @property
    def places(self) -> int:
        """How many runs may train at once."""
        return sum(node.places for node in self.nodes)

    def connect(self, start: Message, heard: Heard, gone: Gone) -> Remote:
        """A worker on the node that has most room."""
        with self._lock:
            on = [remote.node.id for remote in self._remotes.values() if not remote.ended]
            node = max(self.nodes, key=lambda node: node.places - on.count(node.id), default=Node("", "", 0))
            remote = Remote(self, next(self._numbers), node, start, heard, gone)
            if self._commands and node.id:
                self._remotes[remote.number] = remote
                place = {"connection": remote.number, "node": node.id, "store": None}
                arrays = {name: array for name, array in start.arrays.items() if name in ("text", "state")}
                self._commands.put(Message("start", start.fields | place, arrays))
            else:
                remote.leave(NO_NODE)
        return remote

    def tell(self, kind: str, fields: dict[str, Any]) -> None:
        """Give the driver a command, if there is one."""
        with self._lock:
            if self._commands:
                self._commands.put(Message(kind, fields, {}))

    def doubt(self, node: Node) -> None:
        """Count a node no more until it has answered."""
        with self._lock:
            self.nodes = tuple(other for other in self.nodes if other.id != node.id)
        self.tell("doubt", {"node": node.id})

    def close(self) -> None:
        """End all actors, and leave the cluster as it was found."""
        self._closed.set()
        with self._lock:
            if self._commands:
                self._commands.put(None)
        self._thread.join(2 * LEAVE_SECONDS)

    def _live(self) -> None:
        while not self._closed.is_set():
            try:
                lost = self._drive()
            except OSError as error:
                lost = Sentence(
                    "The process that speaks to the cluster could not be started: {why}.", why=error.strerror
                )
            with self._lock:
                self._commands, self.nodes, self.trouble = None, (), lost
                remotes, self._remotes = list(self._remotes.values()), {}
            for remote in remotes:
                remote.leave(lost)
            self._settled.set()
            self.changed()
            self._closed.wait(AGAIN_SECONDS)

    def _drive(self) -> str:
        """A driver from its start to its end; why it has ended."""
        module = "charrnn.runs.cluster_driver"
        command = [sys.executable, "-P", "-m", module, self._address, str(self._cores)]
        process = launch(command, **variables(self._address))
        tail, commands = Tail(process), queue.Queue[Message | None]()
        with self._lock:
            self._commands = commands
        if self._closed.is_set():
            commands.put(None)
        beside = [threading.Thread(target=work, daemon=True) for work in (tail.read, lambda: write(process, commands))]
        for thread in beside:
            thread.start()
        lost = ""
        with suppress(MessageError, OSError):
            while message := messages.read(process.stdout):  # type: ignore[arg-type]
                if message.kind == "lost":
                    lost = message.fields["message"]
                else:
                    self._take(message)
        commands.put(None)
        try:
            process.wait(LEAVE_SECONDS)
        except TimeoutExpired:
            process.kill()
            process.wait()
        for thread in beside:
            thread.join(LEAVE_SECONDS)
        for stream in (process.stdout, process.stderr):
            close(stream)
        return lost or Sentence("The cluster is lost. {why}", why=explain(process.returncode, tail.text))

    def _take(self, message: Message) -> None:
        if message.kind == "nodes":
            told = message.fields["nodes"]
            nodes = [Node(id, name, int(cores / self._cores), here) for id, name, cores, here in told]
            troubles = message.fields["troubles"]
            if (trouble := " ".join(troubles)) and trouble != self.trouble:
                logging.getLogger(__name__).warning(trouble)
            with self._lock:
                self.nodes, self.trouble = tuple(nodes), trouble or (None if nodes else NO_NODE)
            if nodes or (troubles and not message.fields["waiting"]):
                self._settled.set()
            self.changed()
            return
        number = message.fields.pop("connection")
        with self._lock:
            remote = self._remotes.pop(number, None) if message.kind == "gone" else self._remotes.get(number)
        if remote and message.kind == "gone":
            remote.leave(Sentence("The training process on the cluster is lost ({why}).", why=message.fields["why"]))
        elif remote:
            try:
                remote.take(message)
            except Exception:  # one run's trouble is not that of all
                logging.getLogger(__name__).exception("What a worker told could not be taken in.")
                remote.kill()


def write(process: "Popen[bytes]", commands: "queue.Queue[Message | None]") -> None:
    """Pass commands on until there is None; then close the pipe."""
    with suppress(OSError, ValueError):  # it has died: the reading side notices and tells
        while command := commands.get():
            messages.write(process.stdin, *command)  # type: ignore[arg-type]
    close(process.stdin)


def variables(address: str) -> dict[str, str]:
    """What Ray must find in the environment before it is imported: it is silent, and asks for its token."""
    wanted = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token"}
    if address == "local":
        wanted |= {"RAY_AUTH_TOKEN": secrets.token_hex(32)}
    if address == "local" or address.startswith("127."):  # all of it listens there and nowhere else
        wanted |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    return wanted


@cache
def cluster() -> Cluster | None:
    """The one that CHARRNN_CLUSTER names, None where that is not set. Raises ClusterError."""
    address = os.environ.get("CHARRNN_CLUSTER", "").strip()
    if not address:
        return None
    if not find_spec("ray"):
        raise ClusterError(INSTALL)
    return Cluster(address, number("CHARRNN_CLUSTER_CORES", CORES, 0.01, 1_000))
