"""One file on its way into the graph: its nodes, and the facts that its language takes from it.

A function of path and content alone, so that it may run in any process and be kept by content. What the index knows
of the content already, its units with their figures, is taken from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec
from aifirst_codebase.interruption import interruption_in
from aifirst_codebase.languages import Language, language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED, get_counter

from aifirst_memory.dependencies.model import Node, unit_node
from aifirst_memory.dependencies.registry import resolver_for, resolver_of_manifest
from aifirst_memory.dependencies.resolver import FileFacts, LanguageResolver, ParsedFile, TreeReader
from aifirst_memory.masked_names import mask_names
from aifirst_memory.record import UnitRecord

NOTHING = FileFacts((), {}, b"")


class ReadFile(msgspec.Struct, frozen=True, gc=False):
    """What a file gives by itself. `resolver` is the name of what read it, empty where no resolver does.

    `facts` hold nothing then. `nodes` are the file and its units, the file first, empty for a mere manifest.
    `problem` says what of the file is not in the graph and why, empty where all of it is.
    """

    path: str
    resolver: str
    nodes: tuple[Node, ...]
    facts: FileFacts
    problem: str = ""


def read_file(
    source: SourceFile, tokenizer: str = "o200k_base", known: Sequence[UnitRecord] = ()
) -> ReadFile | None:
    """Read a decoded file; None where it is in no known language and no manifest either.

    `known` are its units where the index has them, and empty elsewhere; the result is the same, for half the work.
    """
    path = source.path
    manifest = resolver_of_manifest(path)
    language = language_of(path, source.data)
    if language is None and manifest is None:
        return None
    resolver = None if language is None or manifest is not None else resolver_for(language.name)
    nodes, facts = (
        ((), None) if language is None else _by_language(source, language, resolver, tokenizer, known)
    )
    if manifest is not None:
        return _with_facts(path, manifest, nodes, partial(manifest.read_manifest, path, source.data))
    if resolver is None or facts is None:
        return ReadFile(path, "", nodes, NOTHING)
    return _with_facts(path, resolver, nodes, facts)


def _by_language(
    source: SourceFile,
    language: Language,
    resolver: LanguageResolver | None,
    tokenizer: str,
    known: Sequence[UnitRecord],
) -> tuple[tuple[Node, ...], Callable[[], FileFacts] | None]:
    """The nodes of a file in a known language, and what gives its facts; None where no resolver is to."""
    if known:
        nodes = _known_nodes(source.path, known, source.data)
        if resolver is None:
            return nodes, None
        if isinstance(resolver, TreeReader):
            return nodes, partial(_read_tree, resolver, source, language, known)
    reading = read(source, language, UNCOUNTED if known else get_counter(tokenizer))
    mask_names(reading)
    facts = None if resolver is None else partial(resolver.read, reading)
    return _known_nodes(source.path, known, source.data) if known else file_nodes(reading), facts


def _with_facts(
    path: str, resolver: LanguageResolver, nodes: tuple[Node, ...], facts: Callable[[], FileFacts]
) -> ReadFile:
    """The file with what its language takes from it; a resolver that fails on it does not cost it its nodes."""
    try:
        found = facts()
    except Exception as error:
        if interruption_in(error) is not None or isinstance(error, MemoryError):
            raise
        told = f"{path}: its dependencies could not be read: {type(error).__name__}: {error}"
        return ReadFile(path, resolver.name, nodes, NOTHING, told)
    return ReadFile(path, resolver.name, nodes, found, found.notice)


def _read_tree(
    resolver: TreeReader, source: SourceFile, language: Language, known: Sequence[UnitRecord]
) -> FileFacts:
    tree = language.parse(source.data) or language.parser.parse(b"")
    units = tuple([(unit.line, unit.name) for unit in known[1:]])
    return resolver.read_tree(ParsedFile(source.path, source.data, language, tree, units))


def file_nodes(reading: Reading) -> tuple[Node, ...]:
    """The nodes of a file: the file itself, which is also its top-level code, and its units in their order."""
    line_of = reading.lines.line_of
    units = (
        (
            unit.name, unit.kind, line_of(unit.code_start) + 1, line_of(max(unit.end - 1, unit.start)) + 1,
            unit.parent, unit.tokens, unit.glue_tokens,
        )
        for unit in reading.units
    )  # fmt: skip
    return _nodes(reading.path, units, reading.data, reading.tokens, reading.glue_tokens)


def _known_nodes(path: str, known: Sequence[UnitRecord], data: bytes) -> tuple[Node, ...]:
    """The same from what the index has of the units."""
    units = (
        (unit.name, unit.kind, unit.line, unit.end_line, unit.parent, unit.tokens, unit.glue_tokens)
        for unit in known
    )
    tokens = known[0].total_tokens
    return _nodes(path, units, data, tokens, min(sum(unit.glue_tokens for unit in known), tokens))


def _nodes(
    path: str,
    units: Iterator[tuple[str, str, int, int, int, int, int]],
    data: bytes,
    tokens: int,
    glue_tokens: int,
) -> tuple[Node, ...]:
    folder, _, name = path.rpartition("/")
    found = [
        Node(
            id=path, kind="file", name=name, path=path, line=1, end_line=data.count(b"\n") + 1,
            parent=f"{folder}/" if folder else "", tokens=tokens, glue_tokens=glue_tokens,
        )
    ]  # fmt: skip
    next(units)
    for name, kind, line, end_line, parent, own, glue in units:
        # A unit's parent stands before it.
        above = found[parent].id if parent > 0 else path
        found.append(
            Node(
                id=unit_node(path, name), kind="unit", name=name, path=path, line=line, end_line=end_line,
                parent=above, unit_kind=kind, tokens=own, glue_tokens=glue,
            )
        )  # fmt: skip
    return tuple(found)
