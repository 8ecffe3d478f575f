"""The layout of a file in a language other than Python, made small between the tokens of its syntax tree.

Before: a file and the comments that are removed anyway. After: one list of edits that holds the removals, too. Types,
names and every token stay; blank lines, indentation, and spaces and newlines that part nothing go.

Limits: how far that goes is each language's own (`layout_rules`); strings, directives of a preprocessor and comments
that stay are untouched, and lines beside such a comment stay lines.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import pairwise

from aifirst_codebase.reading import Reading

from aifirst_compiler.edits import Edit, in_order
from aifirst_compiler.layout.atoms import Atom, find_atoms
from aifirst_compiler.layout.keep_apart import keep_apart
from aifirst_compiler.layout.layout_rules import LayoutRules, rules_of

_WHITE = b" \t\r\n\f\v"
_ENDS_GO_STATEMENT = re.compile(
    rb"(?:[)\]}\"'`]|\+\+|--|(?<![\w\x80-\xff])(?!(?:case|chan|const|default|defer|else|for|func|go|goto|if|import"
    rb"|interface|map|package|range|select|struct|switch|type|var)\Z)[\w\x80-\xff.]*[\w\x80-\xff])\Z"
)
_CLOSES = ord("}")
_HASH = 35
_LONGEST_WORD = 80
_PHP_TAG = re.compile(rb"<\?(?:php|=)?", re.IGNORECASE)


def leaf_edits(reading: Reading, removed: Sequence[Edit]) -> list[Edit] | None:
    """All edits of the file, in order, with those of `removed`; None where its layout has to stay as it is."""
    rules = rules_of(reading.language.name)
    if rules is None or reading.broken:
        return None
    gone = {edit.start: edit.end for edit in removed if not edit.text.strip()}
    atoms = _staying(reading, rules, gone)
    if not atoms:
        return None
    gaps = _Gaps(reading.data, rules, list(gone.items()))
    size = len(reading.data)
    ends = [Atom(0, 0, False, False), *atoms, Atom(size, size, False, False)]
    edits = [edit for edit in (gaps.edit(left, right) for left, right in pairwise(ends)) if edit is not None]
    return None if gaps.odd else in_order(edits, (edit for edit in removed if edit.start not in gone))


def _staying(reading: Reading, rules: LayoutRules, gone: Container[int]) -> list[Atom]:
    """The atoms without comments that go, and without newlines that a grammar has for tokens."""
    data = reading.data
    return [
        atom
        for atom in find_atoms(reading.tree, rules.one_in)
        if not (atom.comment and atom.start in gone) and not data[atom.start : atom.end].isspace()
    ]


class _Gaps:
    """What is to stand between two atoms. `odd` says that a comment stood where no white space can take its place."""

    def __init__(self, data: bytes, rules: LayoutRules, gone: Sequence[tuple[int, int]]) -> None:
        self._data = data
        self._rules = rules
        self._gone = gone
        self._next = 0
        self._newline = b"\r\n" if b"\r\n" in data else b"\n"
        self._in_directive = False
        self.odd = False

    def edit(self, left: Atom, right: Atom) -> Edit | None:
        """The edit of the white space between two atoms, None where it is to stay."""
        data, start, end = self._data, left.end, right.start
        first, passed = self._next, start
        white = True
        while self._next < len(self._gone) and self._gone[self._next][0] < end:
            out, back = self._gone[self._next]
            white = white and not data[passed:out].strip(_WHITE)
            passed = max(passed, back)
            self._next += 1
        if start >= end:
            self._in_directive |= not start and self._rules.directives and data.startswith(b"#")
            return None
        if not white or data[passed:end].strip(_WHITE):
            self.odd = self.odd or self._next > first
            return None
        text = self._text(left, right)
        if text is None and self._next > first:
            text = self._newline if b"\n" in data[start:end] else b" "
        return None if text is None or data[start:end] == text else Edit(start, end, text)

    def _text(self, left: Atom, right: Atom) -> bytes | None:
        """What stands between; None for what was there."""
        data = self._data
        gap = data[left.end : right.start]
        newlines = gap.count(b"\n")
        if right.start == len(data):
            return self._newline if newlines else b""
        if self._is_quoted(left, right):
            return None
        beside_directive = self._passes_directive(right, newlines, opens_file=left.end == 0)
        if left.end == 0:
            return b""
        if left.comment or right.comment:
            return self._newline * min(newlines, 2) if newlines else b" "
        if newlines and (beside_directive or self._rules.lines == "kept"):
            return self._newline
        return None if self._in_directive else self._within_line(left, right, newlines)

    def _passes_directive(self, right: Atom, newlines: int, *, opens_file: bool) -> bool:
        """Whether a directive's line ends or begins here; afterwards `_in_directive` tells of the atom `right`."""
        was_in = self._in_directive and newlines > 0
        opens = self._rules.directives and self._data[right.start] == _HASH and (newlines > 0 or opens_file)
        self._in_directive = opens or (self._in_directive and not newlines)
        return was_in or opens

    def _within_line(self, left: Atom, right: Atom, newlines: int) -> bytes | None:
        data, rules = self._data, self._rules
        if rules.lines == "go" and newlines and data[right.start] != _CLOSES:
            before = data[max(left.start, left.end - _LONGEST_WORD) : left.end]
            if _ENDS_GO_STATEMENT.search(before):
                return self._newline
        if rules.spaces == "one" or (left.inside and right.inside):
            return b" "
        if _PHP_TAG.fullmatch(data, left.start, left.end):
            return self._newline if newlines else b" "
        if data.startswith(b"?>", left.start):
            return None
        return b" " if keep_apart(data, left, right, rules) else b""

    def _is_quoted(self, left: Atom, right: Atom) -> bool:
        """Whether the gap may be the inside of a string whose content the grammar gives no node."""
        quote = self._data[left.end - 1 : left.end]
        return quote in (b'"', b"'", b"`") and right.end - right.start == 1 == left.end - left.start
