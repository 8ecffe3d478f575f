"""A unit's text at any resolution by its id, and a file's lines: kept ones where they are current, else made.

What is given is always of the content that the index has: a row of another content or of other code is not looked
at, and what is made is made of the file on disk only where that is the content.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import OrderedDict
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec
from aifirst_codebase.discovery import DiscoverySettings, Skipped, read_source
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.secrets.mask import mask_secrets
from aifirst_codebase.tokens import UNCOUNTED

from aifirst_memory.masked_names import mask_names
from aifirst_memory.shadow.keep import FileContent, keep_parts
from aifirst_memory.shadow.level import unpack
from aifirst_memory.shadow.maker import maker
from aifirst_memory.shadow.part import ShadowPart
from aifirst_memory.shadow.texts import UnitResolution, unit_texts
from aifirst_memory.tree.level import FileRow, file_at, file_of_unit, files, units_of

if TYPE_CHECKING:
    from aifirst_codebase.reading import Reading

    from aifirst_memory.memory import Memory

_DAMAGE: Final = (sqlite3.Error, zlib.error, msgspec.DecodeError, ValueError, LookupError, TypeError)
_MOST_KEPT: Final = 200


def kept_part(connection: sqlite3.Connection, file: FileRow) -> ShadowPart | None:
    """What is kept of a file, made of its present content by present code; None where that is not there or damaged."""
    try:
        row = connection.execute(
            "SELECT digest, maker, pack FROM shadow_file WHERE file_id = ?", (file.file_id,)
        ).fetchone()
    except sqlite3.OperationalError:  # an index without these tables
        return None
    if row is None or bytes(row[0]).hex() != file.digest or row[1] != maker():
        return None
    return unpack(row[2], row[1], file.units)


def kept_lines(
    connection: sqlite3.Connection, path: str, digest: str, resolution: UnitResolution
) -> list[str] | None:
    """The lines that AICCL has for a file of that content (SHA-256, hex); None where they are not kept, or damaged."""
    from aifirst_compiler.aiccl.outline.write import lines_of_units

    try:
        file = file_at(connection, path)
        part = kept_part(connection, file) if file is not None and file.digest == digest else None
        if file is None or part is None:
            return None
        return lines_of_units(path, units_of(connection, file.file_id), unit_texts(part, resolution))
    except _DAMAGE:
        return None


def is_indexed(connection: sqlite3.Connection, path: str, digest: str) -> bool:
    """Whether the index has the file at a path with that very content."""
    try:
        file = file_at(connection, path)
    except _DAMAGE:
        return False
    return file is not None and file.digest == digest


class Shadow:
    """The texts of one open memory. What it makes is kept when `keep` is called."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._parts: OrderedDict[FileContent, ShadowPart] = OrderedDict()
        self._new: dict[FileContent, ShadowPart] = {}

    def text_of(self, unit_id: int, resolution: UnitResolution) -> str | None:
        """What stands behind a unit's name at a resolution, secrets masked.

        None for an id that is not in use, for what is no code, and where nothing is kept and the file is not any more
        what the index has. Raises `StoreError` like the other questions.
        """
        with self._memory.moment():
            file = file_of_unit(self._memory.connection, unit_id)
            texts = None if file is None else self._texts(file, resolution)
            return None if file is None or texts is None else texts[unit_id - file.first_unit]

    def texts_of(self, path: str, resolution: UnitResolution) -> list[str] | None:
        """The same of all units of the file at a path, in their order."""
        with self._memory.moment():
            file = file_at(self._memory.connection, path)
            return None if file is None else self._texts(file, resolution)

    def lines_of(self, path: str, resolution: UnitResolution) -> list[str] | None:
        """The lines that AICCL has for the file at a path, secrets masked."""
        from aifirst_compiler.aiccl.outline.write import lines_of_units

        with self._memory.moment():
            file = file_at(self._memory.connection, path)
            texts = None if file is None else self._texts(file, resolution)
            if file is None or texts is None:
                return None
            return lines_of_units(path, units_of(self._memory.connection, file.file_id), texts)

    def fill(self) -> int:
        """Make and keep what is missing of all files; how many of them."""
        kept = 0
        for file in sorted(files(self._memory.connection), key=attrgetter("file_id")):
            self._texts(file, "outline")
            if len(self._new) >= _MOST_KEPT:
                kept += self.keep()
        return kept + self.keep()

    def keep(self) -> int:
        """Keep what was made since the last time, unless another process writes; how many files."""
        new, self._new = self._new, {}
        return keep_parts(self._memory.place, new)

    def _texts(self, file: FileRow, resolution: UnitResolution) -> list[str] | None:
        key = file.path, file.digest
        part = self._parts.pop(key, None) or kept_part(self._memory.connection, file) or self._made(file)
        if part is None:
            return None
        self._parts[key] = part
        if len(self._parts) > _MOST_KEPT:
            self._parts.popitem(last=False)
        return unit_texts(part, resolution)

    def _made(self, file: FileRow) -> ShadowPart | None:
        """The part made of the file on disk, masked where it may not be kept."""
        from aifirst_memory.shadow.extract import make_part, may_be_kept

        reading = None if file.generated else self._read(file)
        if reading is None or len(reading.units) != file.units:
            return None
        part = make_part(reading)
        if may_be_kept(reading, part):
            self._new[file.path, file.digest] = part
            return part
        columns = (part.signatures, part.flows, part.key_lines)
        return ShadowPart(part.maker, *(tuple(map(mask_secrets, column)) for column in columns))

    def _read(self, file: FileRow) -> Reading | None:
        settings = self._memory.config.settings.discovery
        source = read_source(
            self._memory.root, file.path, DiscoverySettings(max_file_bytes=settings.max_file_bytes)
        )
        if isinstance(source, Skipped) or source.digest != file.digest:
            return None
        language = language_of(source.path, source.data)
        if language is None or language.name != file.language or language.kind != "code":
            return None
        reading = read(source, language, UNCOUNTED)
        mask_names(reading)
        return reading
