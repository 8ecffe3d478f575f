"""The lines of files at a resolution by units: those that the project's index keeps, where they are current."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aifirst_codebase.reading import Reading
    from aifirst_codebase.source import SourceFile
    from aifirst_memory.shadow.texts import UnitResolution
    from aifirst_memory.store import StorePlace

ReadSource = Callable[["SourceFile"], "Reading"]
ToldFile = tuple[list[str], str]
"""The lines of a file, and its source."""


def told_files(
    root: Path, sources: Iterable[SourceFile], resolution: UnitResolution, read: ReadSource
) -> Iterator[ToldFile]:
    """What AICCL writes at a resolution, file by file.

    Where there is an index, what had to be made is kept: all resolutions at once, and so not for an outline alone,
    which is made as soon as it would be kept.
    """
    from aifirst_memory.store import StoreError, find_place, open_reader

    try:
        place = find_place(root)
        connection = open_reader(place)
    except StoreError:  # none, or none that can be read: `aifirst index` says so
        for source in sources:
            yield _told(read(source), resolution), source.text
        return
    with closing(connection):
        yield from _with_index(place, connection, sources, resolution, read)


def _with_index(
    place: StorePlace,
    connection: sqlite3.Connection,
    sources: Iterable[SourceFile],
    resolution: UnitResolution,
    read: ReadSource,
) -> Iterator[ToldFile]:
    from aifirst_compiler.aiccl.outline.write import lines_of_units
    from aifirst_memory.shadow.extract import make_part, may_be_kept
    from aifirst_memory.shadow.keep import FileContent, keep_parts
    from aifirst_memory.shadow.part import ShadowPart
    from aifirst_memory.shadow.reader import is_indexed, kept_lines
    from aifirst_memory.shadow.texts import unit_texts

    made: dict[FileContent, ShadowPart] = {}
    for source in sources:
        content = source.path, source.digest
        lines = kept_lines(connection, *content, resolution)
        if lines is None:
            reading = read(source)
            if resolution != "outline" and is_indexed(connection, *content):
                part = make_part(reading)
                lines = lines_of_units(source.path, reading.units, unit_texts(part, resolution))
                if may_be_kept(reading, part):
                    made[content] = part
            else:
                lines = _told(reading, resolution)
        yield lines, source.text
    keep_parts(place, made)


def _told(reading: Reading, resolution: UnitResolution) -> list[str]:
    """The lines by themselves: no more than the resolution wants is looked for."""
    from aifirst_compiler.aiccl.low.write import tell_low
    from aifirst_compiler.aiccl.medium.write import tell_medium
    from aifirst_compiler.aiccl.outline.write import tell_signatures, unit_lines

    tellers = {"outline": tell_signatures, "low": tell_low, "medium": tell_medium}
    return unit_lines(reading, tellers[resolution])
