"""Checks on a real project that an index updated step by step is the index made anew.

    python benchmarks/memory/truth.py FOLDER [--edits 1000] [--every 25] [--seed 1]

Copies the folder, makes random edits, branch switches and changes of settings among them, updates the index after
each, and after every so many compares all levels, and AICCL's texts, with those of a rebuild. Updates by path, as a
watcher asks for them, are covered by a few tests only. Exit code 1 where any differs.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aifirst_memory.update import IndexSession, UpdateRequest, update_memory
from compare_indexes import disagreements, dump_index, fill_shadow
from random_edits import RandomEdits, edits_of_copy


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--every", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with edits_of_copy(given.folder, given.seed) as edits:
        return _run(edits, given.edits, given.every)


def _run(edits: RandomEdits, count: int, every: int) -> int:
    root = edits.root
    wrong = 0
    seconds: list[float] = []
    with IndexSession(UpdateRequest(root)) as session:
        session.update()
        fill_shadow(root)
        for number in range(1, count + 1):
            kind = edits.step()
            report = session.update()
            seconds.append(report.seconds)
            if report.rebuilt:
                print(f"after edit {number} ({kind}) the index was made anew: {report.rebuilt}")
                wrong += 1
            if number % every == 0 or number == count:
                wrong += _compare(root, number, report.files)
    seconds.sort()
    told = ", ".join(f"{name} {n}" for name, n in sorted(edits.counts.items()))
    print(f"{count} edits ({told})")
    print(f"updates p50 {seconds[len(seconds) // 2] * 1e3:.0f} ms; {wrong} differences")
    return 1 if wrong else 0


def _compare(root: Path, number: int, files: int) -> int:
    fill_shadow(root)
    ours = dump_index(root)
    with tempfile.TemporaryDirectory() as scratch:
        other = Path(scratch) / "project"
        shutil.copytree(root, other, symlinks=True, ignore=shutil.ignore_patterns(".aifirst"))
        started = time.perf_counter()
        update_memory(UpdateRequest(other))
        took = time.perf_counter() - started
        fill_shadow(other)
        found = list(disagreements(ours, dump_index(other)))
    for line in found:
        print(f"after edit {number}: {line}")
    print(
        f"{number} edits, {files} files: {'differs' if found else 'equal'} (rebuild {took:.1f} s)", flush=True
    )
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
