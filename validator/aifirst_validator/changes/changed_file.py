"""One file of a change: before and after, units matched, and what differs in each.

Everything is worked out when it is first asked for, so a change of thousands of files costs what the rules
look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from aifirst_codebase.config.settings import Scope, Settings
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tickets import LoggedEntry, Ticket
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units import Unit
from aifirst_codebase.units.code_tokens import code_text, code_tokens

from aifirst_validator.changes.code_lines import code_lines
from aifirst_validator.changes.line_diff import Hunk, diff_lines
from aifirst_validator.changes.match_units import UnitPair, match_units
from aifirst_validator.changes.signature import Signature, read_signature
from aifirst_validator.file_context import FileContext

Status = Literal["added", "modified", "deleted", "renamed", "copied"]
Reader = Callable[[SourceFile], Reading | None]
SourceLoader = Callable[[], SourceFile | None]
SettingsOf = Callable[[str], Settings]


def default_reader(tokenizer: str = "o200k_base") -> Reader:
    """A reader that parses whatever has a known language; the engine gives one with its cache instead."""

    def read_file(source: SourceFile) -> Reading | None:
        language = language_of(source.path, source.data)
        return read(source, language, get_counter(tokenizer)) if language is not None else None

    return read_file


def default_settings(_path: str) -> Settings:
    """The settings of a file where no configuration was read."""
    return Settings()


def no_source() -> SourceFile | None:
    """The loader of a side that does not exist (or is no text)."""
    return None


@dataclass(eq=False)
class ChangedFile:
    """One file of a change. `old_path` is its path before, the same as `path` unless it moved.

    `before` and `after` are None where the file does not exist on that side, is binary, too large, or in
    no known language; `source_before` and `source_after` are its text whatever its language.
    """

    path: str
    old_path: str
    status: Status
    settings: Settings
    reader: Reader
    load_before: SourceLoader = no_source
    load_after: SourceLoader = no_source

    @cached_property
    def source_before(self) -> SourceFile | None:
        """The text before the change."""
        return self.load_before()

    @cached_property
    def source_after(self) -> SourceFile | None:
        """The text after the change."""
        return self.load_after()

    @cached_property
    def before(self) -> Reading | None:
        """The reading before the change."""
        return self.reader(self.source_before) if self.source_before is not None else None

    @cached_property
    def after(self) -> Reading | None:
        """The reading after the change."""
        return self.reader(self.source_after) if self.source_after is not None else None

    @cached_property
    def both(self) -> tuple[Reading, Reading] | None:
        """Before and after, where the file is readable on both sides and the same language."""
        before, after = self.before, self.after
        if before is None or after is None or before.language.name != after.language.name:
            return None
        return before, after

    @cached_property
    def is_code(self) -> bool:
        """Whether the file is source code in a language that is read."""
        reading = self.after or self.before
        return reading is not None and reading.language.kind == "code"

    @cached_property
    def context_before(self) -> FileContext | None:
        """What can be derived from the file before the change."""
        return FileContext(self.before, self.settings) if self.before is not None else None

    @cached_property
    def context_after(self) -> FileContext | None:
        """What can be derived from the file after the change."""
        return FileContext(self.after, self.settings) if self.after is not None else None

    @property
    def marked_before(self) -> bool:
        """Whether the file carried a ticket or a tag before the change."""
        return self.context_before is not None and self.context_before.marked

    @property
    def marked_after(self) -> bool:
        """Whether the file carries a ticket or a tag after the change."""
        return self.context_after is not None and self.context_after.marked

    def applies(self, scope: Scope) -> bool:
        """Whether rules with this scope judge the edit: by what the file was before it."""
        return scope == "all" or (scope == "marked" and self.marked_before)

    @cached_property
    def hunks(self) -> tuple[Hunk, ...]:
        """The changed lines, from 0; an added or deleted file is one hunk."""
        before = self.source_before.data if self.source_before is not None else b""
        after = self.source_after.data if self.source_after is not None else b""
        return tuple(diff_lines(before, after)) if before != after else ()

    @cached_property
    def code_lines(self) -> tuple[list[bytes], list[bytes]]:
        """The code of both sides line by line, without glue and white space."""
        before = code_lines(self.before) if self.before is not None else []
        after = code_lines(self.after) if self.after is not None else []
        return before, after

    @cached_property
    def changed_lines(self) -> int:
        """How many lines of code changed: removed or added ones, whichever are more; glue does not count."""
        before, after = self.code_lines
        removed = sum(1 for h in self.hunks for line in before[h.before_start : h.before_end] if line)
        added = sum(1 for h in self.hunks for line in after[h.after_start : h.after_end] if line)
        return max(removed, added)

    @cached_property
    def changed_share(self) -> float:
        """`changed_lines` as a share of the lines that are not blank, of the longer side."""
        total = max(_written_lines(source) for source in (self.source_before, self.source_after))
        return min(1.0, self.changed_lines / total) if total else 0.0

    @cached_property
    def in_edit_scope(self) -> bool:
        """Whether the rules for AI-First files judge it: code that was edited, in `edits.scope`."""
        return self.both is not None and self.is_code and self.applies(self.settings.edits.scope)

    def tokens_before(self, index: int) -> tuple[bytes, ...]:
        """The code tokens of a unit before the change."""
        return self._tokens(0, self.before, index)

    def tokens_after(self, index: int) -> tuple[bytes, ...]:
        """The code tokens of a unit after the change."""
        return self._tokens(1, self.after, index)

    def _tokens(self, side: int, reading: Reading | None, index: int) -> tuple[bytes, ...]:
        if reading is None:
            return ()
        known = self._known_tokens.get((side, index))
        if known is None:
            known = self._known_tokens[side, index] = code_tokens(reading, index)
        return known

    @cached_property
    def _known_tokens(self) -> dict[tuple[int, int], tuple[bytes, ...]]:
        return {}

    @cached_property
    def pairs(self) -> tuple[UnitPair, ...]:
        """Units before and after that are the same unit, in the order before the change."""
        if self.both is None:
            return ()
        return tuple(match_units(*self.both, self.tokens_before, self.tokens_after))

    @cached_property
    def added(self) -> tuple[int, ...]:
        """Indices of the units that are new."""
        paired = {pair.after for pair in self.pairs}
        return tuple(i for i in range(len(self.after.units) if self.after else 0) if i not in paired)

    @cached_property
    def deleted(self) -> tuple[int, ...]:
        """Indices of the units that are gone."""
        paired = {pair.before for pair in self.pairs}
        return tuple(i for i in range(len(self.before.units) if self.before else 0) if i not in paired)

    @cached_property
    def changed(self) -> tuple[UnitPair, ...]:
        """Pairs whose text differs, be it code, glue or formatting."""
        if self.both is None or self.both[0].data == self.both[1].data:
            return ()
        before, after = self.both
        return tuple(p for p in self.pairs if _text(before, p.before) != _text(after, p.after))

    @cached_property
    def code_changed(self) -> tuple[UnitPair, ...]:
        """Pairs whose code differs, glue and formatting left aside."""
        return tuple(pair for pair in self.changed if self._code_differs(pair))

    @cached_property
    def glue_only(self) -> tuple[UnitPair, ...]:
        """Pairs whose text differs and whose code is the same."""
        code = set(self.code_changed)
        return tuple(pair for pair in self.changed if pair not in code)

    @cached_property
    def behaviour_changed(self) -> bool:
        """Whether any code of the file is different, new or gone."""
        return bool(self.code_changed or self.added or self.deleted)

    def _code_differs(self, pair: UnitPair) -> bool:
        if self.both is None:
            return False
        if code_text(self.both[0], pair.before) == code_text(self.both[1], pair.after):
            return False
        return self.tokens_before(pair.before) != self.tokens_after(pair.after)

    @cached_property
    def signature_changes(self) -> tuple[tuple[UnitPair, Signature, Signature], ...]:
        """Functions whose signature differs, with it before and after."""
        if self.both is None:
            return ()
        found: list[tuple[UnitPair, Signature, Signature]] = []
        for pair in self.code_changed:
            if self.both[1].units[pair.after].kind != "function":
                continue
            old = read_signature(self.both[0], pair.before)
            new = read_signature(self.both[1], pair.after)
            if old is not None and new is not None and old != new:
                found.append((pair, old, new))
        return tuple(found)

    @property
    def tickets_before(self) -> tuple[Ticket, ...]:
        """The tickets before the change."""
        return self.context_before.tickets if self.context_before is not None else ()

    @property
    def tickets_after(self) -> tuple[Ticket, ...]:
        """The tickets after the change."""
        return self.context_after.tickets if self.context_after is not None else ()

    @cached_property
    def new_log_entries(self) -> tuple[LoggedEntry, ...]:
        """The entries of the tickets' modification logs that were not there before, in order."""
        old = {one.entry for ticket in self.tickets_before if ticket.log for one in ticket.log.entries}
        return tuple(
            one
            for ticket in self.tickets_after
            if ticket.log
            for one in ticket.log.entries
            if one.entry not in old
        )

    def units_before(self, indices: Iterable[int]) -> list[Unit]:
        """The units of these indices before the change."""
        return [self.before.units[index] for index in indices] if self.before is not None else []

    def units_after(self, indices: Iterable[int]) -> list[Unit]:
        """The units of these indices after the change."""
        return [self.after.units[index] for index in indices] if self.after is not None else []


def _written_lines(source: SourceFile | None) -> int:
    return sum(1 for line in source.data.splitlines() if line.strip()) if source is not None else 0


def _text(reading: Reading, index: int) -> bytes:
    # Blank lines between definitions belong to the unit above them and say nothing about it.
    return b"".join(reading.data[start:end] for start, end in reading.units[index].spans).rstrip()
