"""Faults put into the code, one at a time, and whether a test finds each: python tests/soak/mutants.py runs.engine ...

mutmut (`pip install mutmut==3.8` beside the tests' packages) says which faults there are; each is put into a copy of
the tree, so that every process that a test starts has it, and the tests of its folder run until one fails, those of the
module's own name first. A fault that makes them hang is found, too. `--of 60 --seed 1` draws 60 of each module instead
of all; what stands after `--` is for pytest (`-- -k "not cluster"`). Linux, with `unshare`: what a broken worker leaves
behind ends with it.

`--forks` is the fast way for what runs in one process: mutmut's own, which tries each fault in a fork, by those tests
that reach its function. After `--` stand the tests it may choose from:

    python tests/soak/mutants.py --forks network training -- tests/network tests/training

Told are the share that was found and each that was not, as a difference: what stands in `survivors.txt` beside this
file by its reason, what nobody has looked at yet as NOT FOUND.
"""

import argparse
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).with_name("survivors.txt")
PARTS = ["charrnn", "tests", "data", "pyproject.toml", "README.md", "app.py"]
HANGS = 3  # times as long as without a fault
PACKAGES = ["charrnn/network", "charrnn/training", "charrnn/runs"]
NOT_FOUND = (0, 33)  # mutmut's code of a fault that all tests passed, or that no test comes by
ALONE = ["unshare", "-rpf", "--kill-child", "--mount-proc"]  # a process namespace, whose processes end with its first
Tried: TypeAlias = tuple[str, str, tuple[str, ...]]  # a fault, what found it ("" is nothing), its changed lines


def copy(to: Path) -> Path:
    """The tree as it stands."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / part)
    helpers = to / "tests/runs/runs_helpers.py"  # a fault that makes a test wait in vain shows in ten seconds, too
    helpers.write_text(re.sub(r"^SECONDS = \d+", "SECONDS = 10", helpers.read_text(), flags=re.M))
    return to


def mutmut(folder: Path, *arguments: str) -> str:
    """What mutmut prints; of no fault that there is ("none*") it only notes which there are."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def configure(folder: Path, tests: Sequence[str]) -> None:
    """What mutmut puts faults into, and the tests of its own runs."""
    config = {"source_paths": PACKAGES, "also_copy": PARTS, "pytest_add_cli_args_test_selection": tests}
    lines = ["[mutmut]", *("\n    ".join([f"{name}=", *values]) for name, values in config.items())]
    (folder / "setup.cfg").write_text("\n".join(lines))


def verdicts(folder: Path, module: str) -> dict[str, int | None]:
    """The names of the faults that mutmut knows for a module, and its codes for those it tried."""
    noted = folder / "mutants/charrnn" / (module.replace(".", "/") + ".py.meta")
    return dict(json.loads(noted.read_text())["exit_code_by_key"])


