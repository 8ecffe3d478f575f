"""What the text of a file says of its units that no edge tells: who may use them from outside the project.

A name in `__all__`, a modifier like `export` or `public`, a decorator or annotation that hands the unit to somebody.
It is read from the text by patterns, for the question which units nobody uses; the graph itself does not need it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from aifirst_memory.dependencies.model import Node

RESOLVED: Final = 1
"""A resolver read the file, and people write it: what nothing refers to is likely unused."""
EXPORTED: Final = 2
"""It says itself that others use it."""
VISIBLE: Final = 4
"""Others could use it."""
HANDED_OVER: Final = 8
"""A decorator or annotation may register it somewhere."""
DERIVED: Final = 16
"""A class that names a base."""

_ALL = re.compile(rb"^__all__\s*(?::[^=\n]+)?\+?=\s*[\[(]([^\])]*)[\])]", re.MULTILINE)
_QUOTED = re.compile(rb"""["'](\w+)["']""")
_DECORATOR = re.compile(rb"^[ \t]*@([A-Za-z_][\w.]*)", re.MULTILINE)
_ANNOTATION = re.compile(rb"@[\w.]+(?:\([^()]*\))?")
_MODIFIER = re.compile(rb"\b(?:export|public|protected|pub)\b")
_HARMLESS = re.compile(
    rb"(?:(?:functools|abc|typing|typing_extensions|contextlib|dataclasses|enum|builtins)\..+|property|staticmethod"
    rb"|classmethod|.*\.(?:setter|getter|deleter)|cached_property|lru_cache|cache|wraps|total_ordering|abstractmethod"
    rb"|overload|final|override|runtime_checkable|dataclass|contextmanager|asynccontextmanager|unique|singledispatch"
    rb"|Deprecated|SuppressWarnings|FunctionalInterface|SafeVarargs|Nullable|NonNull)"
)
_BASES = re.compile(rb"^[ \t]*class\s+\w+\s*(?:\[[^\]]*\])?\((?!\s*(?:object\s*)?\))")
_EXTENDS = re.compile(rb"\b(?:extends|implements)\b")
_HEADER: Final = 8
"""Lines in which a class says its bases, its decorators among them."""
_BY_MODIFIER = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".java")


def unit_marks(path: str, data: bytes, nodes: Sequence[Node], *, resolved: bool) -> bytes:
    """The marks of the nodes of a file, a byte each."""
    marks = bytearray([RESOLVED if resolved else 0]) * len(nodes)
    if not resolved or len(nodes) < 2:
        return bytes(marks)
    if b"__all__" in data:
        _mark_exported(data, nodes, marks)
    if b"@" in data:
        _mark_handed_over(data, nodes, marks)
    lines = data.split(b"\n")
    _mark_derived(lines, nodes, marks, _EXTENDS if path.endswith(_BY_MODIFIER) else _BASES)
    if path.endswith(_BY_MODIFIER):
        _mark_visible(path, data, lines, nodes, marks)
    elif path.endswith(".go"):
        for number, node in enumerate(nodes):
            if node.name.rpartition(".")[2][:1].isupper():
                marks[number] |= VISIBLE
    else:
        for number, node in enumerate(nodes):
            if not node.name.rpartition(".")[2].startswith("_"):
                marks[number] |= VISIBLE
    return bytes(marks)


def _mark_visible(
    path: str, data: bytes, lines: Sequence[bytes], nodes: Sequence[Node], marks: bytearray
) -> None:
    """Mark what others can use by its modifiers: in Java all but `private`, of modules what they export, and members."""
    is_module = not path.endswith(".java") and b"exports" not in data
    for number, node in enumerate(nodes):
        header = b"\n".join(lines[node.line - 1 : min(node.end_line, node.line + _HEADER)])
        header = _ANNOTATION.sub(b"", header).partition(b"{")[0].partition(b"(")[0]
        last = node.name.rpartition(".")[2]
        is_hidden = b"private" in header or last.startswith(("#", "_"))
        if is_module and "." not in node.name:
            is_hidden |= _MODIFIER.search(header) is None
        if not is_hidden:
            marks[number] |= VISIBLE


def _mark_derived(
    lines: Sequence[bytes], nodes: Sequence[Node], marks: bytearray, bases: re.Pattern[bytes]
) -> None:
    """Mark the classes that name bases in the lines where they begin, decorators before them not counted."""
    for number, node in enumerate(nodes):
        if node.unit_kind == "class" and number:
            header = lines[node.line - 1 : min(node.end_line, node.line + _HEADER)]
            if any(bases.search(line) for line in header if b"class" in line or b"interface" in line):
                marks[number] |= DERIVED


def _mark_exported(data: bytes, nodes: Sequence[Node], marks: bytearray) -> None:
    names = {name.decode() for found in _ALL.finditer(data) for name in _QUOTED.findall(found[1])}
    for number, node in enumerate(nodes):
        if number and node.name.partition(".")[0] in names:
            marks[number] |= EXPORTED


def _mark_handed_over(data: bytes, nodes: Sequence[Node], marks: bytearray) -> None:
    """Mark the units under a decorator that does more than to say what they are."""
    order = sorted(range(1, len(nodes)), key=lambda number: nodes[number].line)
    lines = [nodes[number].line for number in order]
    line, last = 1, 0
    for found in _DECORATOR.finditer(data):
        line += data.count(b"\n", last, found.start())
        last = found.start()
        at = bisect_left(lines, line)
        # What overrides something is run by whoever knows the base.
        if at < len(order) and not _HARMLESS.fullmatch(found[1]):
            marks[order[at]] |= HANDED_OVER
