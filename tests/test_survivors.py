"""The list of faults that no test finds is of the code as it stands, and gives a reason for each."""

import pytest
from serving import ROOT
from soak.mutants import SURVIVORS, explained

LISTED = explained(SURVIVORS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", sorted({module for module, _ in LISTED}))
def test_what_a_listed_fault_takes_away_stands_there_and_its_reason_is_told(module):
    lines = set(map(str.strip, (ROOT / "charrnn" / f"{module.replace('.', '/')}.py").read_text().splitlines()))
    for (of, changed), reason in LISTED.items():
        if of == module:
            gone = {line.removeprefix("-").strip() for line in changed if not line.startswith("+")}
            assert gone <= lines or any(line.startswith(f"{changed[0]}(") for line in lines), changed
            assert gone, changed
            assert reason


def test_a_list_of_survivors_is_read_as_it_is_written():
    listed = """\
# Nothing is lost
# with it.

charrnn/network/gru.py

- a = 1
+ a = 2

charrnn/runs/run.py

- b
- c
+ d

# Another reason.

- e
+ f
"""
    assert explained(listed) == {
        ("network.gru", ("- a = 1", "+ a = 2")): "Nothing is lost with it.",
        ("runs.run", ("- b", "- c", "+ d")): "Nothing is lost with it.",
        ("runs.run", ("- e", "+ f")): "Another reason.",
    }
