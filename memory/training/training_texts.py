"""The texts that the embedder learns from, as `make_pairs` writes them and the other scripts read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec


class UnitText(msgspec.Struct, array_like=True, frozen=True):
    """One unit as text. `is_test` is judged by the path."""

    language: str
    path: str
    name: str
    kind: str
    glue: str
    code: str
    is_test: bool


class CommitText(msgspec.Struct, array_like=True, frozen=True):
    """A message, and what the commit changed in one file as it was before, with some lines around."""

    message: str
    path: str
    text: str


def load_projects(folder: Path) -> Iterator[tuple[str, list[UnitText], list[CommitText]]]:
    """Name, units and commits of every project in a folder, by name."""
    for path in sorted(folder.glob("*.units")):
        units = msgspec.msgpack.decode(path.read_bytes(), type=list[UnitText])
        commits = msgspec.msgpack.decode(path.with_suffix(".commits").read_bytes(), type=list[CommitText])
        yield path.stem, units, commits
