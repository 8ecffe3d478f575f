"""Parsing in bounded time: a text that a grammar cannot cope with has no tree, instead of no end.

A few bytes can cost a GLR parser minutes or gigabytes: what is one long ambiguity to it, and what error
recovery tries at every byte. Ordinary code takes a tenth of a second a megabyte, so the bound is far away
from it. It counts this thread's own processor time; how busy the machine is does not matter.
"""

from __future__ import annotations

import re
from time import thread_time

import tree_sitter

_SECONDS = 1.0
_SECONDS_PER_BYTE = 2e-6
_CALLS_BETWEEN_LOOKS = 3
# Error recovery at every one of them takes gigabytes, and no source text has so many.
_MOST_NULS = 1000
# Bytes handed over at a time. Queries that compare text ask for it again, so it may not be the whole rest.
_CHUNK = 4096
# Tokens side by side in one error that make a query look at each pair of them.
_LONGEST_ERROR = 20_000


def parse_bounded(
    parser: tree_sitter.Parser, data: bytes, crashes: re.Pattern[bytes] | None
) -> tree_sitter.Tree | None:
    """The syntax tree of `data`, None where it cannot be had in bounded time.

    `crashes` is found in texts that the grammar's scanner does not survive.
    """
    if data.count(b"\0") > _MOST_NULS or (crashes is not None and crashes.search(data)):
        return None
    try:
        tree = parser.parse(
            lambda start, _: data[start : start + _CHUNK], progress_callback=_Watch(len(data))
        )
    except ValueError:
        parser.reset()
        return None
    return None if _is_rubble(tree.root_node) else tree


class _Watch:
    """Says when a parse has used up its time; called by the parser every hundred steps."""

    __slots__ = ("_calls", "_deadline")

    def __init__(self, size: int) -> None:
        self._calls = 0
        self._deadline = thread_time() + _SECONDS + size * _SECONDS_PER_BYTE

    def __call__(self, offset: int, has_error: bool) -> bool:
        self._calls += 1
        return not self._calls & _CALLS_BETWEEN_LOOKS and thread_time() > self._deadline


def _is_rubble(root: tree_sitter.Node) -> bool:
    """Whether nearly all of the tree is one error of single tokens."""
    if root.descendant_count < _LONGEST_ERROR or not root.has_error:
        return False
    first = (root.child(index) for index in range(min(root.child_count, 2)))
    return any(
        node.child_count - node.named_child_count > max(_LONGEST_ERROR, 4 * node.named_child_count)
        for node in (root, *first)
    )
