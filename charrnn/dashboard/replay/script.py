"""The replay's script: the modules that it imports, one after the other, in one that imports nothing.

A file that is opened from disk may not load others. Our modules state imports and exports in a few plain forms, each on
a line of its own; what has any other form raises ValueError, and so does an import of what is not exported.
"""

import re
from functools import cache
from pathlib import Path

from charrnn.dashboard.components.scripts import SCRIPTS

ASSETS = Path(__file__).with_name("assets")
ENTRY = "replay.js"

_IMPORT = re.compile(r'^import (?:(\w+)|\{ (.+) \}) from "\./(.+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|function) (\w+)\b)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$|\bimport\(", re.MULTILINE)


@cache
def script() -> str:
    """The whole script."""
    exported: dict[str, list[str]] = {}
    pieces: list[str] = []

    def add(name: str) -> None:
        if name in exported:
            return
        source = _source(name)
        for _, _, other in _IMPORT.findall(source):
            add(other)
        exported[name] = [*_EXPORT.findall(source), *(["default"] if _DEFAULT.search(source) else [])]
        pieces.append(_piece(name, source, exported))

    add(ENTRY)
    joined = '"use strict";\nconst modules = {};\n' + "".join(pieces)
    if "</" in joined:
        raise ValueError("A script holds what may end the block that it stands in.")
    return joined


def _source(name: str) -> str:
    own = ASSETS / name
    source = own.read_bytes() if own.is_file() else SCRIPTS[name]
    return source.decode().replace("\r\n", "\n")  # as browsers do before they hash it


def _piece(name: str, source: str, exported: dict[str, list[str]]) -> str:
    """A module as a function that is called at once, and returns what it exports."""

    def taken(found: re.Match[str]) -> str:
        default, names, other = found.groups()
        wanted = [f"default as {default}"] if default else names.split(", ")
        if missing := {one.partition(" as ")[0] for one in wanted} - {*exported[other]}:
            raise ValueError(f"{name} imports {missing} from {other}, which does not export that in a plain form.")
        return f'const {{ {", ".join(one.replace(" as ", ": ") for one in wanted)} }} = modules["{other}"];'

    body = _DEFAULT.sub("const component = ", _EXPORT.sub("", _IMPORT.sub(taken, source)))
    if left := _LEFT.search(body):
        raise ValueError(f"{name} has an import or export of another form: {left[0]}")
    given = ", ".join("default: component" if one == "default" else one for one in exported[name])
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {given} }};\n}})();\n'
