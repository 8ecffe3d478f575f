"""Step 2: where the targets live: the READMEs of their folders upward, and the files beside them."""

from __future__ import annotations

from typing import Final

from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.job import StepJob, distinct

WEIGHT: Final = 0.5
_MOST_SIBLINGS: Final = 12
_README: Final = ("README.md", "readme.md", "Readme.md", "README.rst", "README", "index.md")


def find_tree(job: StepJob) -> list[StepList]:
    """READMEs, the nearest first, then siblings by name."""
    found: list[Found] = []
    siblings: list[Found] = []
    for path in job.paths[:3]:
        folder = path.rpartition("/")[0]
        found += _readmes(job, folder)
        siblings += _siblings(job, path, folder)
    return [StepList("tree", WEIGHT, distinct([*found, *siblings], job.seeds))]


def _readmes(job: StepJob, folder: str) -> list[Found]:
    found: list[Found] = []
    while True:
        prefix = f"{folder}/" if folder else ""
        for name in _README:
            units = job.units(prefix + name)
            if units:
                unit = 1 if len(units) > 1 and units[0].tokens < 5 else 0
                told = f"describes {folder or 'the project'}"
                found.append(Found(UnitPlace(prefix + name, unit), told))
                break
        if not folder:
            return found
        folder = folder.rpartition("/")[0]


def _siblings(job: StepJob, path: str, folder: str) -> list[Found]:
    prefix = f"{folder}/" if folder else ""
    rows = job.sources.connection.execute(
        "SELECT path FROM file WHERE path >= ? AND path < ? AND path != ? AND NOT generated AND tokens > 20"
        " AND instr(substr(path, ?), '/') = 0 ORDER BY path LIMIT ?",
        (prefix, prefix + "\U0010ffff", path, len(prefix) + 1, _MOST_SIBLINGS),
    )
    return [Found(UnitPlace(other, 0), f"beside {path.rpartition('/')[2]}") for (other,) in rows]
