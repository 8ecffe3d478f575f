"""What comes of a merge: edits of files, and the changes that a person has to decide on."""

from __future__ import annotations

from typing import Literal

import msgspec

from aifirst_compiler.edits import Edit

ChangeKind = Literal["changed", "added", "removed", "renamed", "moved"]


class Merged(msgspec.Struct, frozen=True):
    """A change of the document that the edits make in the source. `name` is the unit's name after it."""

    kind: ChangeKind
    path: str
    name: str


class Conflict(msgspec.Struct, frozen=True):
    """A change that was not made: why, what the document said before and after it, and what the source says now.

    Texts are those of the unit's lines, empty where there is no such unit.
    """

    kind: ChangeKind
    path: str
    name: str
    reason: str
    before: str
    after: str
    current: str


class MergeResult(msgspec.Struct, frozen=True):
    """`edits` are of the UTF-8 bytes of the files' texts, by path, in order; a path without edits is not in it."""

    edits: dict[str, list[Edit]]
    merged: list[Merged]
    conflicts: list[Conflict]