def changed(difference: Iterable[str]) -> tuple[str, ...]:
    """The lines that are taken away and put there, wherever they stand."""
    lines = (line for line in difference if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"})
    return tuple(f"{line[0]} {line[1:].strip()}" for line in lines)


def explained(listed: str) -> dict[tuple[str, tuple[str, ...]], str]:
    """The reasons of a list of survivors, of a module and its changed lines.

    A paragraph is a reason, whose lines begin with #, which holds for all that follow it up to the next; the path of
    a module, which does, too; the changed lines of a fault; or `def name`, for all in a function that no test calls.
    """
    reasons, reason, module = {}, "", ""
    for paragraph in filter(None, map(str.strip, listed.split("\n\n"))):
        lines = paragraph.splitlines()
        if lines[0].startswith("#"):
            reason = " ".join(line.removeprefix("#").strip() for line in lines)
        elif lines[0].startswith("charrnn/"):
            module = lines[0].removeprefix("charrnn/").removesuffix(".py").replace("/", ".")
        else:
            reasons[module, tuple(lines)] = reason
    return reasons


def tests_of(folder: Path, module: str) -> list[str]:
    """Test files of the module's folder, those of its name first."""
    package, __, name = module.rpartition(".")
    files = sorted(folder.glob(f"tests/{package.split('.', maxsplit=1)[0]}/test_*.py"))
    return [str(file.relative_to(folder)) for file in sorted(files, key=lambda file: name not in file.stem)]


def verdict(
    folder: Path, module: str, mutant: str, options: Sequence[str], seconds: float | None = None
) -> tuple[str, list[str]]:
    """The test that finds a fault, "hangs", or nothing, and its lines ("" is no fault); the copy is as before."""
    file = folder / "charrnn" / (module.replace(".", "/") + ".py")
    before = file.read_text()
    if mutant:
        mutmut(folder, "apply", mutant)
    lines = list(difflib.unified_diff(before.splitlines(), file.read_text().splitlines(), n=0, lineterm=""))[2:]
    shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)  # tells versions by second and size, which is coarse
    command = [*ALONE, sys.executable, "-m", "pytest", "-xq", "-p", "no:cacheprovider", "--tb=no", *options]
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "kept"), "TMPDIR": str(folder)}
    try:
        tried = subprocess.run(
            [*command, *tests_of(folder, module)],
            **{"cwd": folder, "env": os.environ | home, "capture_output": True, "text": True},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs", lines
    finally:
        file.write_text(before)
    if tried.returncode == 0:
        return "", lines
    failed = [line for line in tried.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else tried.stdout[-200:] + tried.stderr[-200:], lines


def in_copies(source: Path, drawn: dict[str, list[str]], options: Sequence[str], jobs: int) -> Iterator[Tried]:
    """Each fault in a copy of the tree, which all processes of a test are started from."""
    copies: SimpleQueue[Path] = SimpleQueue()
    for job in range(jobs):
        copies.put(shutil.copytree(source, source.parent / str(job)))

    def tried(module: str, mutant: str) -> Tried:
        mine = copies.get()
        try:
            found, lines = verdict(mine, module, mutant, options, HANGS * taken[module.rpartition(".")[0]])
        finally:
            copies.put(mine)
        return mutant, found, () if found else changed(lines)

    taken = {}
    for package, module in {module.rpartition(".")[0]: module for module in drawn}.items():
        start = monotonic()
        if wrong := verdict(source, module, "", options)[0]:
            sys.exit(f"{package}: its tests find a fault where none was put: {wrong}")
        taken[package] = monotonic() - start
    with ThreadPoolExecutor(jobs) as pool:
        for module, chosen in drawn.items():
            yield from pool.map(partial(tried, module), chosen)


def in_forks(source: Path, drawn: dict[str, list[str]], jobs: int) -> Iterator[Tried]:
    """Each fault in a fork of one process, by the tests that reach its function."""
    names = [mutant for chosen in drawn.values() for mutant in chosen]
    mutmut(source, "run", "--max-children", str(jobs), *names)
    for module, chosen in drawn.items():
        codes = verdicts(source, module)
        for mutant in chosen:
            if codes[mutant] in NOT_FOUND:
                yield mutant, "", changed(mutmut(source, "show", mutant).splitlines())
            else:
                yield mutant, "found", ()


def modules_of(names: Sequence[str]) -> list[str]:
    """The modules of these names, some of which may be packages."""
    paths = [ROOT / "charrnn" / name.replace(".", "/") for name in names]
    files = (file for path in paths for file in (sorted(path.glob("*.py")) if path.is_dir() else [path]))
    return [".".join(file.relative_to(ROOT / "charrnn").with_suffix("").parts) for file in files]


def main() -> None:
    """Try them and tell the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="such as runs.engine, or network for all of it")
    parser.add_argument("--forks", action="store_true", help="in forks of one process")
    parser.add_argument("--of", type=int, default=10_000, metavar="N", help="as many of each module at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="side by side")
    own = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    asked, options = parser.parse_args(sys.argv[1:own]), sys.argv[own + 1 :]
    reasons = explained(SURVIVORS.read_text())
    with tempfile.TemporaryDirectory() as name:
        source = copy(Path(name) / "all")
        configure(source, options if asked.forks else ["tests/training/test_settings.py"])
        mutmut(source, "run", "none*")
        there = {module: list(verdicts(source, module)) for module in modules_of(asked.names)}
        drawn = {
            module: random.Random(f"{asked.seed} {module}").sample(faults, min(asked.of, len(faults)))
            for module, faults in there.items()
        }
        score: Counter[tuple[str, str]] = Counter()
        every = in_forks(source, drawn, asked.jobs) if asked.forks else in_copies(source, drawn, options, asked.jobs)
        for mutant, finder, lines in every:
            module = mutant.rpartition(".")[0].removeprefix("charrnn.")
            function = re.sub(r".*[.ǁ](?:x_)?(\w+)__mutmut_\d+", r"def \1", mutant)
            reason = "" if finder else reasons.get((module, lines)) or reasons.get((module, (function,)), "")
            score[module, "found" if finder else "known" if reason else "new"] += 1
            print(f"{mutant}: {finder or reason or 'NOT FOUND'}", *lines, sep="\n", flush=True)
        for module, faults in there.items():
            told = ", ".join(f"{score[module, kind]} {kind}" for kind in ("found", "known", "new"))
            print(f"== {module}: {told}, of {len(drawn[module])} tried and {len(faults)} that there are")


if __name__ == "__main__":
    main()
