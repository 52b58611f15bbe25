"""A disk that is full, for real: a small one of its own, in a namespace of its own. Linux."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from charrnn.runs.local import PACKAGE_PARENT

MOUNTED = 'mount -t tmpfs -o size=4m none "$0" && exec "$@"'
HERE = Path(__file__).parent


def of_its_own(folder, *command):
    """A command where the folder is a disk of 4 MB."""
    unshared = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, str(folder), *command]
    environment = os.environ | {"PYTHONPATH": str(PACKAGE_PARENT)}
    return subprocess.run(unshared, capture_output=True, text=True, timeout=120, env=environment, check=False)


def test_a_run_on_a_full_disk_trains_on_in_memory_and_is_saved_whole_once_there_is_room(tmp_path):
    if not shutil.which("unshare") or of_its_own(tmp_path, "true").returncode:
        pytest.skip("a disk of one's own cannot be had here: user namespaces are not allowed")
    told = of_its_own(tmp_path, sys.executable, str(HERE / "disk_story.py"), str(tmp_path))
    assert told.returncode == 0, told.stderr
    seen = json.loads(told.stdout)
    assert seen["full"].pop("told").endswith("the disk is full. Make room; training goes on in memory meanwhile.")
    assert seen["full"] == {"status": "paused", "saved": 2_000, "step": 4_000}
    assert seen["curve"] == 6_000
    assert seen["integrity"] == "ok"
