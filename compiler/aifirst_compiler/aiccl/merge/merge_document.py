"""Merges the edit of a document back into the sources, unit by unit.

A change is made where the source says of the unit what the document said when it was written, and where the source
that comes of it, read again, says exactly what the edited document says: nothing else changes. Everything else is a
conflict, with both sides. Left out: who uses what was renamed or got another signature.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from hashlib import blake2b
from typing import Final

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED
from aifirst_codebase.units.code_tokens import code_text
from aifirst_codebase.units.unit import unit_id

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.low.write import tell_low
from aifirst_compiler.aiccl.medium.write import tell_medium
from aifirst_compiler.aiccl.merge.change_edits import ways_to_add, ways_to_change, ways_to_remove
from aifirst_compiler.aiccl.merge.find_changes import Change, Node, find_changes, line_of, trees_of
from aifirst_compiler.aiccl.merge.line_hunks import line_hunks
from aifirst_compiler.aiccl.merge.merge_result import Conflict, Merged, MergeResult
from aifirst_compiler.aiccl.merge.parts import largest_part
from aifirst_compiler.aiccl.merge.told_lines import Told, told_after, told_of
from aifirst_compiler.aiccl.notation.document import Code, Map
from aifirst_compiler.aiccl.notation.parse import parse
from aifirst_compiler.aiccl.outline.read import UnitLine, read_unit_lines, read_units
from aifirst_compiler.aiccl.outline.write import TellUnits, tell_signatures, unit_lines
from aifirst_compiler.edits import Edit, OverlappingEditsError, apply_edits, in_order

RESOLUTIONS: Final[Mapping[str, TellUnits]] = {
    "low": tell_low,
    "medium": tell_medium,
    "outline": tell_signatures,
}
"""The resolutions that can be merged, by the id of their block, with what tells their lines."""


def merge_document(
    before: str,
    after: str,
    files: Mapping[str, str],
    *,
    maps: Iterable[Map] = (),
    digests: Mapping[str, str] | None = None,
) -> MergeResult:
    """The edits that make in `files`, texts by path, what was changed from the document `before` to `after`.

    Without a change there are no edits. `maps` are those that lie outside the documents. With `digests`, which
    `unit_digests` gave when the document was written, a unit whose code changed since in any way is a conflict
    where it was edited; without, one whose line changed. Raises AicclError for what is no document of a resolution
    by units, or two of different ones.
    """
    maps = tuple(maps)
    block = _block(before)
    if _block(after) != block:
        raise AicclError("the two documents have different resolutions", "edit a copy of the document itself")
    old, new = (trees_of(read_units(text, block, maps)) for text in (before, after))
    edits: dict[str, list[Edit]] = {}
    merged: list[Merged] = []
    conflicts: list[Conflict] = []
    strays = {node.line.own for path in new if path not in old for node in new[path].walk()}
    for path in [*old, *(path for path in new if path not in old)]:
        if path not in old or path not in new or path not in files:
            if path in old and path in new and not find_changes(old[path], new[path]):
                continue
            conflicts.append(_file_conflict(path, old.get(path), new.get(path)))
            continue
        changes = find_changes(old[path], new[path])
        if changes:
            merge = _FileMerge(path, files[path], RESOLUTIONS[block], digests, strays)
            merge.make(changes)
            merged += merge.merged
            conflicts += merge.conflicts
            if merge.edits:
                edits[path] = merge.edits
    return MergeResult(edits, merged, conflicts)


def unit_digests(files: Mapping[str, str]) -> dict[str, str]:
    """A digest of the source of every unit, by id: an index to hand to `merge_document` later."""
    digests: dict[str, str] = {}
    for path, text in files.items():
        reading = _read(path, text.encode())
        if reading is not None:
            digests.update(digests_of(reading))
    return digests


def digests_of(reading: Reading) -> dict[str, str]:
    """A digest of the code of every unit of a file, by id; comments and documentation do not count."""
    return {unit_id(reading.path, unit): _digest(reading, index) for index, unit in enumerate(reading.units)}


def _digest(reading: Reading, index: int) -> str:
    return blake2b(code_text(reading, index), digest_size=16).hexdigest()


def _block(text: str) -> str:
    for part in parse(text).parts:
        if isinstance(part, Code) and part.id in RESOLUTIONS:
            return part.id
    raise AicclError(
        "the document has no resolution that can be merged",
        "give one of aifirst compress -r low, medium or outline",
    )


def _file_conflict(path: str, old: Node | None, new: Node | None) -> Conflict:
    kind = "added" if old is None else "removed" if new is None else "changed"
    reason = {
        "added": "a file is not added by a document",
        "removed": "a file is not removed by a document",
        "changed": "the file is not there",
    }[kind]
    return Conflict(kind, path, "", reason, _text(old), _text(new), "")


def _text(node: Node | None) -> str:
    return "\n".join(line.line.own + line.line.text for line in node.walk()) if node is not None else ""


def _read(path: str, data: bytes) -> Reading | None:
    language = language_of(path, data)
    if language is None:
        return None
    return read(SourceFile(path, data, "utf-8", ""), language, UNCOUNTED)


class _FileMerge:
    """The merge of one file: each change is tried by itself, then all that passed together."""

    def __init__(
        self, path: str, text: str, tell: TellUnits, digests: Mapping[str, str] | None, strays: Set[str]
    ) -> None:
        self.edits: list[Edit] = []
        self.merged: list[Merged] = []
        self.conflicts: list[Conflict] = []
        self._path = path
        self._data = text.encode()
        self._tell = tell
        self._digests = digests
        self._strays = strays
        self._reading = _read(path, self._data)
        self._lines = self._lines_of(self._reading)
        self._told = told_of(self._lines)
        self._places = {
            unit.name: index for index, unit in enumerate(self._reading.units if self._reading else ())
        }

    def make(self, changes: Sequence[Change]) -> None:
        """Make what can be made; `edits`, `merged` and `conflicts` say what came of it."""
        made: list[Change] = []
        for change in changes:
            reason = self._hindrance(change)
            if reason is None:
                continue
            conflict = self._conflict(change, reason) if reason else self._try(change, made)
            if conflict is not None:
                self.conflicts.append(conflict)

    def _hindrance(self, change: Change) -> str | None:
        """Why the change cannot be tried; empty where it can, None where the source has it already."""
        current = self._current(change)
        if self._reading is None:
            return "the file's language is not read"
        if change.kind == "moved":
            return "the order of units is not merged"
        is_there = change.after is None or self._told.get(_name_of(change)) == change.after.line.text
        if change.before is None:
            has_other = "the source has another unit of this name" if _name_of(change) in self._told else ""
            return None if is_there else has_other
        if current is None:
            return None if is_there else "the unit is no longer in the source"
        if change.after is not None and change.kind == "changed" and current == change.after.line.text:
            return None
        return self._harm(change)

    def _harm(self, change: Change) -> str:
        """What making the change would do to code that nobody meant; empty where nothing."""
        changed = [node for node in self._touched(change) if self._told.get(node.line.name) != node.line.text]
        if changed or self._is_other_source(change):
            return "the source of the unit changed since the document was written"
        if change.after is None and any(node.line.own in self._strays for node in self._touched(change)):
            return "a unit of this name stands below a line of the document that names no file of it"
        if change.kind == "renamed" and _name_of(change) in self._told:
            return "the source has another unit of this name"
        return ""

    def _touched(self, change: Change) -> Iterator[Node]:
        if change.before is not None:
            yield from change.before.walk() if change.after is None else (change.before,)

    def _is_other_source(self, change: Change) -> bool:
        if self._digests is None or self._reading is None:
            return False
        for node in self._touched(change):
            index = self._places.get(node.line.name)
            known = self._digests.get(f"{self._path}::{node.line.name}")
            if index is not None and known is not None and known != _digest(self._reading, index):
                return True
        return False

    def _current(self, change: Change) -> str | None:
        node = change.before or change.after
        return self._told.get(node.line.name) if node is not None else None

    def _try(self, change: Change, made: list[Change]) -> Conflict | None:
        """What of the change cannot be made; the rest is made."""
        reason = self._make(change, made)
        if reason and change.after is not None and change.before is None:
            empty = change._replace(after=_without_bodies(change.after))
            if not self._make(empty, made):
                reason = "only its definition was added: its body has to be written"
        elif reason:
            part = largest_part(change, lambda tried: self._edits_of(tried) is not None)
            if part is not None and not self._make(part, made):
                return self._conflict(change._replace(before=part.after), self._reason(change))
        return self._conflict(change, reason) if reason else None

    def _edits_of(self, change: Change) -> list[Edit] | None:
        wanted = told_after(self._lines, [change])
        return next((edits for edits in self._ways(change) if self._gives(edits, wanted)), None)

    def _make(self, change: Change, made: list[Change]) -> str:
        found = self._edits_of(change)
        if found is None:
            return self._reason(change)
        together = in_order(self.edits, found)
        if made and not self._gives(together, told_after(self._lines, [*made, change])):
            return "it cannot be made together with another change of this document"
        self.edits = together
        made.append(change)
        self.merged.append(Merged(change.kind, self._path, _name_of(change)))
        return ""

    def _reason(self, change: Change) -> str:
        before, after = change.before, change.after
        if before is not None and after is not None and before.line.body != after.line.body:
            old, new = before.line.body.split("\n"), after.line.body.split("\n")
            if any(
                line.endswith("…") for hunk in line_hunks(old, new) for line in old[hunk.left : hunk.left_end]
            ):
                return "the line goes on behind … in the source, where nobody saw it"
            return "what the body does cannot be made from this edit"
        if before is None:
            return "no source follows from the added lines alone"
        return "the edit cannot be made exactly in the source"

    def _ways(self, change: Change) -> Iterator[list[Edit]]:
        if self._reading is None:
            return
        if change.before is None:
            yield from ways_to_add(self._reading, change, self._places)
            return
        index = self._places.get(change.before.line.name)
        if index is not None and change.after is None:
            yield from ways_to_remove(self._reading, index)
        elif index is not None:
            yield from ways_to_change(self._reading, change, index)

    def _gives(self, edits: Sequence[Edit], wanted: Sequence[Told]) -> bool:
        """Whether the source with the edits says what is wanted, and is no more broken than it was."""
        try:
            data = apply_edits(self._data, edits)
        except OverlappingEditsError:
            return False
        reading = _read(self._path, data)
        if reading is None or (
            _is_broken(reading) and self._reading is not None and not _is_broken(self._reading)
        ):
            return False
        return [Told(line.depth, line.own, line.text) for line in self._lines_of(reading)] == list(wanted)

    def _lines_of(self, reading: Reading | None) -> list[UnitLine]:
        if reading is None:
            return []
        return read_unit_lines("".join(f"{line}\n" for line in unit_lines(reading, self._tell)))

    def _conflict(self, change: Change, reason: str) -> Conflict:
        return Conflict(
            change.kind,
            self._path,
            _name_of(change),
            reason,
            _text(change.before) if change.kind == "removed" else _own_text(change.before),
            _text(change.after) if change.kind == "added" else _own_text(change.after),
            self._current(change) or "",
        )


def _is_broken(reading: Reading) -> bool:
    """Whether the source cannot be run; of Python its own compiler knows more than the grammar."""
    if reading.language.name != "python" or reading.broken:
        return reading.broken
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(reading.data, "merged", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _name_of(change: Change) -> str:
    line = line_of(change)
    return line.name if line is not None else ""


def _without_bodies(node: Node) -> Node:
    line = node.line._replace(text=node.line.head)
    return Node(line, [_without_bodies(child) for child in node.children])


def _own_text(node: Node | None) -> str:
    return node.line.own + node.line.text if node is not None else ""
