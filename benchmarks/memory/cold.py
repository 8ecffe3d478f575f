"""Times the first index of a project, all levels: wall, CPU, peak memory, and what lies on disk by level.

    python benchmarks/memory/cold.py FOLDER [--runs 3] [--jobs 0] [--aider PYTHON]
    python benchmarks/memory/cold.py FOLDER --files 10000

Works on a copy of the folder in a scratch folder; with `--files` the project is made up (`search.py`). Memory is the
sum over all processes, git's among them, of the pages each has for itself and its share of those in common (PSS, Linux
only), looked at ten times a second. The best of several runs counts: other work on the machine only ever adds.
Instructions, of all processes outside of the kernel, hardly depend on what else runs: counted where `perf` is installed.
On the same copy are measured repomix, where it is on the path, and Aider's repo map, by the Python of an environment
that has aider-chat: the map of the files that the index has, its cache empty.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from aifirst_memory.levels import NAMES
from search import make_project

_RUN = """
import sys
if __name__ == "__main__":
    from pathlib import Path
    from aifirst_memory.update import UpdateRequest, update_memory
    update_memory(UpdateRequest(Path(sys.argv[1]), jobs=int(sys.argv[2])))
"""
"""Imports what it needs below the guard, as the command does: processes that it starts import this file again."""

_AIDER = """
import pathlib, sys
from aider.repomap import RepoMap
class Quiet:
    def read_text(self, path):
        try:
            return pathlib.Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return None
    def tool_output(self, *messages):
        pass
    tool_warning = tool_error = tool_output
class Model:
    def token_count(self, text):
        return len(text) // 4
root = sys.argv[1]
files = [f"{root}/{line}" for line in sys.stdin.read().splitlines()]
text = RepoMap(map_tokens=4096, root=root, main_model=Model(), io=Quiet(), refresh="always").get_repo_map([], files)
print(len(text), "characters")
"""


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--files", type=int, help="make FOLDER, with so many files")
    parser.add_argument("--aider", help="the Python of an environment that has aider-chat")
    given = parser.parse_args()
    if given.files:
        make_project(given.folder, given.files)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        ignored = shutil.ignore_patterns(".aifirst", ".aider*")
        shutil.copytree(given.folder, root, symlinks=True, ignore=ignored)
        script = Path(scratch) / "run.py"
        script.write_text(_RUN)
        command = [sys.executable, str(script), str(root), str(given.jobs)]
        figures: list[Measured] = []
        for _ in range(given.runs):
            shutil.rmtree(root / ".aifirst", ignore_errors=True)
            figures.append(_measured(command))
        shutil.rmtree(root / ".aifirst", ignore_errors=True)
        instructions = _instructions(command)
        if not instructions:
            _measured(command)
        index = root / ".aifirst/memory.db"
        files, units, sources, sizes = _on_disk(index)
        print(
            f"{files} files, {units} units, {sources / 1e6:.1f} MB of source; load {os.getloadavg()[0]:.1f}"
        )
        best = _best(figures)
        print(f"{_told(best)}, {files / best.wall:.0f} files/s" + instructions)
        told = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sizes.items())
        print(f"on disk {sum(sizes.values()) / 1e6:.1f} MB: {told}")
        _others(root, index, given.aider)
    return 0


class Measured(NamedTuple):
    """Wall and CPU seconds and peak bytes of a run."""

    wall: float
    cpu: float
    memory: float


def _best(figures: list[Measured]) -> Measured:
    return Measured(*(min(column) for column in zip(*figures, strict=True)))


def _told(best: Measured) -> str:
    return f"wall {best.wall:.1f} s, CPU {best.cpu:.1f} s, peak memory {best.memory / 1e6:.0f} MB"


def _instructions(command: list[str]) -> str:
    """How many billion instructions a command takes outside of the kernel, in words; "" where nobody counts them."""
    perf = shutil.which("perf")
    if perf is None:
        return ""
    counted = subprocess.run(
        [perf, "stat", "-x,", "-e", "instructions:u", *command], capture_output=True, text=True, check=False
    )
    lines = [line for line in counted.stderr.splitlines() if "instructions:u" in line]
    number = lines[-1].partition(",")[0] if lines else ""
    return f", instructions {int(number) / 1e9:.1f} billion" if number.isdigit() else ""


def _measured(command: list[str], root: Path | None = None, told: str = "") -> Measured:
    """Run a command, with `told` on its standard input."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        peak = _Peak(process.pid)
        _, errors = process.communicate(told)
        if process.returncode != 0:
            sys.exit(f"{command[0]} failed: {errors[-2000:]}")
        wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Measured(wall, cpu, peak.end())


class _Peak:
    """Looks again and again how much memory a process and its children have."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._bytes = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            self._bytes = max(self._bytes, sum(_pss(pid) for pid in _family(self._pid)))

    def end(self) -> float:
        """The most there was."""
        self._ended.set()
        self._thread.join()
        return self._bytes


def _family(pid: int) -> list[int]:
    """A process and all that it started, by whichever of its threads."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except OSError:
        pass
    return found


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) * 1024.0 for line in lines if line.startswith("Pss:"))


def _on_disk(path: Path) -> tuple[int, int, int, dict[str, int]]:
    """Files, units, bytes of source, and bytes by level; the rest under its own name."""
    connection = sqlite3.connect(path)
    files, units, sources = connection.execute("SELECT count(*), sum(units), sum(size) FROM file").fetchone()
    sizes: dict[str, int] = {}
    for name, size in connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY name"):
        level = "tree" if name == "file" or "autoindex_file" in name else str(name).partition("_")[0]
        sizes[level] = sizes.get(level, 0) + size
    free = path.stat().st_size - sum(sizes.values())
    connection.close()
    ordered = {name: sizes.pop(name, 0) for name in (*NAMES, "history")}
    return files, units, sources, {**ordered, "other": sum(sizes.values()) + free}


def _others(root: Path, index: Path, aider: str | None) -> None:
    """Measure other tools that read a whole project, where they are installed."""
    repomix = shutil.which("repomix")
    if repomix:
        print(f"repomix: {_told(_measured([repomix, '--quiet', '--output', os.devnull, '.'], root))}")
    else:
        print("repomix: not installed, not measured")
    if not aider:
        print("Aider's repo map: not asked for with --aider, not measured")
        return
    connection = sqlite3.connect(index)
    files = "\n".join(path for (path,) in connection.execute("SELECT path FROM file ORDER BY path"))
    connection.close()
    for cache in root.glob(".aider*"):
        shutil.rmtree(cache)
    print(f"Aider's repo map: {_told(_measured([aider, '-c', _AIDER, str(root)], root, files))}")


if __name__ == "__main__":
    sys.exit(main())
