"""The process that speaks to Ray for the server: `python -m charrnn.runs.cluster_driver ADDRESS CORES`.

It is not the server, since Ray ends a process whose cluster has lost its head. It looks which nodes there are, has
actors start on them, passes on what is said, and leaves with all its actors when its pipe closes.

    told    start · tell · end · doubt (whether a node is there: it counts again once it has answered)
    tells   nodes · gone · lost (the cluster), and what the actors tell; each but nodes and lost with its connection
"""

import asyncio
import hashlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Coroutine
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from charrnn.runs import messages
from charrnn.runs.actor import Actor, installed, own
from charrnn.runs.messages import Message
from charrnn.runs.outbox import Outbox

LOOK_SECONDS = 1.0  # between two looks at the nodes
HEAD_SECONDS = 8.0  # after which a head that does not answer is lost
PROBE_SECONDS = 60.0  # that a node may take to start its first process
JOIN_SECONDS = 5.0
TEXTS = 16  # that the cluster keeps for further runs
LEAVE_SECONDS = 5.0


class Driver:
    """One cluster, its nodes and our actors on them; everything but what asks Ray is done in one thread."""

    def __init__(self, outbox: Outbox, cores: float) -> None:
        self._outbox, self._cores, self._own = outbox, cores, own()
        self._nodes: dict[str, tuple[str, float]] = {}  # those that have answered: name and cores
        self._seen: set[str] = set()  # those that have been asked
        self._troubles: dict[str, str] = {}  # why some nodes do not count
        self._actors: dict[int, Any] = {}
        self._texts: dict[str, Any] = {}  # by the hash of their content
        self._tasks: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """See nodes come and go, until the head does not answer."""
        while True:
            nodes = await asyncio.wait_for(asyncio.to_thread(ray.nodes), HEAD_SECONDS)
            alive = {node["NodeID"]: node for node in nodes if node["Alive"]}
            for gone in self._seen - alive.keys():
                self._forget(gone)
            for node, about in alive.items():
                if node not in self._seen:
                    self._seen.add(node)
                    host, cores = about["NodeManagerHostname"], about["Resources"].get("CPU", 0.0)
                    namesakes = sum(other["NodeManagerHostname"] == host for other in alive.values())
                    name = f"{host} {node[:4]}" if namesakes > 1 else host
                    self.begin(self._probe(node, name, cores))
            await asyncio.sleep(LOOK_SECONDS)

    def obey(self, command: Message) -> None:
        """Act on one command of the server's."""
        fields = command.fields
        match command.kind:
            case "start":
                self._actors[fields["connection"]] = None  # until it is there
                self.begin(self._serve(fields.pop("connection"), fields.pop("node"), command))
            case "tell" if (actor := self._actors.get(fields["connection"])) and fields["kind"] != "ping":
                actor.tell.remote(fields["kind"], fields["fields"])
            case "end" if fields["connection"] in self._actors:
                self._end(fields["connection"], "")
            case "doubt":
                self._forget(fields["node"])

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside all else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _probe(self, node: str, name: str, cores: float) -> None:
        """Count a node once it says that it has what we have."""
        trouble = ""
        try:
            answer = installed.options(scheduling_strategy=on(node)).remote()
            theirs = await asyncio.wait_for(answer, PROBE_SECONDS)
            if theirs != self._own:
                trouble = f"The node {name} has {theirs}, the server {self._own}: install the same on both."
        except RayTaskError as error:
            trouble = f"The node {name} cannot run CharRNN Lab: {last_line(error)}."
        except (RayError, TimeoutError) as error:
            trouble = f"The node {name} does not answer: {last_line(error)}."
            self._seen.discard(node)  # it is asked again
        if trouble:
            self._troubles[node] = trouble
        else:
            self._troubles.pop(node, None)
            self._nodes[node] = name, cores
        self._tell_nodes()

    def _forget(self, node: str) -> None:
        self._seen.discard(node)
        self._troubles.pop(node, None)
        if self._nodes.pop(node, None):
            self._tell_nodes()

    def _tell_nodes(self) -> None:
        here = ray.get_runtime_context().get_node_id()
        nodes = [[node, name, cores, node == here] for node, (name, cores) in self._nodes.items()]
        waiting = len(self._seen) - len(self._nodes) - len(self._troubles)
        self._outbox.send("nodes", {"nodes": nodes, "troubles": list(self._troubles.values()), "waiting": waiting})

    async def _serve(self, connection: int, node: str, start: Message) -> None:
        """An actor from its start to its end."""
        why = ""
        try:
            actor = await asyncio.to_thread(self._start, node, start)
            if connection not in self._actors:
                return ray.kill(actor)
            self._actors[connection] = actor
            while (told := await actor.hear.remote()) is not None:
                for kind, fields, arrays in told or [Message("here", {}, {})]:  # as to a ping: it is not asked for
                    self._outbox.send(kind, fields | {"connection": connection}, arrays)
        except RayError as error:
            why = last_line(error)
            if connection in self._actors:  # we have not ended it ourselves
                self._forget(node)
        if connection in self._actors:
            self._end(connection, why)

    def _end(self, connection: int, why: str) -> None:
        if actor := self._actors.pop(connection):
            ray.kill(actor)
        self._outbox.send("gone", {"connection": connection, "why": why})

    def _start(self, node: str, start: Message) -> Any:
        text = start.arrays.pop("text")
        digest = hashlib.sha256(text.data).hexdigest()
        self._texts[digest] = self._texts.pop(digest, None) or ray.put(text)
        for longest_unused in list(self._texts)[:-TEXTS]:
            del self._texts[longest_unused]
        actor: Any = Actor
        return actor.options(num_cpus=self._cores, scheduling_strategy=on(node)).remote(start, self._texts[digest])


