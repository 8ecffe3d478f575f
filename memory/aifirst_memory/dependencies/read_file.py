"""One file on its way into the graph: its nodes, and the facts that its language takes from it.

A function of path and content alone, so that it may run in any process and be kept by content.
"""

from __future__ import annotations

import msgspec
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter

from aifirst_memory.dependencies.model import Node, unit_node
from aifirst_memory.dependencies.registry import resolver_for, resolver_of_manifest
from aifirst_memory.dependencies.resolver import FileFacts

NOTHING = FileFacts((), {}, b"")


class ReadFile(msgspec.Struct, frozen=True, gc=False):
    """What a file gives by itself. `resolver` is the name of what read it, empty where no resolver does.

    `facts` hold nothing then. `nodes` are the file and its units, the file first, empty for a mere manifest.
    """

    path: str
    resolver: str
    nodes: tuple[Node, ...]
    facts: FileFacts


def read_file(source: SourceFile, tokenizer: str = "o200k_base") -> ReadFile | None:
    """Read a decoded file; None where it is in no known language and no manifest either."""
    path = source.path
    manifest = resolver_of_manifest(path)
    language = language_of(path, source.data)
    if language is None:
        if manifest is None:
            return None
        return ReadFile(path, manifest.name, (), manifest.read_manifest(path, source.data))
    reading = read(source, language, get_counter(tokenizer))
    nodes = file_nodes(reading)
    if manifest is not None:
        return ReadFile(path, manifest.name, nodes, manifest.read_manifest(path, source.data))
    resolver = resolver_for(language.name)
    if resolver is None:
        return ReadFile(path, "", nodes, NOTHING)
    return ReadFile(path, resolver.name, nodes, resolver.read(reading))


def file_nodes(reading: Reading) -> tuple[Node, ...]:
    """The nodes of a file: the file itself, which is also its top-level code, and its units in their order."""
    path, line_of = reading.path, reading.lines.line_of
    folder, _, name = path.rpartition("/")
    found = [
        Node(
            id=path, kind="file", name=name, path=path, line=1, end_line=reading.data.count(b"\n") + 1,
            parent=f"{folder}/" if folder else "", tokens=reading.tokens, glue_tokens=reading.glue_tokens,
        )
    ]  # fmt: skip
    units = reading.units
    for unit in units[1:]:
        above = units[unit.parent].name if unit.parent > 0 else ""
        found.append(
            Node(
                id=unit_node(path, unit.name), kind="unit", name=unit.name, path=path,
                line=line_of(unit.code_start) + 1, end_line=line_of(max(unit.end - 1, unit.start)) + 1,
                parent=unit_node(path, above), unit_kind=unit.kind, tokens=unit.tokens, glue_tokens=unit.glue_tokens,
            )
        )  # fmt: skip
    return tuple(found)
