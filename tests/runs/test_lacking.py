"""A machine that lacks something, for real: memory for the worker, the right to write where runs are kept."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from runs_helpers import SECONDS, assert_same_state, until

from charrnn.runs import local
from charrnn.runs.engine import Engine
from charrnn.runs.store import Store
from charrnn.training.trainer import Trainer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are no such limits")

BARRED = """
import json, sys
from pathlib import Path
from charrnn.runs.engine import Engine
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
folder, token, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
engine = Engine(store=Store(folder))
try:
    found = engine.find(token).snapshot.step
except StoreError as error:
    found = str(error)
run = engine.create(Corpus.from_text("abc " * 500, name="mine"), Settings(hidden_size=8))
run.train(until=300)
done = run.wait(lambda run: run.status == "paused", seconds)
print(json.dumps([found, run.unsaved, run.snapshot.step]))
engine.close()
"""


def test_a_worker_without_memory_says_so_and_training_goes_on_from_what_it_had(run, before_each_chunk, tmp_path):
    """The limit is the system's own: what the process has, and a little more."""
    scarce = tmp_path / "scarce"
    before_each_chunk(
        "import os, resource, numpy as np\n"
        f"    if self.steps > 200 and os.path.exists({str(scarce)!r}):\n"
        "        has = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "        resource.setrlimit(resource.RLIMIT_AS, (has + 2**20,) * 2)\n"
        "        np.ones(2**24)"
    )
    scarce.touch()
    run.train()
    until(run, lambda run: run.status == "died")
    assert "the machine has no memory left for it" in run.message
    kept = run.state_step
    assert run.message.endswith(f"All up to step {kept:,} is kept: training can go on there." if kept else "anew.")
    scarce.unlink()
    run.train(until=kept + 300)
    until(run, lambda run: run.status == "paused")
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(kept + 300)
    assert_same_state(run.state, trainer)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="without setpriv root may write everywhere")
def test_where_nothing_may_be_written_all_is_said_and_trains_in_memory_and_nothing_is_lost(
    make_engine, corpus, settings, tmp_path
):
    folder = tmp_path / "home"
    engine = Engine(store=Store(folder))
    run = engine.create(corpus, settings)
    run.steps(100)
    until(run, lambda run: run.saved_step == 100)
    engine.close()
    for path in (*folder.iterdir(), folder):
        path.chmod(0o500 if path.is_dir() else 0o400)
    command = [sys.executable, "-c", BARRED, str(folder), run.token, str(SECONDS)]
    if os.geteuid() == 0:  # root may write all the same, but for this
        command = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
    environment = os.environ | {"PYTHONPATH": str(local.PACKAGE_PARENT)}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3 * SECONDS, check=True)
    found, unsaved, step = json.loads(told.stdout)
    assert found == unsaved
    assert f"{folder}: nothing may be written there. Allow it; training goes on in memory" in found
    assert step == 300
    for path in (folder, *folder.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert make_engine(store=Store(folder)).find(run.token).snapshot.step == 100
