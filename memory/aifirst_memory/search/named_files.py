"""The files that a query names, by path or by file name, and the units that stand at the lines it names."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.query import Place, Query
from aifirst_memory.tree.level import units_of

if TYPE_CHECKING:
    from aifirst_memory.file_table import FileTable
    from aifirst_memory.record import UnitRecord

_FOREIGN = re.compile(
    r"(?:^|[\\/])(?:site-packages|dist-packages|node_modules|python\d[\d.]*|\.cargo|rustc)[\\/]|^<"
)
"""Paths of code that is installed, not part of the project."""
_DOTTED = re.compile(r"\w+(?:\.\w+)+")
_MOST_FILES = 20
"""Files that a place may mean; more is nothing said."""
_MOST_LINES = 20
"""Places with a line that are looked up: a trace names the innermost calls first."""


def resolve_place(files: FileTable, place: Place) -> list[int]:
    """The positions of the files that a place may mean: those whose path shares the longest end with it.

    A folder means the files below it. More than twenty is nothing said.
    """
    wanted = [part for part in place.path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not wanted:
        return []
    by_name = files.by_name
    candidates = by_name.get(wanted[-1], [])
    best = 0
    found: list[int] = []
    for position in candidates:
        parts = files.paths[position].split("/")
        shared = 0
        while shared < min(len(parts), len(wanted)) and parts[-1 - shared] == wanted[-1 - shared]:
            shared += 1
        if shared > best:
            best, found = shared, [position]
        elif shared == best:
            found.append(position)
    if not found and "/" in place.path:
        found = files.holding(f"/{'/'.join(wanted)}/", _MOST_FILES + 1)
    return found if len(found) <= _MOST_FILES else []


def score_places(files: FileTable, places: Sequence[Place]) -> NDArray[np.float32]:
    """1 for a file that is named first and alone, less for later and ambiguous ones."""
    scores = np.zeros(len(files.paths), np.float32)
    for rank, place in enumerate(places):
        found = resolve_place(files, place)
        for position in found:
            scores[position] = max(scores[position], 1 / ((1 + 0.1 * rank) * len(found)))
    return scores


def certain_files(files: FileTable, query: Query) -> list[int]:
    """The positions of the files that a query is about beyond doubt, first the one that it is about most.

    Those that a diff changes; the one whose line it names first, which in a trace is the innermost call in the
    project; and the one that is the whole query, as a path or as a module (`shop.session`). A name that several
    files share is never beyond doubt.
    """
    text = query.text.strip()
    found: dict[int, None] = {}
    for place in query.places:
        with_line = place.line > 0 and not found
        whole = text.startswith(place.path) and not any(map(str.isspace, text))
        if (query.kind == "diff" or with_line or whole) and not _FOREIGN.search(place.path):
            named = resolve_place(files, place)
            if len(named) == 1 and _is_end_of(files.paths[named[0]], place.path):
                found[named[0]] = None
    return list(found) or _file_of_module(files, text)


def _file_of_module(files: FileTable, text: str) -> list[int]:
    """The file that a dotted name is the path of, where it is one alone: `shop.session` is `shop/session.py`."""
    if not _DOTTED.fullmatch(text):
        return []
    module = text.replace(".", "/")
    wanted = re.compile(rf"(?:.*/)?{module}\.\w+")
    found = [at for at in files.holding(f"/{module}.") if wanted.fullmatch(files.paths[at])]
    return found if len(found) == 1 else []


def _is_end_of(path: str, named: str) -> bool:
    """Whether one of the two is the other with folders before it: a trace comes from anywhere."""
    ours, theirs = (
        path.split("/"),
        [part for part in named.replace("\\", "/").split("/") if part not in ("", ".", "..")],
    )
    shared = min(len(ours), len(theirs))
    return ours[-shared:] == theirs[-shared:]


def score_named_units(
    connection: sqlite3.Connection, files: FileTable, places: Sequence[Place]
) -> NDArray[np.float32]:
    """By unit id, 1 for the unit at the line that is named first, less for later and ambiguous ones.

    Where a line lies outside of the function named with it, as the text has changed since, the function counts.
    """
    scores = np.zeros(len(files.unit_position), np.float32)
    with_line = [(rank, place) for rank, place in enumerate(places) if place.line > 0]
    for rank, place in with_line[:_MOST_LINES]:
        found = resolve_place(files, place)
        for position in found[:3]:
            unit = _unit_at(units_of(connection, int(files.file_ids[position])), place)
            if unit >= 0:
                unit_id = int(files.first_units[position]) + unit
                scores[unit_id] = max(scores[unit_id], 1 / ((1 + 0.1 * rank) * len(found)))
    return scores


def _unit_at(units: Sequence[UnitRecord], place: Place) -> int:
    """The index of the innermost unit at a line, or of the one with the function's name nearest to it; -1."""
    function = place.function.rpartition(".")[2].strip("<>")
    called = [
        index for index, unit in enumerate(units) if function and unit.name.rpartition(".")[2] == function
    ]
    holding = [index for index, unit in enumerate(units) if unit.line <= place.line <= unit.end_line]
    inside = [index for index in holding if index in called] or ([] if called else holding)
    if inside:
        return min(inside, key=lambda index: (units[index].end_line - units[index].line, -index))
    return min(called, key=lambda index: (abs(units[index].line - place.line), index), default=-1)
