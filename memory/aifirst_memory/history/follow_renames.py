"""Which file, by its name today, each change of the past belongs to.

Walks the commits from the newest to the oldest: below a rename, the old name means the new one. Branches make
the order of commits no line, so a change of a name that is gone today, and that was renamed away, belongs to
what it was renamed to, also where it stands above the rename.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.columns import RENAMED, Columns

_STRUCTURAL = frozenset(map(ord, "ADR"))


def follow_renames(columns: Columns) -> NDArray[np.int64]:
    """For each of `columns.files`, the index of the path that the file has at the end of its renames."""
    followed = columns.files.astype(np.int64)
    renames = columns.kinds == RENAMED
    if not renames.any():
        return followed
    renamed_away = np.zeros(len(columns.paths), np.bool_)
    renamed_away[columns.before] = True
    before = np.full(len(followed), -1, np.int64)
    before[renames] = columns.before
    commits = np.repeat(np.arange(len(columns.file_counts)), columns.file_counts)
    concerned = np.flatnonzero(renamed_away[followed] | renames)
    walk = _Walk()
    for at, commit, path, kind, old in zip(
        concerned.tolist(), commits[concerned].tolist(), followed[concerned].tolist(),
        columns.kinds[concerned].tolist(), before[concerned].tolist(), strict=True,
    ):  # fmt: skip
        walk.change(at, commit, path, kind, old)
    walk.end_commit()
    if walk.means:
        followed[np.fromiter(walk.means.keys(), np.int64)] = np.fromiter(walk.means.values(), np.int64)
    return followed


class _Walk:
    """What each name means at the commit that the walk has come to."""

    def __init__(self) -> None:
        self.means: dict[int, int] = {}
        self._name: dict[int, int] = {}
        self._open: dict[int, list[int]] = {}
        self._settled: set[int] = set()
        self._links: list[tuple[int, int]] = []
        self._commit = -1

    def change(self, at: int, commit: int, path: int, kind: int, old: int) -> None:
        if commit != self._commit:
            self.end_commit()
            self._commit = commit
        meant = self._name.get(path, path)
        if meant != path:
            self.means[at] = meant
        if kind in _STRUCTURAL:
            # The name's own newest coming or going is above any rename that took it away.
            self._settled.add(path)
            self._open.pop(path, None)
        elif path not in self._settled:
            self._open.setdefault(path, []).append(at)
        if old >= 0:
            self._links.append((old, meant))

    def end_commit(self) -> None:
        """Renames hold below their commit, not within it: two files may have changed places."""
        for old, meant in self._links:
            if old not in self._settled:
                self._settled.add(old)
                self.means.update(dict.fromkeys(self._open.pop(old, ()), meant))
            self._name[old] = meant
        self._links.clear()
