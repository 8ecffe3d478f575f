"""Parsing in bounded time and memory: a text that a grammar cannot cope with has no tree, instead of no end.

A few bytes can cost a GLR parser minutes or gigabytes: what is one long ambiguity to it, and what error
recovery tries at every byte. Ordinary code takes a tenth of a second and some ten MB a megabyte, so the bounds
are far away from it. The time is this thread's own processor time; how busy the machine is does not matter.
"""

from __future__ import annotations

import re
from time import thread_time
from typing import Literal

import tree_sitter

from aifirst_codebase.languages.resident_memory import resident_bytes

Bound = Literal["nesting", "time", "memory", "nul-bytes", "scanner", "errors"]
"""What a text went over: depth, time, memory, NULs, what a scanner survives, tokens in one error."""

_SECONDS = 1.0
_SECONDS_PER_BYTE = 2e-6
_GROWTH = 128_000_000
_GROWTH_PER_BYTE = 128
_CALLS_BETWEEN_LOOKS = 3
_SECONDS_BETWEEN_MEMORY_LOOKS = 0.01
# Error recovery at every one of them takes gigabytes, and no source text has so many.
_MOST_NULS = 1000
# Bytes handed over at a time. Queries that compare text ask for it again, so it may not be the whole rest.
_CHUNK = 4096
# Tokens side by side in one error that make a query look at each pair of them.
_LONGEST_ERROR = 20_000


def parse_bounded(
    parser: tree_sitter.Parser,
    data: bytes,
    crashes: re.Pattern[bytes] | None,
    known: tree_sitter.Tree | None = None,
) -> tree_sitter.Tree | Bound:
    """The syntax tree of `data`, or the bound that was in its way.

    `crashes` is found in texts that the grammar's scanner does not survive; `known` is a tree to take parts from.
    """
    if data.count(b"\0") > _MOST_NULS:
        return "nul-bytes"
    if crashes is not None and crashes.search(data):
        return "scanner"
    text, watch = LentText(data), _Watch(len(data))
    try:
        if known is None:
            tree = parser.parse(text, progress_callback=watch)
        else:
            tree = parser.parse(text, known, progress_callback=watch)
    except ValueError:
        parser.reset()
        return watch.bound
    finally:
        text.end_of_parse()
    return "errors" if _is_rubble(tree.root_node) else tree


class LentText:
    """Hands a text over in pieces; called by the parser, and later by queries that compare text.

    The binding never lets go of what a parse is handed, which would keep every text that was ever parsed. So it
    gets one buffer with each piece in turn, and that is emptied at the end.
    """

    __slots__ = ("_data", "_lent")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lent: bytearray | None = bytearray()

    def __call__(self, start: int, _: object) -> bytes | bytearray:
        piece = self._data[start : start + _CHUNK]
        if self._lent is None:
            return piece
        self._lent[:] = piece
        return self._lent

    def end_of_parse(self) -> None:
        """Take the text out of the buffer that the binding keeps."""
        if self._lent is not None:
            self._lent.clear()
            self._lent = None


class _Watch:
    """Says when a parse has used up its time or memory; called by the parser every hundred steps.

    Memory is looked at once in ten milliseconds, so a file that parses sooner costs nothing, and in that time
    no more than some ten MB can be added.
    """

    __slots__ = ("_calls", "_ceiling", "_deadline", "_growth", "_next_look", "bound")

    def __init__(self, size: int) -> None:
        now = thread_time()
        self.bound: Bound = "time"
        self._calls = 0
        self._ceiling = 0
        self._growth = _GROWTH + size * _GROWTH_PER_BYTE
        self._deadline = now + _SECONDS + size * _SECONDS_PER_BYTE
        self._next_look = now + _SECONDS_BETWEEN_MEMORY_LOOKS

    def __call__(self, offset: int, has_error: bool) -> bool:
        self._calls += 1
        if self._calls & _CALLS_BETWEEN_LOOKS:
            return False
        now = thread_time()
        return now > self._next_look and (now > self._deadline or self._is_too_large(now))

    def _is_too_large(self, now: float) -> bool:
        self._next_look = now + _SECONDS_BETWEEN_MEMORY_LOOKS
        resident = resident_bytes()
        if not self._ceiling:
            self._ceiling = resident + self._growth
        if resident > self._ceiling:
            self.bound = "memory"
        return resident > self._ceiling


def _is_rubble(root: tree_sitter.Node) -> bool:
    """Whether nearly all of the tree is one error of single tokens."""
    if root.descendant_count < _LONGEST_ERROR or not root.has_error:
        return False
    first = (root.child(index) for index in range(min(root.child_count, 2)))
    return any(
        node.child_count - node.named_child_count > max(_LONGEST_ERROR, 4 * node.named_child_count)
        for node in (root, *first)
    )
