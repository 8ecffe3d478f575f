"""Whether two indexes say the same, level by level."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from aifirst_memory.history.dump import dump as dump_history
from aifirst_memory.levels import make_levels
from aifirst_memory.memory import Memory
from aifirst_memory.store import find_place, open_reader, snapshot


def fill_shadow(root: Path) -> None:
    """Have the index of the project at `root` keep AICCL's texts of all files; what it keeps already stays."""
    with Memory.open(root) as memory:
        memory.shadow.fill()


def dump_index(root: Path) -> dict[str, list[str]]:
    """Every level of the index of the project at `root`, and the history, as lines."""
    connection = open_reader(find_place(root))
    try:
        with snapshot(connection):
            dumps = {level.name: list(level.dump(connection)) for level in make_levels()}
            dumps["history"] = list(dump_history(connection))
            return dumps
    finally:
        connection.close()


def disagreements(ours: dict[str, list[str]], truth: dict[str, list[str]]) -> Iterator[str]:
    """A line a difference, the first three of every level; - is missing in ours, + is too much."""
    for name, lines in truth.items():
        if ours[name] != lines:
            told = list(difflib.unified_diff(lines, ours[name], n=0, lineterm=""))[2:]
            yield from (f"{name}: {line[:200]}" for line in [line for line in told if line[0] != "@"][:3])
