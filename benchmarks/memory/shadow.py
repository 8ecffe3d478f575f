"""Times what keeping AICCL's texts and those of contexts costs and saves.

    python benchmarks/memory/shadow.py [FOLDER] [--saves 200] [--synthetic 10000] [--queries QUERIES]

Works on a copy of FOLDER, or on a project made up of so many files. Files are saved with their texts kept and without,
in turn; then texts by id are asked for, and with QUERIES (see `context.py`) contexts at every resolution, kept and not.
Prints milliseconds of CPU of this process unless it says otherwise.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parent))

from aifirst_codebase.discovery import FoundFile
from aifirst_codebase.reading import Reading
from aifirst_memory import update_run
from aifirst_memory.context.memory_sources import Contexts
from aifirst_memory.context.request import ContextRequest, WantedResolution
from aifirst_memory.level import Change
from aifirst_memory.memory import Memory
from aifirst_memory.shadow import extract as shadow_extract
from aifirst_memory.shadow.level import ShadowLevel
from aifirst_memory.shadow.part import ShadowPart
from aifirst_memory.tree.level import files
from aifirst_memory.update import IndexSession, UpdateRequest
from context import wanted  # beside this script
from update import make_project  # beside this script

T = TypeVar("T")
_RESOLUTIONS: tuple[WantedResolution, ...] = ("auto", "outline", "low", "medium")
_WITHIN: list[float] = []
"""Seconds of the shadow's own work, summed up for each save."""


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--synthetic", type=int, default=10_000)
    parser.add_argument("--queries", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        if given.folder:
            shutil.copytree(given.folder, root, symlinks=True, ignore=shutil.ignore_patterns(".aifirst"))
        else:
            make_project(root, given.synthetic)
        with IndexSession(UpdateRequest(root, jobs=0)) as session:
            report = session.update()
            source = _fetch(root, "SELECT sum(size) FROM file")
            print(f"{report.files} files, {report.units} units, {source / 1e6:.1f} MB; {_size(root)} on disk")
            _fill(root)
            _save_again_and_again(root, session, given.saves)
        _ask_texts(root)
        if given.queries:
            _ask_contexts(root, given.queries)
    return 0


def _fill(root: Path) -> None:
    started = time.process_time()
    with Memory.open(root) as memory:
        count = memory.shadow.fill()
    packed = _fetch(root, "SELECT sum(length(pack)) FROM shadow_file")
    print(
        f"kept of {count} files in {time.process_time() - started:.1f} s of CPU: {packed / 1e6:.2f} MB;"
        f" {_size(root)} on disk"
    )


def _save_again_and_again(root: Path, session: IndexSession, saves: int) -> None:
    """Save each file drawn twice, with its texts kept and without, the one first and then the other."""
    _time_within()
    chance = random.Random(1)  # noqa: S311  # made to be repeated
    drawn = [root / path for path in _kept_paths(root) if path.endswith(".py")]
    drawn = [path for path in drawn if 150 < path.stat().st_size < 60_000]
    seconds: dict[str, list[float]] = {"with": [], "without": [], "with, wall": [], "without, wall": []}
    within: list[float] = []
    for number in range(saves + 5):
        path = chance.choice(drawn)
        for is_kept in (number % 2 == 0, number % 2 == 1):
            name = path.relative_to(root).as_posix()
            _have_row(root, name, is_kept=is_kept)
            path.write_text(
                path.read_text() + f"\n\ndef added_{number}_{is_kept}(value):\n    return value\n"
            )
            _WITHIN.clear()
            wall, cpu = time.perf_counter(), time.process_time()
            report = session.update([name], history=False)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            if report.read != 1 or report.rebuilt or (name in _kept_paths(root, name)) != is_kept:
                sys.exit(f"{path} was not taken in: {report}")
            if number >= 5:  # the first ones load what a watcher has loaded
                kind = "with" if is_kept else "without"
                seconds[kind].append(cpu)
                seconds[f"{kind}, wall"].append(wall)
                if is_kept:
                    within.append(sum(_WITHIN))
        _have_row(root, path.relative_to(root).as_posix(), is_kept=True)
    for kind, spent in seconds.items():
        _tell(f"a save {kind}", spent)
    _tell("of it the shadow's work", within)


def _time_within() -> None:
    """Put a clock around what the shadow does in a save."""
    extract, find, apply = shadow_extract.extract_shadow, update_run.kept_paths, ShadowLevel.apply

    def extract_timed(reading: Reading) -> ShadowPart | None:
        return _timed(extract, reading)

    def find_timed(connection: sqlite3.Connection, wanted: Sequence[FoundFile]) -> frozenset[str]:
        return _timed(find, connection, wanted)

    def apply_timed(self: ShadowLevel, connection: sqlite3.Connection, change: Change) -> None:
        _timed(apply, self, connection, change)

    shadow_extract.extract_shadow = extract_timed
    update_run.kept_paths = find_timed
    ShadowLevel.apply = apply_timed


def _timed(run: Callable[..., T], *arguments: Any) -> T:
    started = time.process_time()
    try:
        return run(*arguments)
    finally:
        _WITHIN.append(time.process_time() - started)


def _have_row(root: Path, path: str, *, is_kept: bool) -> None:
    if is_kept:
        with Memory.open(root) as memory:
            memory.shadow.texts_of(path, "low")
            memory.shadow.keep()
        return
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        database.execute(
            "DELETE FROM shadow_file WHERE file_id IN (SELECT file_id FROM file WHERE path = ?)", (path,)
        )
        database.commit()


def _ask_texts(root: Path) -> None:
    """Ask for a unit of every tenth file, kept and made."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for is_kept in spent:
        with Memory.open(root) as memory:
            if not is_kept:
                _run(root, "DELETE FROM shadow_file")
            memory.shadow.text_of(1, "low")
            for file in list(files(memory.connection))[::10]:
                started = time.process_time()
                memory.shadow.text_of(file.first_unit, "low")
                spent[is_kept].append(time.process_time() - started)
    _tell("a text by id, kept", spent[True])
    _tell("a text by id, made", spent[False])


def _ask_contexts(root: Path, queries: Path) -> None:
    with Memory.open(root) as memory:
        asked = [query for query, _ in wanted(memory, queries, 120)]
        Contexts(memory).assemble(ContextRequest("load every level"))
        for resolution in _RESOLUTIONS:
            for name in ("made", "kept"):
                if name == "made":
                    _run(root, "DELETE FROM shadow_text")
                contexts = Contexts(memory)
                spent: list[float] = []
                for query in asked:
                    started = time.process_time()
                    contexts.assemble(ContextRequest(query, resolution=resolution))
                    spent.append(time.process_time() - started)
                contexts.keep()
                _tell(f"a context, {resolution}, {name}", spent)
    count, size = _row(root, "SELECT count(*), sum(length(text)) FROM shadow_text")
    print(f"texts of contexts kept: {count}, {size / 1e6:.2f} MB")


def _kept_paths(root: Path, path: str = "") -> list[str]:
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        rows = database.execute(
            "SELECT path FROM shadow_file JOIN file USING (file_id) WHERE path = ? OR ? = '' ORDER BY path",
            (path, path),
        )
        return [row[0] for row in rows]


def _row(root: Path, query: str) -> tuple[Any, ...]:
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        return tuple(database.execute(query).fetchone())


def _fetch(root: Path, query: str) -> float:
    return float(_row(root, query)[0] or 0)


def _run(root: Path, statement: str) -> None:
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        database.execute(statement)
        database.commit()


def _size(root: Path) -> str:
    _row(root, "PRAGMA wal_checkpoint(TRUNCATE)")
    return f"{(root / '.aifirst/memory.db').stat().st_size / 1e6:.1f} MB"


def _tell(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"{what:32} p50 {middle * 1e3:7.2f}  p95 {late * 1e3:7.2f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