def on(node: str) -> NodeAffinitySchedulingStrategy:
    """There and nowhere else."""
    return NodeAffinitySchedulingStrategy(node, soft=False)


def last_line(error: Exception) -> str:
    """What an error says at its end, which is the cause."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).strip().rpartition("\n")[2] or type(error).__name__).strip().rstrip(".")


def sentence(error: Exception) -> str:
    """What an error says, as the end of a sentence."""
    said = last_line(error)
    return said if said.endswith("?") else f"{said}."


def join(address: str) -> None:
    """Be part of a cluster, or start one. Raises OSError, ValueError, RuntimeError."""
    host, _, port = address.rpartition(":")
    if address not in ("auto", "local"):
        if not host or not port.isdigit():
            raise ValueError("an address is auto, local or host:port")
        socket.create_connection((host, int(port)), JOIN_SECONDS).close()  # Ray itself would wait for much longer
    beside = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False, **beside)
    except ConnectionError as error:
        raise ConnectionError(
            f"{last_line(error)}. Is it running, has it the same token (~/.ray/auth_token)?"
        ) from error


async def drive(commands: messages.BinaryIO, outbox: Outbox, cores: float) -> None:
    """Look and obey until the pipe closes or the head is lost."""
    driver, loop, closed = Driver(outbox, cores), asyncio.get_running_loop(), asyncio.Event()

    def listen() -> None:
        while command := messages.read(commands):
            loop.call_soon_threadsafe(driver.obey, command)
        loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=listen, daemon=True).start()
    looking, closing = asyncio.create_task(driver.look()), asyncio.create_task(closed.wait())
    await asyncio.wait([looking, closing], return_when=asyncio.FIRST_COMPLETED)
    if looking.done():
        outbox.send("lost", {"message": "The cluster's head does not answer."})
        outbox.flush()
        os._exit(1)


def main() -> None:
    """Take over the pipe, join the cluster, do what is said. Ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the server's terminal: the closed pipe tells us in time
    told, tells = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    outbox = Outbox(tells)
    try:
        join(sys.argv[1])
    except Exception as error:  # of many kinds, also of Ray's own
        outbox.send("lost", {"message": f"No cluster can be joined at {sys.argv[1]}: {sentence(error)}"})
        outbox.flush()
        os._exit(1)
    asyncio.run(drive(told, outbox, float(sys.argv[2])))
    threading.Timer(LEAVE_SECONDS, os._exit, (0,)).start()
    ray.shutdown()  # our actors end with us; a cluster that is not ours stays as it is
    os._exit(0)


if __name__ == "__main__":
    main()
