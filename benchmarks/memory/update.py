"""Times bringing the memory up to date after one file was saved, with all levels current.

    python benchmarks/memory/update.py [FOLDER] [--saves 200] [--synthetic 10000]

Works on a copy of FOLDER, or on a project made up of so many files. Prints p50 and p95 of wall and CPU milliseconds,
and for the same saves how they share out over reading the file, each level and the rest.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from aifirst_codebase.discovery import FoundFile
from aifirst_memory import update, update_run
from aifirst_memory.extraction import Extracted, Extraction
from aifirst_memory.level import Change, Level
from aifirst_memory.levels import make_levels
from aifirst_memory.update import IndexSession, UpdateRequest

_SPENT: defaultdict[str, list[float]] = defaultdict(list)


class _TimedLevel:
    """A level with a clock."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self.name = level.name
        self.schema = level.schema

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """As the level, timed."""
        _timed(f"{self.name}, apply", self._level.apply, connection, change)

    def finish(self, connection: sqlite3.Connection) -> None:
        """As the level, timed."""
        _timed(f"{self.name}, finish", self._level.finish, connection)

    def dump(self, connection: sqlite3.Connection) -> Any:
        """As the level."""
        return self._level.dump(connection)


def _timed(what: str, run: Any, *arguments: Any) -> Any:
    started = time.process_time()
    try:
        return run(*arguments)
    finally:
        _SPENT[what].append(time.process_time() - started)


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--synthetic", type=int, default=10_000)
    given = parser.parse_args()
    extract = update_run.extract
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        if given.folder:
            shutil.copytree(given.folder, root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        else:
            make_project(root, given.synthetic)
        update.make_levels = lambda: tuple(_TimedLevel(level) for level in make_levels())

        def extract_timed(
            extraction: Extraction, files: Sequence[FoundFile], jobs: int
        ) -> Generator[Extracted]:
            yield from _timed("reading and extracting", lambda: list(extract(extraction, files, jobs)))

        update_run.extract = extract_timed
        with IndexSession(UpdateRequest(root, jobs=1)) as session:
            report = session.update()
            print(f"{report.files} files, {report.units} units; first run {report.seconds:.1f} s")
            _save_again_and_again(root, session, given.saves)
    return 0


def make_project(root: Path, files: int) -> None:
    """Modules that import and call each other."""
    for number in range(files):
        folder = root / f"package{number % 100}"
        folder.mkdir(parents=True, exist_ok=True)
        other = (number * 7 + 1) % files
        (folder / f"module_{number}.py").write_text(
            f'"""Module {number}."""\n\nfrom package{other % 100}.module_{other} import handle_{other}\n\n\n'
            f"class Handler{number}:\n    def run(self, value):\n        return handle_{other}(value) + {number}\n\n\n"
            f"def handle_{number}(value):\n    return Handler{number}().run(value)\n"
        )


def _save_again_and_again(root: Path, session: IndexSession, saves: int) -> None:
    chance = random.Random(1)  # noqa: S311  # made to be repeated
    files = [path for path in sorted(root.rglob("*.py")) if ".aifirst" not in path.parts]
    files = [path for path in files if 150 < path.stat().st_size < 60_000]
    wall: list[float] = []
    cpu: list[float] = []
    for number in range(saves + 5):
        path = chance.choice(files)
        path.write_text(path.read_text() + f"\n\ndef added_{number}(value):\n    return value + {number}\n")
        if number == 5:  # the first ones load what a watcher has loaded
            _SPENT.clear()
        started, started_cpu = time.perf_counter(), time.process_time()
        report = session.update([path.relative_to(root).as_posix()], history=False)
        if number >= 5:
            wall.append(time.perf_counter() - started)
            cpu.append(time.process_time() - started_cpu)
        if report.read != 1 or report.rebuilt:
            sys.exit(f"{path} was not taken in: {report}")
    print(f"{'':26}  p50 ms  p95 ms")
    for name, seconds in (("wall", wall), ("CPU", cpu), *sorted(_SPENT.items())):
        seconds.sort()
        middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
        print(f"{name:26} {middle * 1e3:7.1f} {late * 1e3:7.1f}")


if __name__ == "__main__":
    sys.exit(main())
