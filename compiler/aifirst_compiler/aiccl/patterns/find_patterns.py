"""Finds a project's patterns among its units: those alike in all structure, then those alike but for brackets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aifirst_compiler.aiccl.patterns.generalise import Template, generalise
from aifirst_compiler.aiccl.patterns.lexemes import (
    Node,
    full_shape,
    leaves,
    outer_shape,
    read_nodes,
    words_in,
)
from aifirst_compiler.aiccl.patterns.name_pattern import name_pattern
from aifirst_compiler.aiccl.patterns.pattern import Instance, Pattern

Shape = tuple[str, ...]
MAX_HOLES = 9
_MIN_WORDS = 6
_MAX_WORDS = 2000
"""A bound on what units made to be slow can cost; larger ones are hardly ever alike."""
_FIXED = 0.5
"""The share of a pattern's words that all its units have."""


class UnitText(NamedTuple):
    """A unit's code in file `file`: its qualified name, its kind, and its text from `start` on."""

    file: int
    name: str
    is_class: bool
    start: int
    text: str


class _Read(NamedTuple):
    unit: UnitText
    nodes: tuple[Node, ...]
    words: int


def find_patterns(units: Iterable[UnitText]) -> list[Pattern]:
    """The patterns of at least two units, those of most text that need not stand again first. A unit has at most one."""
    exact: dict[tuple[bool, Shape], list[_Read]] = {}
    for unit in units:
        nodes = read_nodes(unit.text)
        words = words_in(leaves(nodes))
        if _MIN_WORDS <= words <= _MAX_WORDS:
            exact.setdefault((unit.is_class, full_shape(nodes)), []).append(_Read(unit, nodes, words))
    outer: dict[tuple[bool, Shape], list[tuple[Shape, list[_Read]]]] = {}
    for (is_class, shape), group in exact.items():
        outer.setdefault((is_class, outer_shape(group[0].nodes)), []).append((shape, group))
    found: list[Pattern] = []
    for (_, shape), groups in outer.items():
        merged = _pattern([read for _, group in groups for read in group], shape) if len(groups) > 1 else None
        found += [merged] if merged else filter(None, (_pattern(group, inner) for inner, group in groups))
    return sorted(found, key=lambda pattern: (-_repeated(pattern), pattern.id))


def _repeated(pattern: Pattern) -> int:
    """Characters of the template that all its instances but one need not have."""
    return sum(len(part) for part in pattern.template if isinstance(part, str)) * (len(pattern.instances) - 1)


def _pattern(reads: Sequence[_Read], shape: Shape) -> Pattern | None:
    """The pattern of units of one shape; None where too little of them is the same."""
    if len(reads) < 2:
        return None
    made = generalise([read.nodes for read in reads])
    if len(made.columns) > MAX_HOLES or made.fixed < _FIXED * max(read.words for read in reads):
        return None
    digest = hashlib.sha256("\n".join(shape).encode()).hexdigest()[:6]
    name = name_pattern(
        [read.unit.name for read in reads], reads[0].unit.text, is_class=reads[0].unit.is_class
    )
    instances = tuple(_instance(read.unit, made, index) for index, read in enumerate(reads))
    return Pattern(f"{name}-{digest}", name, made.parts, len(made.columns), instances)


def _instance(unit: UnitText, made: Template, index: int) -> Instance:
    values = tuple(column[index] for column in made.columns)
    return Instance(unit.file, unit.name, unit.start, unit.start + len(unit.text), values)
