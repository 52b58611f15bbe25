"""Imports go one way: app.py, __main__ -> dashboard -> runs -> training -> network, text -> numpy; and in the dashboard
page -> controls, views, inside, lessons -> session -> terms, components, charts -> channel."""

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
COMMON = {"environment", "refusal", "sentence", "shown"}  # modules that every room may know
GROUND = {"language", "words", "wire", "drawing", "channel"}
SHOWN = GROUND | {"components", "charts", "tables"}
FLOORS = {  # the same within the dashboard
    "language": set(),
    "words": {"language"},
    "wire": set(),
    "drawing": set(),
    "channel": {"drawing", "wire"},
    "components": {"language", "wire"},
    "charts": {"language", "words"},
    "tables": {"language", "words"},
    "pictures": SHOWN,
    "terms": {"language", "words"},
    "session": SHOWN | {"streamlit_fixes", "terms"},
    "replay": SHOWN | {"pictures", "session"},
    "controls": SHOWN | {"session", "terms", "replay"},
    "views": SHOWN | {"session", "terms", "pictures"},
    "inside": SHOWN | {"session", "terms"},
    "lessons": SHOWN | {"session", "terms"},
    "server": {"channel", "components"},
    "page": {"session", "controls", "views", "inside", "lessons", "language", "streamlit_fixes"},
}
SCREEN = {"streamlit", "altair", "pandas", "segno"}
FILES = {
    room: sorted((ROOT / "charrnn" / room).rglob("*.py")) for room in MAY_IMPORT if (ROOT / "charrnn" / room).is_dir()
}


def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file):
    """Full names of the modules a file imports, wherever in it."""
    names = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = file.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join([*package, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def against(room, allowed):
    """What the files of a room import against the law: file and module."""
    return [(file.name, name) for file in FILES[room] for name in sorted(imported(file)) if not allowed(name)]


def top(name):
    return name.split(".")[0]


def floor_of(file):
    """The part of the dashboard that a file belongs to."""
    return file.relative_to(ROOT / "charrnn" / "dashboard").parts[0].removesuffix(".py")


def test_all_rooms_are_there():
    assert all(FILES[room] for room in MAY_IMPORT)
    assert {floor_of(file) for file in FILES["dashboard"]} - {"__init__", "streamlit_fixes"} == set(FLOORS)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_knows_only_the_rooms_before_it(room):
    known = MAY_IMPORT[room] | COMMON | {room}
    assert not against(room, lambda name: top(name) != "charrnn" or name.split(".")[1] in known)


@pytest.mark.parametrize("floor", FLOORS)
def test_within_the_dashboard_too(floor):
    """And controls, views, inside and lessons do not know each other."""
    wrong = []
    for file in FILES["dashboard"]:
        within = [name.split(".")[2] for name in imported(file) if name.startswith("charrnn.dashboard.")]
        if floor_of(file) == floor:
            wrong += [(file.name, other) for other in within if other not in FLOORS[floor] | {floor}]
    assert not wrong


def test_no_modules_know_each_other_in_a_circle():
    """Nor where only a type is meant: what two need of each other has a place of its own."""
    files = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for room in FILES.values() for file in room}
    full = {name: tuple(f"{module}." for module in imported(file)) for name, file in files.items()}
    knows = {
        name: {other for other in files if any(module.startswith(f"{other}.") for module in modules)} - {name}
        for name, modules in full.items()
    }
    while leaves := {name for name, known in knows.items() if not known}:
        knows = {name: known - leaves for name, known in knows.items() if name not in leaves}
    assert not knows


def test_ray_is_imported_where_a_cluster_is_and_nowhere_else():
    """The server is no process of Ray's, and nothing of it is needed where there is no cluster."""
    theirs = {"actor.py", "cluster_driver.py"}
    files = [file for file in (ROOT / "charrnn").rglob("*.py") if file.name not in theirs]
    names = {(file.name, name) for file in files for name in imported(file)}
    assert not [name for name in names if re.match(r"ray\b|charrnn\.runs\.(actor|cluster_driver)\b", name[1])]


def test_only_the_dashboard_draws():
    others = [
        *(ROOT / "charrnn").glob("*.py"),
        *(file for room in FILES for file in FILES[room] if room != "dashboard"),
    ]
    assert not [(file.name, name) for file in others for name in imported(file) if top(name) in SCREEN]


def test_the_network_is_numpy_alone():
    own = {*sys.stdlib_module_names, "charrnn", "numpy"}
    assert not against("network", lambda name: top(name) in own)


def test_nothing_unpickles_or_evaluates():
    for room, files in FILES.items():
        assert not against(room, lambda name: top(name) not in {"pickle", "marshal", "shelve", "dill"})
        for file in files:
            calls = {node.func for node in ast.walk(parsed(file)) if isinstance(node, ast.Call)}
            names = {call.id for call in calls if isinstance(call, ast.Name)}
            assert not names & {"eval", "exec"}, file


def test_what_is_typed_has_a_limit_here_and_not_in_browsers_alone():
    own = ROOT / "charrnn" / "dashboard" / "session" / "fields.py"
    fields = [path.name for path in FILES["dashboard"] if path != own and "text_input(" in path.read_text("utf-8")]
    assert fields == []


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


def test_no_two_test_files_have_one_name():
    """Pytest could not collect them together, though each folder by itself."""
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def keys_in(source):
    """The keys that a file gives to what it draws, as far as they stand there: one says where."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        place = {"table": 0, "fields.text": 1}.get(called)
        given = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
        given += node.args[place : place + 1] if place is not None else []
        yield from (key.value for key in given if isinstance(key, ast.Constant))


def test_no_two_things_on_the_page_have_one_key():
    """Both could not stand there at once: the second could not be drawn."""
    files = FILES["dashboard"]
    keys = [key for file in files for key in keys_in(file.read_text(encoding="utf-8"))]
    assert len(keys) > 100
    assert sorted(keys) == sorted(set(keys))


def test_the_keys_of_what_is_drawn_are_recognised():
    drawn = 'st.button("a", key="one")\ntable("two", "title", frame)\nfields.text(_("three"), "three", width=1)'
    assert list(keys_in(drawn)) == ["one", "two", "three"]
