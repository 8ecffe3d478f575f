"""Times the first index of a project, all levels: wall, CPU, peak memory, and what lies on disk by level.

    python benchmarks/memory/cold.py FOLDER [--runs 3] [--jobs 0]

Works on the folder itself, with the index in a scratch folder beside it. Memory is the sum over all processes of the
pages each has for itself and its share of those in common (PSS, Linux only), looked at ten times a second. The best
of several runs counts: other work on the machine only ever adds. Repomix and Aider's repo map are timed beside it
where `repomix` and `aider` are on the path.
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

from aifirst_memory.levels import NAMES

_RUN = """
import sys
from pathlib import Path
from aifirst_memory.update import UpdateRequest, update_memory
if __name__ == "__main__":
    update_memory(UpdateRequest(Path(sys.argv[1]), jobs=int(sys.argv[2])))
"""


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        shutil.copytree(given.folder, root, symlinks=True, ignore=shutil.ignore_patterns(".aifirst"))
        script = Path(scratch) / "run.py"
        script.write_text(_RUN)
        command = [sys.executable, str(script), str(root), str(given.jobs)]
        runs = [_measured(command, root) for _ in range(given.runs)]
        wall, cpu, memory = (min(figures) for figures in zip(*runs, strict=True))
        files, units, sources, sizes = _on_disk(root / ".aifirst/memory.db")
        print(
            f"{files} files, {units} units, {sources / 1e6:.1f} MB of source; load {os.getloadavg()[0]:.1f}"
        )
        print(
            f"wall {wall:.1f} s ({files / wall:.0f} files/s), CPU {cpu:.1f} s, peak memory {memory / 1e6:.0f} MB"
        )
        told = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sizes.items())
        print(f"on disk {sum(sizes.values()) / 1e6:.1f} MB: {told}")
        _others(root)
    return 0


def _measured(command: list[str], root: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak bytes of a first run."""
    shutil.rmtree(root / ".aifirst", ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(command) as process:
        peak = _Peak(process.pid)
        if process.wait() != 0:
            sys.exit("indexing failed")
        wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return wall, cpu, peak.end()


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
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


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


def _others(root: Path) -> None:
    """Time other tools that read a whole project, where they are installed."""
    commands = {
        "repomix": ["repomix", "--quiet", "--output", os.devnull, "."],
        "aider": ["aider", "--show-repo-map", "--no-git", "--map-tokens", "4096", "--yes-always", "--exit"],
    }
    for name, command in commands.items():
        program = shutil.which(name)
        if program is None:
            print(f"{name}: not installed, not measured")
            continue
        version = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False
        ).stdout.strip()
        started = time.perf_counter()
        ran = subprocess.run([program, *command[1:]], cwd=root, capture_output=True, check=False, timeout=600)
        print(f"{name} {version}: {time.perf_counter() - started:.1f} s, exit code {ran.returncode}")


if __name__ == "__main__":
    sys.exit(main())
