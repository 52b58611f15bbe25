"""Imports go one way: app.py, __main__ -> dashboard -> runs -> training -> network, text -> numpy."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {  # room: the rooms it may know beside itself
    "text": set(),
    "network": set(),
    "training": {"text", "network"},
    "insight": {"text", "network"},
    "runs": {"text", "network", "training"},
    "dashboard": {"text", "network", "training", "insight", "runs"},
}
COMMON = {"environment"}  # modules that every room may know
SCREEN = {"streamlit", "altair", "pandas", "segno"}
FILES = {
    room: sorted((ROOT / "charrnn" / room).rglob("*.py")) for room in MAY_IMPORT if (ROOT / "charrnn" / room).is_dir()
}


def imported(file):
    """Full names of the modules a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = file.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join([*package, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def every_file(rooms):
    return [pytest.param(room, file, id=str(file.relative_to(ROOT))) for room in rooms for file in FILES.get(room, [])]


@pytest.mark.parametrize(("room", "file"), every_file(MAY_IMPORT))
def test_a_room_knows_only_the_rooms_before_it(room, file):
    parts = [name.split(".") for name in imported(file) if name.startswith("charrnn.")]
    assert {part[1] for part in parts} <= MAY_IMPORT[room] | COMMON | {room}


@pytest.mark.parametrize(("room", "file"), every_file(sorted(set(MAY_IMPORT) - {"dashboard"})))
def test_only_the_dashboard_draws(room, file):
    assert not {name.split(".")[0] for name in imported(file)} & SCREEN


@pytest.mark.parametrize(("room", "file"), every_file(["network"]))
def test_the_network_is_numpy_alone(room, file):
    outside = {name.split(".")[0] for name in imported(file)} - set(sys.stdlib_module_names) - {"charrnn"}
    assert outside <= {"numpy"}


@pytest.mark.parametrize(("room", "file"), every_file(MAY_IMPORT))
def test_nothing_unpickles_or_evaluates(room, file):
    assert not {"pickle", "marshal", "shelve", "dill"} & {name.split(".")[0] for name in imported(file)}
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"eval", "exec"}


def test_orders_and_durations_are_never_the_time_of_day_which_may_be_set_back():
    scripts = (ROOT / "charrnn").rglob("*.js")
    assert not [script.name for script in scripts if re.search(r"\bDate\b", script.read_text(encoding="utf-8"))]
    sources = [*(ROOT / "charrnn").rglob("*.py"), ROOT / "app.py"]
    asking = re.compile(r"\btime\.time\(|from time import .*\btime\b|=time\.time\b|\.(now|today|utcnow)\(")
    assert not [source.name for source in sources if asking.search(source.read_text(encoding="utf-8"))]


PROMISED = {"streamlit", "streamlit.testing.v1"}  # what Streamlit's documentation has one import
INNER = {"runtime", "delta_generator", "delta_generator_singletons", "proto", "web", "elements"}
FIXES = ROOT / "charrnn" / "dashboard" / "streamlit_fixes.py"
OUTSIDE = [path for path in [*(ROOT / "charrnn").rglob("*.*"), ROOT / "app.py"] if path != FIXES]


def private_names(source):
    """What of Streamlit a Python file takes hold of that is no promise: modules, and names that begin with a line."""
    tree, found, mine = ast.parse(source), [], {"streamlit"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias for alias in node.names if alias.name.split(".")[0] == "streamlit"]
            mine |= {alias.asname for alias in names if alias.asname}
            found += [alias.name for alias in names if alias.name not in PROMISED]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamlit":
            mine |= {alias.asname or alias.name for alias in node.names}
            found += [node.module] * (node.module not in PROMISED)
            found += [alias.name for alias in node.names if alias.name.startswith("_")]
    for node in ast.walk(tree):
        at, path = node, []
        while isinstance(at, (ast.Attribute, ast.Call)):
            path += [at.attr] if isinstance(at, ast.Attribute) else []
            at = at.value if isinstance(at, ast.Attribute) else at.func
        if isinstance(at, ast.Name) and at.id in mine:
            found += [name for name in path if name.startswith("_") or name in INNER]
    return found


def test_what_streamlit_does_not_promise_is_in_one_file():
    scripts = [path for path in OUTSIDE if path.suffix == ".py"]
    assert {path.name: found for path in scripts if (found := private_names(path.read_text(encoding="utf-8")))} == {}
    marks = re.compile(r"data-(testid|stale)|[.\"'=]st[A-Z]\w+")
    written = [path for path in OUTSIDE if path.suffix in {".py", ".css", ".js"}]
    assert [path.name for path in written if marks.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        "from streamlit.runtime.state import SafeSessionState",
        "import streamlit.runtime as r",
        "import streamlit as st\nst._main.text('')",
        "import streamlit as st\nst.container()._active_dg",
        "import streamlit as st\nst.runtime.exists()",
        "from streamlit import _main",
    ],
)
def test_what_streamlit_does_not_promise_is_recognised(source):
    assert private_names(source)


def test_importing_the_package_does_not_import_the_screen():
    tops = {name.split(".")[0] for room in ("text", "network", "training") for f in FILES[room] for name in imported(f)}
    assert not tops & SCREEN
    assert {"text", "network", "training"} <= set(FILES)


def test_no_two_test_files_have_one_name():
    """Pytest could not collect them together, though each folder by itself."""
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
