"""Faults put into the code, one at a time, and whether a test finds each: python tests/soak/mutants.py runs.engine ...

mutmut (`pip install mutmut==3.8` beside the tests' packages) says which faults there are; each is put into a copy
of the tree, so that every process that a test starts has it, and the tests of its folder run until one fails. Those of
the module's own name come first. A fault that makes them hang is found, too. Told are the share that was found and
each that was not, as a difference. `--of 60 --seed 1` draws 60 of each module instead of all; what stands after `--` is
for pytest (`-- -k "not cluster"`). Linux, with `unshare`: what a broken worker leaves behind ends with it.
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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["charrnn", "tests", "data", "pyproject.toml", "README.md", "app.py"]
HANGS_SECONDS = 150
PACKAGES = ["charrnn/network", "charrnn/training", "charrnn/runs"]
CONFIG = {  # mutmut's own run, here of no fault, is to have few tests
    "source_paths": PACKAGES,
    "also_copy": PARTS,
    "pytest_add_cli_args_test_selection": ["tests/training/test_settings.py"],
}
ALONE = ["unshare", "-rpf", "--kill-child", "--mount-proc"]  # a process namespace, whose processes end with its first


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


def mutants(folder: Path, module: str) -> list[str]:
    """The names of the faults that mutmut knows for a module, which it finds on the way to run none."""
    lines = ["[mutmut]", *("\n    ".join([f"{name}=", *values]) for name, values in CONFIG.items())]
    (folder / "setup.cfg").write_text("\n".join(lines))
    noted = folder / "mutants/charrnn" / (module.replace(".", "/") + ".py.meta")
    if not noted.exists():
        subprocess.run([sys.executable, "-m", "mutmut", "run", "none*"], cwd=folder, capture_output=True, check=False)
    return list(json.loads(noted.read_text())["exit_code_by_key"])


def tests_of(folder: Path, module: str) -> list[str]:
    """Test files of the module's folder, those of its name first."""
    package, __, name = module.rpartition(".")
    files = sorted(folder.glob(f"tests/{package.split('.', maxsplit=1)[0]}/test_*.py"))
    return [str(file.relative_to(folder)) for file in sorted(files, key=lambda file: name not in file.stem)]


def verdict(folder: Path, module: str, mutant: str, options: Sequence[str]) -> tuple[str, list[str]]:
    """The test that finds a fault, "hangs", or nothing, and its lines ("" is no fault); the copy is as before."""
    file = folder / "charrnn" / (module.replace(".", "/") + ".py")
    before = file.read_text()
    if mutant:
        subprocess.run([sys.executable, "-m", "mutmut", "apply", mutant], cwd=folder, capture_output=True, check=True)
    lines = list(difflib.unified_diff(before.splitlines(), file.read_text().splitlines(), n=0, lineterm=""))[2:]
    shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)  # tells versions by second and size, which is coarse
    command = [*ALONE, sys.executable, "-m", "pytest", "-xq", "-p", "no:cacheprovider", "--tb=no", *options]
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "kept"), "TMPDIR": str(folder)}
    try:
        tried = subprocess.run(
            [*command, *tests_of(folder, module)],
            **{"cwd": folder, "env": os.environ | home, "capture_output": True, "text": True},
            timeout=HANGS_SECONDS,
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


def main() -> None:
    """Try them and tell the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", help="such as runs.engine")
    parser.add_argument("--of", type=int, default=10_000, metavar="N", help="as many of each module at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="side by side")
    own = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    chosen, options = parser.parse_args(sys.argv[1:own]), sys.argv[own + 1 :]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "all").mkdir()
        source = copy(folder / "all")
        drawn, all_of_them = {}, {}
        for module in chosen.modules:
            all_of_them[module] = mutants(source, module)
            number = min(chosen.of, len(all_of_them[module]))
            drawn[module] = random.Random(f"{chosen.seed} {module}").sample(all_of_them[module], number)
        copies: SimpleQueue[Path] = SimpleQueue()
        for job in range(chosen.jobs):
            copies.put(shutil.copytree(source, folder / str(job)))

        def is_found(module: str, mutant: str) -> bool:
            mine = copies.get()
            try:
                found, lines = verdict(mine, module, mutant, options)
            finally:
                copies.put(mine)
            print(f"{mutant}: {found or 'NOT FOUND'}", *(() if found else lines), sep="\n", flush=True)
            return bool(found)

        for package, module in {module.rpartition(".")[0]: module for module in drawn}.items():
            if wrong := verdict(source, module, "", options)[0]:
                sys.exit(f"{package}: its tests find a fault where none was put: {wrong}")
        for module, chosen_of_it in drawn.items():
            with ThreadPoolExecutor(chosen.jobs) as pool:
                found = sum(pool.map(partial(is_found, module), chosen_of_it))
            print(f"== {module}: {found} of {len(chosen_of_it)} found, of {len(all_of_them[module])} that there are")


if __name__ == "__main__":
    main()
