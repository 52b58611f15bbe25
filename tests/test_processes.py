"""The commands as processes of their own: a run that the page follows, an interrupt that saves, the page by itself."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pandas as pd
import pytest
from serving import ROOT, SECONDS, soon

from charrnn.__main__ import main
from charrnn.runs.engine import Engine
from charrnn.runs.store import REPLACED, Store

# Windows interrupts a process's whole console, and has no terminals to be had by programs.
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="interrupts and terminals are other ones on Windows")
SMALL = ["--hidden-size", "10", "--sequence-length", "8", "--batch-size", "2"]


@pytest.fixture
def start(tmp_path):
    """Start a command with a store of its own; at the end none is left."""
    started = []

    def begun(*arguments, stderr=subprocess.PIPE, **environment):
        environ = os.environ | {"CHARRNN_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"} | environment
        pipes = {"stdout": subprocess.PIPE, "stderr": stderr, "text": True, "encoding": "utf-8"}
        command = [sys.executable, "-m", "charrnn", *map(str, arguments)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environ, **pipes))
        return started[-1]

    yield begun
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_run_of_the_command_line_is_shown_as_it_trains_and_handed_on(start, tmp_path, monkeypatch, capsys):
    process = start("train", "names", "--run", "--steps", 10**9, *SMALL)
    link = next(line for line in process.stdout if "?run=" in line).split()[-1]
    token = link.partition("?run=")[2]
    engine = Engine(store=Store(tmp_path))
    try:
        run = soon(lambda: engine.find(token))
        engine.lease(run, "somebody")
        step = run.snapshot.step
        assert run.wait(lambda run: run.snapshot.step > step, SECONDS)
        assert run.status == "elsewhere"
        assert run.wait(lambda run: run.snapshot.step > run.state_step, SECONDS)  # further than what is saved
        process.send_signal(signal.SIGINT)  # as Ctrl-C
        printed, said = process.communicate(timeout=SECONDS)
        assert (process.returncode, said) == (0, "")
        saved = int(re.search(r"Saved at step ([\d,]+);", printed)[1].replace(",", ""))
        assert run.wait(lambda run: run.status == "paused", SECONDS)
        assert run.snapshot.step == run.state_step == saved
    finally:
        engine.close()

    out = tmp_path / "run.csv"
    monkeypatch.setenv("CHARRNN_HOME", str(tmp_path))
    assert main(["replay", link, str(out)]) == 0
    assert pd.read_csv(out)["step"].iloc[-1] == saved
    assert main(["runs"]) == 0
    assert f"{token}  {saved:>10,}" in capsys.readouterr().out
    assert main(["replay", "nothing", str(out)]) == main(["replay", token, str(tmp_path / "run.exe")]) == 2
    assert "There is no run 'nothing'" in capsys.readouterr().err


def test_who_trains_it_on_in_the_page_has_it_from_there(start, tmp_path):
    process = start("train", "names", "--run", "--steps", 10**9, *SMALL)
    token = next(line for line in process.stdout if "?run=" in line).split()[-1].partition("?run=")[2]
    engine = Engine(store=Store(tmp_path))
    try:
        assert soon(lambda: engine.keeper.newest(token))
        run = engine.find(token)
        run.steps(10)
        assert REPLACED in process.communicate(timeout=SECONDS)[1]
        assert process.returncode == 2
        assert run.wait(lambda run: run.status == "paused" and run.is_saved, SECONDS)
        assert engine.keeper.newest(token) == run.snapshot.step
    finally:
        engine.close()


def test_a_terminal_shows_how_far_it_is_and_ctrl_c_saves(start, tmp_path):
    import pty  # here, since Windows has neither
    import termios

    out, (screen, terminal) = tmp_path / "net.safetensors", pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    process = start("train", "names", "--steps", 10**5, "--out", out, "--sample", 5, *SMALL, stderr=terminal)
    os.close(terminal)
    seen = ""
    while not re.search(r"\d/100000 \[\d+:\d+<.*steps/s, loss \d\.\d{3}", seen):
        seen += os.read(screen, 10_000).decode()
    process.send_signal(signal.SIGINT)  # as Ctrl-C
    printed, _ = process.communicate(timeout=SECONDS)
    os.close(screen)
    assert process.returncode == 0
    assert re.search(r"Saved at step [\d,]+ in ", printed)
    assert out.is_file()


def test_without_a_command_the_page_is_served_to_this_computer_alone(start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(
        STREAMLIT_SERVER_PORT=str(port), STREAMLIT_SERVER_HEADLESS="true", STREAMLIT_SERVER_ADDRESS="0.0.0.0"
    )

    def healthy():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    assert soon(healthy)
    with socket.socket() as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", port))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=SECONDS)
