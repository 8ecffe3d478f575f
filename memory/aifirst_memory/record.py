"""A record: all that one file tells the index levels, computed once per content.

A record depends on the file's bytes, its language and the settings, on nothing else in the project. Levels
combine records; what needs more than one file (resolved edges, document frequencies) is theirs to derive.
It travels from a worker process to the writer, and onto the shelf of contents that a branch may bring back.
"""

from __future__ import annotations

import msgspec
from aifirst_codebase.units.unit import UnitKind

from aifirst_memory.concepts.part import ConceptsPart
from aifirst_memory.graph.part import GraphPart
from aifirst_memory.lexical.part import LexicalPart
from aifirst_memory.shadow.part import ShadowPart
from aifirst_memory.tags.part import TagsPart
from aifirst_memory.vectors.part import VectorsPart


class UnitRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One unit of a file, in the order of `Reading.units`; offsets are bytes of the decoded text.

    `start` and `end` enclose the definition with all nested in it; `spans` holds the starts and ends of the
    unit's own bytes in turn. Lines count from 1. `parent` is an index into the file's units, -1 for none.
    """

    name: str
    kind: UnitKind
    start: int
    end: int
    line: int
    end_line: int
    parent: int
    spans: tuple[int, ...]
    tokens: int
    glue_tokens: int
    total_tokens: int
    digest: bytes
    """First 8 bytes of the SHA-256 of the unit's own text."""


class FileRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One file. `digest` is the SHA-256, hex, of its bytes on disk."""

    digest: str
    language: str
    size: int
    lines: int
    tokens: int
    glue_tokens: int
    generated: bool
    broken: bool
    units: tuple[UnitRecord, ...]
    tags: TagsPart
    graph: GraphPart
    lexical: LexicalPart
    vectors: VectorsPart
    concepts: ConceptsPart
    shadow: ShadowPart | None = None
    """Of files that were asked for at a lower resolution, where it may be kept."""
