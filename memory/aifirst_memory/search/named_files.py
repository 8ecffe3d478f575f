"""The files that a query names: by path, by file name, or by the part of the project before a colon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.query import Place

if TYPE_CHECKING:
    from aifirst_memory.file_table import FileTable


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
        folder = "/".join(wanted) + "/"
        found = [i for i, path in enumerate(files.paths) if path.startswith(folder) or f"/{folder}" in path]
    return found if len(found) <= 20 else []


def score_places(files: FileTable, places: Sequence[Place]) -> NDArray[np.float32]:
    """1 for a file that is named first and alone, less for later and ambiguous ones."""
    scores = np.zeros(len(files.paths), np.float32)
    for rank, place in enumerate(places):
        found = resolve_place(files, place)
        for position in found:
            scores[position] = max(scores[position], 1 / ((1 + 0.1 * rank) * len(found)))
    return scores
