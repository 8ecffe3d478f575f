"""What the index knows of the files of a project, and how the files as they are differ from it.

Size, times and inode say that a file is as it was; where they differ only its content can say more, which
is not looked at here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from aifirst_codebase.discovery import FoundFile

from aifirst_memory.level import StoredFile

Stat = tuple[int, int, int, int]
"""Size in bytes, time of change and of the inode's change in nanoseconds, inode."""


class KnownFile(msgspec.Struct, frozen=True, gc=False):
    """A file as the index has it, with what tells a changed file from an unchanged one."""

    stored: StoredFile
    stat: Stat
    variant: str


class Differences(msgspec.Struct, frozen=True):
    """What is not as the index has it. `touched` may have the content that it had; `gone` is by path."""

    new: tuple[FoundFile, ...]
    touched: tuple[tuple[FoundFile, KnownFile], ...]
    other_variant: tuple[tuple[FoundFile, KnownFile], ...]
    gone: tuple[KnownFile, ...]
    left_out_gone: tuple[str, ...]
    """Paths that were looked at and left out, and that are not there any more."""


def stat_of(found: FoundFile) -> Stat:
    """What the index compares of a file."""
    return found.size, found.mtime_ns, found.ctime_ns, found.inode


def compare_files(
    connection: sqlite3.Connection,
    files: Sequence[FoundFile],
    variant_of: Callable[[str], str],
    paths: Sequence[str] | None = None,
) -> Differences:
    """Compare found files with the index: all of it, or the part at and below `paths`."""
    known = known_files(connection, paths)
    left_out = left_out_files(connection, paths)
    new: list[FoundFile] = []
    touched: list[tuple[FoundFile, KnownFile]] = []
    other_variant: list[tuple[FoundFile, KnownFile]] = []
    for found in files:
        has, out, variant = (
            known.pop(found.path, None),
            left_out.pop(found.path, None),
            variant_of(found.path),
        )
        if has is None:
            if out != (stat_of(found), variant):
                new.append(found)
        elif has.variant != variant:
            other_variant.append((found, has))
        elif has.stat != stat_of(found):
            touched.append((found, has))
    gone = sorted(known.values(), key=lambda file: file.stored.path)
    return Differences(tuple(new), tuple(touched), tuple(other_variant), tuple(gone), tuple(sorted(left_out)))


def known_files(connection: sqlite3.Connection, paths: Sequence[str] | None = None) -> dict[str, KnownFile]:
    """What the index has, by path."""
    query = (
        "SELECT file_id, path, language, lower(hex(digest)), first_unit, units, size, mtime_ns, ctime_ns, inode,"
        " variant FROM file"
    )
    return {
        row[1]: KnownFile(StoredFile(*row[:6]), (row[6], row[7], row[8], row[9]), row[10])
        for row in _select(connection, query, paths)
    }


def left_out_files(
    connection: sqlite3.Connection, paths: Sequence[str] | None = None
) -> dict[str, tuple[Stat, str]]:
    """The files that were looked at and not taken in, as they were, with the variant, by path."""
    query = "SELECT path, size, mtime_ns, ctime_ns, inode, variant FROM left_out"
    return {row[0]: ((row[1], row[2], row[3], row[4]), row[5]) for row in _select(connection, query, paths)}


def _select(connection: sqlite3.Connection, query: str, paths: Sequence[str] | None) -> Iterator[Any]:
    if paths is None:
        yield from connection.execute(query)
        return
    for path in paths:
        below = (path, f"{path}/", f"{path}0")  # "0" is the character after "/"
        yield from connection.execute(f"{query} WHERE path = ? OR (path >= ? AND path < ?)", below)
