"""The template of units that are alike: what all of them have stays, what differs is a hole (anti-unification)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from aifirst_compiler.aiccl.patterns.lexemes import WORD, Node, leaves, text_of, words_in

_WORD_END = re.compile(r"[^A-Za-z0-9]")

Column = tuple[str, ...]
"""What the units have at one place, in their order."""


class Template(NamedTuple):
    """The parts, the values of each hole by unit, and how many words are the same in all."""

    parts: tuple[str | int, ...]
    columns: tuple[Column, ...]
    fixed: int


def generalise(units: Sequence[tuple[Node, ...]]) -> Template:
    """The template of units with one outer shape, at least one; one value that stands in several places is one hole."""
    parts: list[str | int] = []
    columns: dict[Column, int] = {}
    fixed = 0
    for nodes in _aligned(units):
        texts = tuple(map(text_of, nodes))
        if len(set(texts)) == 1:
            parts.append(texts[0])
            node = nodes[0]
            fixed += words_in((node,) if isinstance(node, str) else leaves(node))
            continue
        before, core, behind = _core(texts)
        parts += (before, columns.setdefault(core, len(columns)), behind)
    return _without_neighbours(Template(_joined(parts), tuple(columns), fixed))


def _aligned(units: Sequence[tuple[Node, ...]]) -> list[tuple[Node, ...]]:
    """What stands at each place of all units; brackets are opened where those of all units are alike inside."""
    places: list[tuple[Node, ...]] = []
    stack = list(reversed(list(zip(*units, strict=True))))
    while stack:
        nodes = stack.pop()
        groups = [node for node in nodes if not isinstance(node, str)]
        if len(groups) == len(nodes) and len({len(group) for group in groups}) == 1:
            stack.extend(reversed(list(zip(*groups, strict=True))))
        else:
            places.append(nodes)
    return places


def _core(texts: Column) -> tuple[str, Column, str]:
    """What all words or texts in quotes begin with, what is their own, and what all end with: `get_name` and `get_size`
    differ in a part. Only whole words are told apart, where `_` ends one."""
    if not (all(map(WORD.fullmatch, texts)) or all(text[0] in "\"'`" for text in texts)):
        return "", texts, ""
    before = _beginning(texts)
    before = before[: max((end.end() for end in _WORD_END.finditer(before)), default=0)]
    rest = [text[len(before) :] for text in texts]
    behind = _beginning([text[::-1] for text in rest])[::-1]
    start = _WORD_END.search(behind)
    behind = behind[start.start() :] if start else ""
    core = tuple(text.removesuffix(behind) for text in rest)
    return (before, core, behind) if all(core) else ("", texts, "")


def _beginning(texts: Sequence[str]) -> str:
    """What all texts begin with: what the least and the greatest of them do."""
    least, greatest = min(texts), max(texts)
    for index, sign in enumerate(least):
        if sign != greatest[index]:
            return least[:index]
    return least


def _without_neighbours(made: Template) -> Template:
    """The template with holes that stand only beside one another made one hole."""
    uses = Counter(part for part in made.parts if isinstance(part, int))
    numbers: dict[Column, int] = {}
    parts: list[str | int] = []
    for alone, run in groupby(made.parts, lambda part: isinstance(part, int) and uses[part] == 1):
        if not alone:
            parts += [
                numbers.setdefault(made.columns[part], len(numbers)) if isinstance(part, int) else part
                for part in run
            ]
            continue
        columns = [made.columns[part] for part in run if isinstance(part, int)]
        parts.append(numbers.setdefault(tuple(map("".join, zip(*columns, strict=True))), len(numbers)))
    return Template(tuple(parts), tuple(numbers), made.fixed)


def _joined(parts: Sequence[str | int]) -> tuple[str | int, ...]:
    joined: list[str | int] = []
    for part in parts:
        last = joined[-1] if joined else 0
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        elif part != "":
            joined.append(part)
    return tuple(joined)
