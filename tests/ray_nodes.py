"""Nodes of a Ray cluster on 127.0.0.1, each as a machine of its own: python tests/ray_nodes.py CORES…

Says the cluster's address, then what comes of each command: "add CORES", "kill NUMBER", "stop NUMBER", "go NUMBER".
All end with its input.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

TOKEN = "RAY_AUTH_TOKEN"
QUICK = {"include_dashboard": False, "include_log_monitor": False, "object_store_memory": 80_000_000}


class Nodes:
    """The cluster as a test has it. A context manager; at its end no process of it is left."""

    def __init__(self, *cores: int, token: str) -> None:
        quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}
        self.environment = os.environ | quiet | {TOKEN: token, "PYTHONPATH": str(Path(__file__).parents[1])}
        self.token = token
        self._folder = tempfile.mkdtemp(prefix="ray")
        command = [sys.executable, __file__, self._folder, *map(str, cores)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=self.environment, stdin=pipe, stdout=pipe, text=True)
        self.address = self._answer()

    def __enter__(self) -> "Nodes":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def tell(self, command: str) -> str:
        """Have something done, and wait for that."""
        print(command, file=self._process.stdin, flush=True)
        return self._answer()

    def processes(self, title: str = "") -> set[int]:
        """Those that belong to the cluster, with this in their title: "ray::Actor" are our actors."""
        mark, found = f"{TOKEN}={self.token}".encode(), set()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # another's, or ended meanwhile
                mine = mark in (process / "environ").read_bytes().split(b"\0")
                if mine and title in (process / "cmdline").read_text(errors="replace"):
                    found.add(int(process.name))
        return found

    def _answer(self) -> str:
        answer = self._process.stdout.readline().strip()  # type: ignore[union-attr]
        if not answer:
            raise RuntimeError("The nodes could not be started.")
        return answer


def serve(folder: str, cores: list[int]) -> None:
    """Start nodes, then do what is said."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args=QUICK | {"num_cpus": cores[0], "temp_dir": folder})
    nodes = [cluster.head_node, *(added(cluster, number) for number in cores[1:])]
    print(cluster.address, flush=True)
    for line in sys.stdin:
        what, which = line.split()
        if what == "add":
            nodes.append(added(cluster, int(which)))
        else:
            each = [kept.process.pid for kind in nodes[int(which)].all_processes.values() for kept in kind]
            signals = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "go": signal.SIGCONT}
            for pid in [*each, *(child for parent in each for child in children(parent))]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signals[what])
        print("done", flush=True)
    for node in reversed(nodes):
        node.kill_all_processes(check_alive=False, allow_graceful=False, wait=False)


def added(cluster: Any, cores: int) -> Any:
    return cluster.add_node(wait=False, num_cpus=cores, **QUICK)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


if __name__ == "__main__":
    serve(sys.argv[1], [int(cores) for cores in sys.argv[2:]])
