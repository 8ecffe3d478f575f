"""The constructs of exact pairs: lines of the source, and how each is told; so a set can be asked how consistent it is.

A construct is what stands on one line of a source, token by token, at least three tokens; its notation is the stretch of
the expanded text that holds the same tokens. Tokens of both are the same in number and text, which the round trip
proves. Left out: pairs whose glue is not only comments, such as Python's where a docstring is all of a body.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aifirst_codebase.languages.language import Language
from aifirst_codebase.languages.registry import language_named

_LEAST = 3


class Construct(NamedTuple):
    """A line of code by its tokens, and how a document tells it; both as hashes."""

    what: int
    told: int


class SetOfConstructs:
    """Counts how constructs are told, and answers how a pair compares with the whole set."""

    def __init__(self) -> None:
        self._told: defaultdict[int, dict[int, int]] = defaultdict(dict)

    def add(self, constructs: Iterable[Construct]) -> None:
        """Count those of one pair."""
        for what, told in constructs:
            counts = self._told[what]
            counts[told] = counts.get(told, 0) + 1

    def agreement(self, constructs: Iterable[Construct]) -> float:
        """The share of those constructs, of such as the set has twice, told as most of the set tells them; 1 for none."""
        seen = same = 0
        for what, told in constructs:
            counts = self._told[what]
            if sum(counts.values()) > 1:
                seen += 1
                same += counts.get(told, 0) == max(counts.values())
        return same / seen if seen else 1.0

    @property
    def consistency(self) -> tuple[int, int]:
        """How many places of constructs that stand in the set twice or more, and how many are told as most of them."""
        repeated = [counts for counts in self._told.values() if sum(counts.values()) > 1]
        return sum(sum(counts.values()) for counts in repeated), sum(
            max(counts.values()) for counts in repeated
        )


def constructs_of(source: str, expanded: str, language: str) -> list[Construct]:
    """The constructs of an exact pair; none where tokens cannot be laid side by side."""
    grammar = language_named(language)
    lead = "<?php\n" if language == "php" and "<?php" not in source else ""
    ours, theirs = (list(_leaves((lead + text).encode(), grammar)) for text in (source, expanded))
    if [leaf.text for leaf in ours] != [leaf.text for leaf in theirs]:
        return []
    written = (lead + expanded).encode()
    found: list[Construct] = []
    for first, last in _lines(ours):
        if last - first >= _LEAST:
            what = b"\0".join(leaf.text for leaf in ours[first:last])
            told = written[theirs[first].start : theirs[last - 1].end]
            found.append(Construct(_digest(language.encode() + b"\0" + what), _digest(told)))
    return found


class _Leaf(NamedTuple):
    text: bytes
    start: int
    end: int
    row: int


def _lines(leaves: list[_Leaf]) -> Iterator[tuple[int, int]]:
    """From where to where the tokens of each line stand."""
    first = 0
    for index in range(1, len(leaves) + 1):
        if index == len(leaves) or leaves[index].row != leaves[first].row:
            yield first, index
            first = index


def _leaves(data: bytes, grammar: Language) -> Iterator[_Leaf]:
    """The tokens that are neither white space, comment nor a docstring."""
    tree = grammar.parse(data)
    stack = [tree.root_node] if tree is not None else []
    while stack:
        node = stack.pop()
        if "comment" in node.type or (grammar.name == "python" and _is_docstring(node)):
            continue
        if node.child_count:
            stack.extend(reversed(node.children))
        elif text := data[node.start_byte : node.end_byte].strip():
            yield _Leaf(text, node.start_byte, node.end_byte, node.start_point[0])


def _is_docstring(node: object) -> bool:
    kind, children = getattr(node, "type", ""), getattr(node, "named_children", ())
    return kind == "expression_statement" and len(children) == 1 and children[0].type == "string"


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())
