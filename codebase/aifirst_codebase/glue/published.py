"""Docstrings that the program reads when it runs: they are code, so they are not glue.

Decided for each object: a module whose own `__doc__` is read keeps its docstring, an object whose
`__doc__` is read by name keeps its own, and so does one whose decorator publishes it (a command's help, an
endpoint's description). Which decorators do is data of the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import tree_sitter

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.languages.language import Language
from aifirst_codebase.units.unit import Unit

_READ_BEFORE = re.compile(rb"(?:([A-Za-z_][A-Za-z0-9_]*)|[\])])\s*\.\s*\Z|\Z")
_ASSIGNED = re.compile(rb"\s*=(?!=)")


def keep_published(
    data: bytes,
    captures: Mapping[str, Sequence[tree_sitter.Node]],
    comments: Sequence[Comment],
    units: Sequence[Unit],
    language: Language,
) -> None:
    """Mark the docstrings that are read at run time as kept."""
    readers = _objects_read(data) if b"__doc__" in data else set[str]()
    decorators = frozenset(name.encode() for name in language.data.published.decorators)
    decorated = {n.end_byte: n for n in captures.get("outer", ())} if decorators else {}
    if not readers and not decorated:
        return
    ordered = sorted(units[1:], key=lambda unit: unit.name_end)
    position = 0
    innermost: Unit = units[0]
    for comment in comments:
        if comment.kind != "docstring" or comment.kept:
            continue
        while position < len(ordered) and ordered[position].name_end <= comment.start:
            innermost = ordered[position]
            position += 1
        owner = innermost if innermost.code_start <= comment.start < innermost.code_end else units[0]
        if _is_read(owner, readers) or _is_decorated(data, owner, decorators):
            comment.kept = "published"


def _objects_read(data: bytes) -> set[str]:
    """Names whose `__doc__` is read; the empty name is the module itself."""
    found: set[str] = set()
    at = data.find(b"__doc__")
    while at >= 0:
        if not _ASSIGNED.match(data, at + 7):
            before = _READ_BEFORE.search(data, max(0, at - 80), at)
            dotted = before is not None and before.end() > before.start()
            if not dotted:
                found.add("")
            elif before is not None and before.group(1):
                found.add(before.group(1).decode())
        at = data.find(b"__doc__", at + 7)
    return found


def _is_read(owner: Unit, readers: set[str]) -> bool:
    if not readers:
        return False
    if owner.kind == "module":
        return "" in readers
    return owner.name.rpartition(".")[2].partition("#")[0] in readers


def _is_decorated(data: bytes, owner: Unit, decorators: frozenset[bytes]) -> bool:
    if owner.kind == "module" or data[owner.code_start : owner.code_start + 1] != b"@":
        return False
    head = data[owner.code_start : owner.name_start]
    for line in head.split(b"\n"):
        line = line.strip()
        if line.startswith(b"@"):
            dotted = re.match(rb"@\s*([\w.]+)", line)
            if dotted and dotted.group(1).rpartition(b".")[2] in decorators:
                return True
    return False
