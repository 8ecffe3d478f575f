"""Which files the graph is made of, and what tells a changed one from an unchanged one.

The index has looked at the files already, so it is asked: its rows hold digests. Manifests that are no source text,
like `go.mod`, are in no index; they are looked for beside and above the files whose language they steer.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.discovery import FoundFile
from aifirst_codebase.discovery.reading import read_regular
from aifirst_codebase.languages import may_be_source

from aifirst_memory.dependencies.registry import resolver_for

_MOST_BYTES: Final = 1_000_000
"""Of a manifest."""


class GraphSource(msgspec.Struct, frozen=True, gc=False):
    """A file as the index has it, or a manifest beside it. `digest` is the SHA-256 of its bytes on disk.

    `variant` names the settings that the index read it under, empty for a mere manifest.
    """

    found: FoundFile
    digest: bytes
    variant: str


def graph_sources(
    root: Path, index: sqlite3.Connection, paths: Sequence[str] | None = None
) -> dict[str, GraphSource]:
    """The files of the project by path; those at and below `paths` alone where these are given."""
    found = {source.found.path: source for source in _indexed(index, paths)}
    if paths is None or not all(map(_is_source, paths)):
        found |= {source.found.path: source for source in _manifests(root, index)}
    return found


def _indexed(index: sqlite3.Connection, paths: Sequence[str] | None) -> Iterator[GraphSource]:
    query = "SELECT path, size, mtime_ns, inode, ctime_ns, digest, variant FROM file"
    for where, parameters in below(paths):
        for row in index.execute(query + where, parameters):
            yield GraphSource(FoundFile(*row[:5]), row[5], row[6])


def indexed_units(index: sqlite3.Connection, path: str) -> bytes:
    """The units of a file, packed, as the index has them; empty where it has none, or looked at the file's name alone."""
    row = index.execute("SELECT pack FROM file WHERE path = ? AND NOT generated", (path,)).fetchone()
    return row[0] if row is not None else b""


def below(paths: Sequence[str] | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The conditions, on a column `path`, that choose what lies at and below each of the paths; all for None."""
    if paths is None:
        yield "", ()
        return
    for path in paths:
        # "0" is the character after "/"
        yield " WHERE path = ? OR (path >= ? AND path < ?)", (path, f"{path}/", f"{path}0")


def _manifests(root: Path, index: sqlite3.Connection) -> Iterator[GraphSource]:
    """The manifests that are in no index, where files of a language that they steer lie at or below their folder."""
    languages: list[str] = [row[0] for row in index.execute("SELECT DISTINCT language FROM file ORDER BY 1")]
    folders: dict[str, set[str]] = {}
    for language in languages:
        resolver = resolver_for(language)
        names = sorted(name for name in resolver.manifests if not _is_indexed(name)) if resolver else []
        for name in names:
            folders.setdefault(name, set()).update(_folders_above(index, language))
    for name, above in sorted(folders.items()):
        for folder in sorted(above):
            path = f"{folder}/{name}" if folder else name
            source = _manifest(root, path)
            if source is not None:
                yield source


def _is_source(path: str) -> bool:
    """Whether a path is that of a source file by its name, so that no manifest lies at or below it."""
    name = path.rpartition("/")[2]
    return "." in name and may_be_source(name)


def _is_indexed(name: str) -> bool:
    return "*" in name or may_be_source(name)


def _folders_above(index: sqlite3.Connection, language: str) -> set[str]:
    found = {""}
    for (path,) in index.execute("SELECT path FROM file WHERE language = ?", (language,)):
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _manifest(root: Path, path: str) -> GraphSource | None:
    try:
        content = read_regular(f"{root}/{path}", _MOST_BYTES)
    except OSError:
        return None
    if content is None:
        return None
    found = FoundFile(path, len(content), 0, 0, 0)
    return GraphSource(found, hashlib.sha256(content).digest(), "")
