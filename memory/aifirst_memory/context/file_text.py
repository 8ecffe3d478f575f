"""A file as it is now, with its units: what every resolution is made from.

The text is read from disk when it is wanted. Where it is what the index knows, the units come from the
index; where it changed since, it is read again, so that no answer holds what is not there any more. The
syntax tree is made only for resolutions that look at it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import tree_sitter
from aifirst_codebase.discovery import DiscoverySettings, FoundFile, Skipped, read_source
from aifirst_codebase.discovery.reading import printable_path
from aifirst_codebase.languages import Language, language_of
from aifirst_codebase.positions import LineIndex
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.secrets.mask import mask_secrets
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter

from aifirst_memory.context.places import IndexedFile, indexed_file
from aifirst_memory.masked_names import mask_names
from aifirst_memory.record import UnitRecord
from aifirst_memory.tree.level import units_of

if TYPE_CHECKING:
    from aifirst_memory.shadow.shown_texts import ShownTexts

_MOST_KEPT = 400
_MOST_BYTES_KEPT = 32_000_000
_RACY_NS = 2_000_000_000
"""A file changed so shortly before it was read may have changed again within the same tick of the clock."""
_LARGEST_WITH_INNER = 700
"""Tokens up to which a function is one thing to read, whatever is nested in it."""
_Stat = tuple[int, int, int, int]
"""Size, times of change of content and of inode, inode."""


@dataclass(eq=False)
class FileText:
    """The text of a file with its units; offsets are bytes of `data`. `is_stale` where the index knows another,
    `is_sound` where it is known that all of it parsed.
    """

    path: str
    data: bytes
    language: Language
    units: Sequence[UnitRecord]
    digest: str = ""
    is_stale: bool = False
    is_sound: bool = False
    shown_texts: ShownTexts | None = None
    """Where texts of its units at lower resolutions are kept, if they may be."""

    @cached_property
    def lines(self) -> LineIndex:
        """Lines of the text."""
        return LineIndex(self.data)

    @cached_property
    def tree(self) -> tree_sitter.Tree | None:
        """The syntax tree; None where the grammar cannot have it."""
        return self.language.parse(self.data)

    @cached_property
    def code_starts(self) -> dict[int, int]:
        """Where the definitions of units begin, as far as anybody looked."""
        return {}

    @cached_property
    def body_starts(self) -> dict[int, int]:
        """Where the bodies of units begin, as far as anybody looked."""
        return {}

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The units directly within each unit that has any, in file order."""
        found: dict[int, list[int]] = {}
        for index, unit in enumerate(self.units):
            if index:
                found.setdefault(unit.parent, []).append(index)
        return found

    def is_given_with_inner(self, index: int) -> bool:
        """Whether a unit is a function that is read with the functions inside it: one that is short enough."""
        unit = self.units[index]
        return unit.kind == "function" and unit.tokens < unit.total_tokens <= _LARGEST_WITH_INNER

    def outermost(self, index: int) -> int:
        """The function that a unit is given as a part of, itself where it is given alone."""
        found, parent = index, self.units[index].parent
        while parent > 0:
            if self.is_given_with_inner(parent):
                found = parent
            parent = self.units[parent].parent
        return found

    def tokens(self, index: int) -> int:
        """About what a unit costs whole."""
        unit = self.units[index]
        return unit.total_tokens if self.is_given_with_inner(index) else unit.tokens

    def spans(self, index: int) -> list[tuple[int, int]]:
        """The stretches of a unit's text that are more than white space: a short function has its inner ones in it,
        elsewhere what is nested are units of their own.
        """
        found = self._spans.get(index)
        if found is None and self.is_given_with_inner(index):
            unit = self.units[index]
            found = self._spans[index] = [(unit.start, unit.end)]
        if found is None:
            flat, data = self.units[index].spans, self.data
            pairs = zip(flat[::2], flat[1::2], strict=True)
            found = [(start, end) for start, end in pairs if start < end and not data[start:end].isspace()]
            self._spans[index] = found
        return found

    def shown(self, start: int, end: int) -> str:
        """A stretch as it may be shown: secrets masked."""
        found = self._shown.get((start, end))
        if found is None:
            text = self.data[start:end].decode("utf-8", "replace")
            found = self._shown[start, end] = mask_secrets(text)
        return found

    @cached_property
    def _spans(self) -> dict[int, list[tuple[int, int]]]:
        return {}

    @cached_property
    def _shown(self) -> dict[tuple[int, int], str]:
        return {}

    @cached_property
    def rendered(self) -> dict[tuple[int, str], tuple[str, int]]:
        """Units at resolutions with their tokens, as far as anybody asked for them; see `Candidate`."""
        return {}

    def unit_at_line(self, line: int) -> int:
        """The innermost unit that a line (from 1) belongs to; blank lines belong to what stands above."""
        start, end = self.lines.line_start(line - 1), self.lines.line_end(line - 1)
        text = self.data[start:end]
        at = start + len(text) - len(text.lstrip())
        best = 0
        for index, unit in enumerate(self.units):
            flat = unit.spans
            if any(flat[i] <= at < flat[i + 1] for i in range(0, len(flat), 2)):
                best = index
        return best


