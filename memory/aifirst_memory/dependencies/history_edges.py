"""Edges of the kind `changes-with`: pairs of files that the same commits changed, from the history in the index.

One edge a pair, from the path that comes first. Its confidence is the share of commits that changed both among those
that changed either. Sweeping commits count for nothing, nor do pairs seen together only twice, and of each file only
the pairs that stand out most are kept.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aifirst_memory.dependencies.resolver import FoundEdge
from aifirst_memory.history.reader import HistoryReader

_STRONGEST: Final = 5
_CONSIDERED: Final = 20
"""Files that change with one, gone ones among them, of which the strongest are taken."""
_FEWEST: Final = 3
"""Commits in common."""


def history_edges(history: HistoryReader, paths: Collection[str]) -> dict[str, list[FoundEdge]]:
    """The edges by the path they start from, among files of these paths, which are in the history and still there."""
    found: dict[tuple[str, str], FoundEdge] = {}
    own = history.focused_counts
    for path in sorted(paths):
        index = history.path_index.get(path)
        if index is None or own[index] < _FEWEST:
            continue
        together = history.together_with(index, _CONSIDERED)
        left = _STRONGEST
        others: list[int] = together.others.tolist()
        commits: list[int] = together.commits.tolist()
        for other, common in zip(others, commits, strict=True):
            there = history.paths[other]
            if common < _FEWEST or there not in paths:
                continue
            share = round(common / (together.own + int(own[other]) - common), 4)
            source, target = min(path, there), max(path, there)
            found[source, target] = FoundEdge(source, target, "changes-with", 1, share)
            left -= 1
            if not left:
                break
    by_source: dict[str, list[FoundEdge]] = {}
    for (source, _), edge in sorted(found.items()):
        by_source.setdefault(source, []).append(edge)
    return by_source
