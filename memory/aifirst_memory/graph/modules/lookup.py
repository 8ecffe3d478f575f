"""What module strategies may ask of the project, and the path arithmetic that they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from aifirst_memory.graph.scope import Scope


class Lookup(Protocol):
    """Finds files by key, noting that the key was asked for."""

    def files(self, key: int) -> Sequence[Scope]:
        """The files that may answer to the key, by path; the asker checks that they do."""
        ...


def joined(folder: str, path: str) -> str | None:
    """`path` seen from `folder`, without dots; None where it leads out of the project."""
    parts = [] if path.startswith("/") else [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def nearest(scope: Scope, found: Iterable[Scope]) -> Scope | None:
    """The file that shares the longest path with the asking one, the shortest path first among equals."""

    def order(other: Scope) -> tuple[int, int, str]:
        shared = 0
        for mine, theirs in zip(scope.folder.split("/"), other.folder.split("/"), strict=False):
            if mine != theirs:
                break
            shared += 1
        return -shared, len(other.path), other.path

    return min(found, key=order, default=None)


def split_last(path: str) -> tuple[str, str]:
    """(last folder above, last part) of a slashed path."""
    above, _, last = path.rpartition("/")
    return above.rpartition("/")[2], last
