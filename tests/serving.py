"""The page served for real, and a Chromium to look at it: what browser tests and page benchmarks share."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60  # a deadline on a busy machine, not an expectation
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Where a Chromium or Chrome is installed, None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A headless Chromium."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, *flags])


def soon(condition: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """Look again and again, for what nobody announces; return what the condition came to."""
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time a process has used, in seconds (Linux)."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class Server:
    """`streamlit run app.py` on a free port of this computer, with a folder of its own. A context manager.

    `below`: the path at which the environment has it serve the page.
    """

    def __init__(self, script: str = "app.py", below: str = "", **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}{below}"
        self._home = tempfile.TemporaryDirectory()
        self._log = Path(self._home.name) / "server.log"
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
        command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.fileWatcherType=none"]
        environ = os.environ | {"CHARRNN_HOME": self._home.name} | environment
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT)
        self.pid = self._process.pid

    def __enter__(self) -> "Server":
        if not soon(self._healthy):
            self.__exit__()
            raise RuntimeError("The server did not start.")
        return self

    def __exit__(self, *_: object) -> None:
        workers = self.workers()
        self._process.send_signal(signal.SIGINT)  # as Ctrl-C in its terminal
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._home.cleanup()
        left = [pid for pid in workers if not soon(lambda pid=pid: not Path(f"/proc/{pid}").exists(), 10)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        if left:
            raise RuntimeError(f"The server left {len(left)} worker processes running.")

    def workers(self) -> set[int]:
        """The worker processes that run now (Linux)."""
        children = Path(f"/proc/{self.pid}/task").glob("*/children")
        return {int(pid) for file in children for pid in file.read_text().split() if "charrnn" in command_line(pid)}

    def log(self) -> str:
        """What it has written to its terminal."""
        return self._log.read_text(errors="replace")

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def command_line(pid: str) -> str:
    """How a process was started, "" once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
