"""The levels, in the order they are written: the tree first, because the others refer to it."""

from __future__ import annotations

from typing import Final

from aifirst_memory.concepts.level import ConceptsLevel
from aifirst_memory.graph.level import GraphLevel
from aifirst_memory.history.schema import SCHEMA as HISTORY_SCHEMA
from aifirst_memory.level import Level
from aifirst_memory.lexical.level import LexicalLevel
from aifirst_memory.shadow.level import ShadowLevel
from aifirst_memory.tags.level import TagsLevel
from aifirst_memory.tree.level import TreeLevel
from aifirst_memory.vectors.level import VectorsLevel
from aifirst_memory.writer import SCHEMA as WRITER_SCHEMA


def make_levels() -> tuple[Level, ...]:
    """A level each; some keep what they know between changes, so they belong to one writer."""
    return (
        TreeLevel(), TagsLevel(), LexicalLevel(), VectorsLevel(), GraphLevel(), ConceptsLevel(), ShadowLevel(),
    )  # fmt: skip


NAMES: Final = ("tree", "tags", "lexical", "vectors", "graph", "concepts", "shadow")
"""What the levels are called, in the same order."""


def schemas() -> tuple[str, ...]:
    """The tables of all levels, of the history and of the writer."""
    return (*(level.schema for level in make_levels()), HISTORY_SCHEMA, WRITER_SCHEMA)
