"""Runs that train as Ray actors, on a cluster of two nodes on this machine with two places each."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import runs_helpers
from ray_nodes import TOKEN, Nodes
from runs_helpers import assert_same_parameters, assert_same_state, soon, until

from charrnn.runs.cluster import Cluster, ClusterError
from charrnn.runs.engine import Engine
from charrnn.runs.local import PACKAGE_PARENT
from charrnn.runs.store import Store
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

pytest.importorskip("ray", reason="Ray is not installed: pip install '.[cluster]'")

SERVER = """
import sys
from charrnn.runs.cluster import Cluster
from charrnn.runs.engine import Engine
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings

run = Engine(cluster=Cluster(sys.argv[1])).create(Corpus.from_text("to and fro " * 99), Settings(hidden_size=8))
run.train()
run.wait(lambda run: run.snapshot.step, 60)
print(run.status, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each actor and each node is a few new processes of Ray's."""
    monkeypatch.setattr(runs_helpers, "SECONDS", 90)


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with Nodes(1, 1, token=secrets.token_hex(32)) as nodes:
        yield nodes


@pytest.fixture
def cluster(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv(TOKEN, nodes.token)
    cluster = Cluster(nodes.address)
    yield cluster
    cluster.close()


def test_an_address_without_a_cluster_is_a_sentence() -> None:
    with pytest.raises(ClusterError, match=r"^No cluster can be joined at 127\.0\.0\.1:1: Connection refused\.$"):
        Cluster("127.0.0.1:1")


def test_a_run_on_a_cluster(nodes: Nodes, cluster: Cluster, corpus: Corpus, settings: Settings, tmp_path: Path) -> None:
    """Its whole story, told in one go: starting nodes takes longer than all that happens on them."""
    assert soon(lambda: cluster.places == 4)
    engine, store, alone = Engine(cluster=cluster, store=Store(tmp_path)), Store(tmp_path), Trainer(corpus, settings)
    try:
        run = engine.create(corpus, settings)
        run.train(100)
        until(run, lambda run: run.status == "paused" and run.saved_step == 100)
        losses = alone.train(100)
        assert run.snapshot.loss == losses[-1].loss
        assert_same_state(run.state, alone)
        run.set(learning_rate=0.002)
        run.steps(1)
        until(run, lambda run: run.saved_step == 101)
        alone.learning_rate = 0.002
        alone.train(1)
        assert_same_state(run.state, alone)
        assert_same_state(store.state(run.token, 101), alone)

        fork = engine.fork(run, 100, run.settings)
        fork.train(120)
        run.rewind(30)
        run.train(100)
        again = Trainer(corpus, settings)
        again.train(100)
        until(run, lambda run: run.status == "paused" and run.snapshot.step == 100)
        assert_same_state(run.state, again)
        again.train(20)
        until(fork, lambda run: run.status == "paused")
        assert_same_parameters(fork.snapshot.parameters, again.parameters)

        others = [engine.create(corpus, settings) for _ in range(3)]
        for one in (run, *others):
            one.train()
            until(one, lambda one: one.status == "training" and one.state_step > 120)
        fork.train()
        assert fork.status == "queued"
        assert "As many runs train as may (4). This one is next in the queue" in fork.message
        four = [run, *others]
        here, beyond = sorted(engine.loads(), reverse=True)
        assert (here.where, here.training, beyond.training, engine.waiting) == ("this machine", 2, 2, 1)
        assert sorted(one.where for one in four) == [beyond.where] * 2 + [here.where] * 2

        nodes.tell("kill 1")
        assert soon(lambda: cluster.places == 2)
        assert soon(lambda: sorted(one.status for one in four) == ["queued", "queued", "training", "training"])
        reached = [one.state_step for one in four]

        nodes.tell("add 2")
        for one, step in zip((*four, fork), (*reached, 120), strict=True):
            until(one, lambda one, step=step: one.status == "training" and one.state_step > step)
        for one in (*four, fork):
            one.pause()
            until(one, lambda one: one.status == "paused" and one.saved_step == one.snapshot.step)
        again = Trainer(corpus, settings)
        again.train(others[0].state_step)
        assert_same_state(others[0].state, again)
    finally:
        engine.close()
    assert soon(lambda: not nodes.processes("ray::Actor"))


def test_a_server_that_is_killed_leaves_no_actor_and_the_cluster_as_it_was(nodes: Nodes) -> None:
    before = nodes.processes("raylet/raylet")
    environment = os.environ | {TOKEN: nodes.token, "PYTHONPATH": str(PACKAGE_PARENT)}
    command, pipe = [sys.executable, "-c", SERVER, nodes.address], subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdout.readline() == "training\n"
        assert nodes.processes("ray::Actor")
        server.kill()
    assert soon(lambda: not nodes.processes("ray::Actor"))
    assert nodes.processes("raylet/raylet") == before
