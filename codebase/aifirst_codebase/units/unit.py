"""A unit: the smallest thing a model edits at once, and its figures.

A function or method with its decorators, its docstring and the comment block directly above it; a
class's own header and fields; a module's own top-level code. The units of a file tile it: every byte
belongs to exactly one.
"""

from __future__ import annotations

from typing import Literal

import msgspec

UnitKind = Literal["module", "class", "function", "section", "rule", "statement", "block"]
Span = tuple[int, int]
PlacedSpan = tuple[int, int, int]
"""(start, end, index of the unit)"""


class Unit(msgspec.Struct, gc=False):
    """One unit of a file. Offsets are bytes of the decoded text, `end` excluded.

    `name` is the qualified name, empty for the module's own code; a second unit of the same name gets
    `#2`. `start` and `end` enclose the definition with everything nested in it, `spans` are the bytes
    of the unit alone. `name_start` and `name_end` are where the name stands (both `start` where it has
    none), `code_start` is where the definition begins below its comments, `code_end` where it ends.
    `parent` is the index of the enclosing unit, -1 for the module. `tokens` counts `spans`, `glue_tokens`
    the glue among them; `total_tokens` counts nested units too. `cyclomatic` starts at 1 and `nesting`
    at 0; both leave nested units out. `lines` runs from `code_start` to the end of the definition.
    """

    name: str
    kind: UnitKind
    start: int
    end: int
    code_start: int
    code_end: int
    name_start: int
    name_end: int
    parent: int
    spans: list[Span]
    tokens: int = 0
    total_tokens: int = 0
    glue_tokens: int = 0
    cyclomatic: int = 1
    nesting: int = 0
    lines: int = 0


def unit_id(path: str, unit: Unit) -> str:
    """The stable id `path::Qualified.name`; the module's own code is `path::`."""
    return f"{path}::{unit.name}"