def text_of_reading(reading: Reading, *, is_stale: bool = False) -> FileText:
    """A reading in the same form."""
    line_of = reading.lines.line_of
    units = [
        UnitRecord(
            unit.name, unit.kind, unit.start, unit.end, line_of(unit.code_start) + 1,
            line_of(max(unit.end - 1, unit.start)) + 1, unit.parent,
            tuple([at for span in unit.spans for at in span]), unit.tokens, unit.glue_tokens,
            unit.total_tokens, b"",
        )
        for unit in reading.units
    ]  # fmt: skip
    made = FileText(reading.path, reading.data, reading.language, units, reading.source.digest, is_stale)
    made.__dict__["tree"] = reading.tree if reading.parsed else None
    return made


_Kept = tuple[_Stat, int, FileText, IndexedFile | None]
"""A file as it was read, when, and what the index said of it then."""


class FileTexts:
    """Reads files of a project, and keeps what it read for as long as their content stays."""

    def __init__(
        self, root: Path, tokenizer: str, max_file_bytes: int, shown_texts: ShownTexts | None = None
    ) -> None:
        self._root = root
        self._tokenizer = tokenizer
        self._shown_texts = shown_texts
        self._settings = DiscoverySettings(max_file_bytes=max_file_bytes)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0

    def open(self, connection: sqlite3.Connection, path: str) -> FileText | None:
        """The file as it is on disk; None where it is gone or cannot be read as source."""
        kept = self._kept.get(path)
        if kept is None and (".." in path.split("/") or printable_path(path) != path):
            return None  # no path of an index: somebody made it up
        stat = _stat(f"{self._root}/{path}")
        if kept is not None and stat is not None and kept[0] == stat and stat[2] < kept[1] - _RACY_NS:
            return kept[2]
        now = time.time_ns()
        known = indexed_file(connection, path)
        # The inode of the index is of a file that was found inside the project: it need not be looked into again.
        wanted = path if known is None or stat is None else FoundFile(path, *stat[:2], known.inode, stat[2])
        source = read_source(self._root, wanted, self._settings)
        if isinstance(source, Skipped) or stat is None:
            return None
        if kept is not None and kept[2].digest == source.digest and kept[3] == known:
            made = kept[2]
        else:
            made = self._of_index(connection, known, source) or self._read(source, known)
        if made is not None:
            self._keep(path, (stat, now, made, known))
        return made

    def numbers_in_index(self, connection: sqlite3.Connection, path: str) -> dict[int, int]:
        """The index's number of every unit that the file has now and that the index knows, by its present number."""
        file, known = self.open(connection, path), indexed_file(connection, path)
        if file is None or known is None:
            return {}
        if known.digest == file.digest:
            return {index: index for index in range(min(len(file.units), known.units))}
        numbers = {unit.name: index for index, unit in enumerate(units_of(connection, known.file_id))}
        return {index: numbers[u.name] for index, u in enumerate(file.units) if u.name in numbers}

    def present_number(
        self, connection: sqlite3.Connection, path: str, unit: int
    ) -> tuple[FileText, int] | None:
        """A file with the present number of a unit of the index; None where either is gone."""
        return self._present(connection, self.open(connection, path), path, unit)

    def at_one_moment(
        self, connection: sqlite3.Connection
    ) -> Callable[[str, int], tuple[FileText, int] | None]:
        """`present_number` for many units that looks at each file once."""
        opened: dict[str, FileText | None] = {}

        def present_number(path: str, unit: int) -> tuple[FileText, int] | None:
            if path not in opened:
                opened[path] = self.open(connection, path)
            return self._present(connection, opened[path], path, unit)

        return present_number

    def _present(
        self, connection: sqlite3.Connection, file: FileText | None, path: str, unit: int
    ) -> tuple[FileText, int] | None:
        if file is None:
            return None
        if not file.is_stale:
            return (file, unit) if unit < len(file.units) else None
        for now, then in self.numbers_in_index(connection, path).items():
            if then == unit:
                return file, now
        return None

    def problem(self, path: str) -> tuple[str, str] | None:
        """Why a file cannot be read, as a code and a sentence; None where it can."""
        source = read_source(self._root, path, self._settings)
        return (source.reason.code, source.reason.message) if isinstance(source, Skipped) else None

    def _of_index(
        self, connection: sqlite3.Connection, known: IndexedFile | None, source: SourceFile
    ) -> FileText | None:
        if known is None or known.digest != source.digest or known.generated:
            return None
        language = language_of(source.path, source.data)
        if language is None or language.name != known.language:
            return None
        made = FileText(source.path, source.data, language, units_of(connection, known.file_id), known.digest)
        if not known.broken:  # there it is the rest of the file that decides what a unit is
            made.shown_texts = self._shown_texts
            made.is_sound = True
        return made

    def _read(self, source: SourceFile, known: IndexedFile | None) -> FileText | None:
        language = language_of(source.path, source.data)
        if language is None:
            return None
        is_stale = known is not None and known.digest != source.digest
        reading = read(source, language, get_counter(self._tokenizer))
        mask_names(reading)
        return text_of_reading(reading, is_stale=is_stale)

    def _keep(self, path: str, entry: _Kept) -> None:
        before = self._kept.pop(path, None)
        if before is not None:
            self._bytes -= len(before[2].data)
        self._kept[path] = entry
        self._bytes += len(entry[2].data)
        while len(self._kept) > _MOST_KEPT or (self._bytes > _MOST_BYTES_KEPT and len(self._kept) > 1):
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped[2].data)


def _stat(full: str) -> _Stat | None:
    try:
        found = os.stat(full)  # noqa: PTH116  a path object costs more than the call
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
