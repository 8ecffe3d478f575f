"""AF207: documentation names a parameter that the function does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

import tree_sitter
from aifirst_codebase.glue import Comment
from aifirst_codebase.units import Unit

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

# Sphinx fields, JSDoc and Javadoc tags, each with the name as its only group.
_FIELD = re.compile(
    rb":param(?:eter)?[ \t]+(?:[\w.\[\], |]+[ \t]+)?\\?\*{0,2}(\w+)[ \t]*:"
    rb"|@param[ \t]+(?:\{[^}\n]*\}[ \t]+)?(?:\[?)(\$?\w+)(?![\w.$\[{(|<\\])"
)
_GOOGLE = re.compile(rb"^([ \t]*)(?:Args|Arguments|Parameters):[ \t]*\r?$", re.MULTILINE)
_GOOGLE_ENTRY = re.compile(
    rb"^([ \t]+)\*{0,2}([A-Za-z_]\w*)(?:[ \t]*\([^)\n]*\))?:(?:[ \t]|\r?$)", re.MULTILINE
)
_HINTS: Final = (b"param ", b"param\t", b"Args:", b"Arguments:", b"Parameters:")
_FILE_HINTS: Final = (b"param ", b"Args:", b"Arguments:", b"Parameters:")
_OPEN_ENDED = re.compile(rb"\*\*|\.\.\.|[{\[]\s*\w|\barguments\b|\*\w")
_WORD = re.compile(rb"\$?[A-Za-z_]\w*")
_GOOGLE_STYLE = (
    'def add(left):\n    """Add.\n\n    Args:\n        left: first\n        lhs: second\n    """\n'
)


class StaleParameter(FileRule):
    """A parameter was renamed or removed and the documentation still speaks of it. A person notices; a model
    passes it. Read are Sphinx fields (`:param x:`), Google sections (`Args:`), JSDoc and Javadoc tags
    (`@param x`). Functions that take arbitrary arguments (`**kwargs`, rest and destructured parameters) are
    not judged, since what they document may be in there.
    """

    code: ClassVar[str] = "AF207"
    name: ClassVar[str] = "stale-parameter"
    summary: ClassVar[str] = "Documentation names a parameter that the function does not have."
    valid = (
        Example(
            'def add(left, right):\n    """Add.\n\n    :param left: first\n    :param int right: second\n    """\n'
        ),
        Example('def add(*args, **kwargs):\n    """Add.\n\n    :param left: first\n    """\n'),
        Example(
            "/**\n * @param {number} left\n */\nfunction add(left) { return left; }\n", path="example.js"
        ),
    )
    invalid = (
        Example('def add(left, right):\n    """Add.\n\n    :param lhs: first\n    """\n', lines=(4,)),
        Example(_GOOGLE_STYLE, lines=(6,)),
        Example(
            "/**\n * @param {number} lhs\n */\nfunction add(left) { return left; }\n",
            path="example.js",
            lines=(2,),
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at each documented name that is no parameter."""
        data = file.data
        if not any(hint in data for hint in _FILE_HINTS):
            return
        for comment in file.reading.comments:
            if any(data.find(hint, comment.start, comment.end) >= 0 for hint in _HINTS):
                unit = file.reading.units[comment.unit]
                if unit.kind == "function" and _documents(data, comment, unit):
                    yield from self._judge(file, comment, unit)

    def _judge(self, file: FileContext, comment: Comment, unit: Unit) -> Iterator[Problem]:
        parameters = _parameters(file, unit)
        if parameters is None:
            return
        text = file.data[parameters.start_byte : parameters.end_byte]
        if _OPEN_ENDED.search(text):
            return
        known = {word.lstrip(b"$") for word in _WORD.findall(text)}
        for start, end in documented_names(file.data, comment.start, comment.end):
            name = file.data[start:end].lstrip(b"$")
            if name not in known:
                shown = name.decode("utf-8", "replace")
                yield Problem(
                    start, end, f"{unit.name} has no parameter {shown}",
                    "Rename it as the signature does, or delete the entry.", anchor=f"{unit.name}:{shown}",
                )  # fmt: skip


def _documents(data: bytes, comment: Comment, unit: Unit) -> bool:
    """Whether the comment is the unit's docstring or the block directly above it."""
    if comment.kind == "docstring":
        return not data[unit.name_end : comment.start].count(b"\n\n\n")
    return comment.end <= unit.code_start and data.startswith((b"/**", b"///"), comment.start)


def _parameters(file: FileContext, unit: Unit) -> tree_sitter.Node | None:
    """The parameter list of a function, or None where the grammar shows none."""
    node = file.reading.tree.root_node.descendant_for_byte_range(unit.name_start, unit.name_end)
    for _ in range(4):
        if node is None:
            return None
        found = node.child_by_field_name("parameters")
        if found is not None:
            return found
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        found = value.child_by_field_name("parameters") if value is not None else None
        if found is not None:
            return found
        node = node.parent
    return None


def documented_names(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the parameter names stand that a docstring or comment documents."""
    for match in _FIELD.finditer(data, start, end):
        yield match.span(1) if match.group(1) else match.span(2)
    for section in _GOOGLE.finditer(data, start, end):
        outer = len(section.group(1))
        entry_indent: int | None = None
        at = section.end() + 1
        while at < end:
            stop = data.find(b"\n", at, end)
            stop = end if stop < 0 else stop
            line = data[at:stop]
            indent = len(line) - len(line.lstrip())
            if line.strip():
                if indent <= outer:
                    break
                entry = _GOOGLE_ENTRY.match(line)
                if entry is not None and (entry_indent is None or indent == entry_indent):
                    entry_indent = indent
                    yield at + entry.start(2), at + entry.end(2)
            at = stop + 1
