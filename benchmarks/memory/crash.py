"""Kills indexing at random moments and checks that the next run repairs what was left.

    python benchmarks/memory/crash.py FOLDER [--kills 100] [--seed 1]

Copies the folder. Every other time the index is deleted first, so that initial and later builds are both killed, by
SIGKILL, in a real process; edits are made in between. After a kill every level must say the same as in the others'
last batch, and after the next run all must say what a rebuild says. Exit code 1 where they do not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aifirst_memory.store import NoIndexError, find_place, open_reader, snapshot
from aifirst_memory.update import UpdateRequest, update_memory
from compare_indexes import disagreements, dump_index, fill_shadow
from kill_indexing import kill_indexing
from random_edits import RandomEdits, edits_of_copy


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with edits_of_copy(given.folder, given.seed) as edits:
        return _run(edits, given.kills, random.Random(given.seed))  # noqa: S311  # made to be repeated


def _run(edits: RandomEdits, kills: int, chance: random.Random) -> int:
    root = edits.root
    wrong = killed = runs = 0
    initial, later = _timed(root), 0.0
    while killed < kills:
        runs += 1
        longest = later if runs % 2 else initial
        if runs % 2:
            for _ in range(chance.randint(1, 12)):
                edits.step()
        else:
            shutil.rmtree(root / ".aifirst", ignore_errors=True)
        was_killed = kill_indexing(root, chance.random() * longest)
        killed += was_killed
        wrong += _check_agreement(root)
        report = update_memory(UpdateRequest(root))
        fill_shadow(root)
        later = max(0.1, report.seconds) if runs % 2 else later
        if report.rebuilt:
            print(f"run {runs}: made anew because {report.rebuilt}")
            wrong += 1
        found = _compare(root) if was_killed else []
        for line in found:
            print(f"run {runs}: {line}")
        wrong += len(found)
        if was_killed and killed % 20 == 0:
            print(f"{killed} killed, {wrong} differences", flush=True)
    print(f"{runs} runs, {killed} of them killed before they ended; {wrong} differences")
    return 1 if wrong else 0


def _timed(root: Path) -> float:
    started = time.perf_counter()
    update_memory(UpdateRequest(root))
    return time.perf_counter() - started


def _check_agreement(root: Path) -> int:
    """How many levels know a file that the tree does not, after a kill."""
    try:
        connection = open_reader(find_place(root))
    except NoIndexError:
        return 0
    with snapshot(connection):
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM graph_file WHERE file NOT IN (SELECT file_id FROM file))"
            " + (SELECT count(*) FROM file WHERE file_id NOT IN (SELECT file FROM graph_file))"
            " + (SELECT count(*) FROM concepts_file WHERE file_id NOT IN (SELECT file_id FROM file))"
            " + (SELECT count(*) FROM shadow_file s LEFT JOIN file f USING (file_id) WHERE f.digest IS NOT s.digest)"
            " + (SELECT count(*) FROM tags_anchor WHERE file_id NOT IN (SELECT file_id FROM file))"
        ).fetchone()
    connection.close()
    if rows[0]:
        print(f"{rows[0]} rows of levels that disagree")
    return int(rows[0])


def _compare(root: Path) -> list[str]:
    ours = dump_index(root)
    with tempfile.TemporaryDirectory() as scratch:
        other = Path(scratch) / "project"
        shutil.copytree(root, other, symlinks=True, ignore=shutil.ignore_patterns(".aifirst"))
        update_memory(UpdateRequest(other))
        fill_shadow(other)
        return list(disagreements(ours, dump_index(other)))


if __name__ == "__main__":
    sys.exit(main())
