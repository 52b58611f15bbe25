"""README's promises: each is kept by tests and scripts that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECTION = "## What you can rely on\n"


def promises():
    """The rows of README's table, and the keepers that each names: a file, and a test in it or ""."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(SECTION)[2].partition("\n## ")[0]
    table = section[section.index("\n| ") :].strip().partition("\n\n")[0]  # the first one
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    return {row: re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row.rpartition(" | ")[2]) for row in rows}


def test_every_promise_names_what_keeps_it_and_that_is_there():
    found = promises()
    assert len(found) > 15
    for row, keepers in found.items():
        assert keepers, row
        for file, test in keepers:
            path = ROOT / "tests" / file
            assert path.is_file(), (file, row)
            names = {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if hasattr(node, "name")}
            assert not test or test in names, (test, row)
