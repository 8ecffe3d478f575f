"""Definition, references and implementations: of tags and tickets, of requirements, and of code by the graph.

Tags are looked up in the index and in the open documents, whose text counts where it is newer than the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from aifirst_lsp_server.folders import uri_of
from aifirst_lsp_server.target_at import Target, target_at
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import find_edges, find_tags

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState, Snapshot

_TAG_NAMES = ("SPEC", "RELATED")
"""Categories whose value may name a tag of any other category."""


def register(server: Server) -> None:
    """Register the requests."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION, empty=[])
    async def definition(params: types.DefinitionParams) -> list[types.Location]:
        found = await _target(server, params.text_document.uri, params.position)
        if found is None:
            return []
        state, snapshot, target = found
        if target.kind == "tag":
            return [place for place, role in await tag_places(server, state, target) if role == "definition"]
        if target.kind == "requirement":
            return _requirement_places(server, target.value, definitions=True)
        return await _code_definition(server, state, snapshot, target)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES, empty=[])
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        found = await _target(server, params.text_document.uri, params.position)
        if found is None:
            return []
        state, _, target = found
        with_definition = params.context.include_declaration
        if target.kind == "tag":
            places = await tag_places(server, state, target)
            return [place for place, role in places if with_definition or role != "definition"]
        if target.kind == "requirement":
            return _requirement_places(server, target.value, definitions=False)
        return await _code_references(server, state, target, with_definition=with_definition)

    @server.feature(types.TEXT_DOCUMENT_IMPLEMENTATION, empty=[])
    async def implementation(params: types.ImplementationParams) -> list[types.Location]:
        found = await _target(server, params.text_document.uri, params.position)
        if found is None or found[2].kind != "name" or not found[2].defines:
            return []
        state, _, target = found
        unit = target.unit.id if target.unit is not None else ""
        question = find_edges.Question(state.folder.root, unit, "in", ("inherits", "overrides"))
        answer = await server.librarian.ask(question, find_edges.Answer, urgent=True)
        return _unique(end_location(state.folder.root, edge.other) for edge in answer.edges)


async def _target(
    server: Server, uri: str, position: types.Position
) -> tuple[DocumentState, Snapshot, Target] | None:
    snapshot, state = await server.current(uri), server.state(uri)
    if snapshot is None or state is None:
        return None
    target = target_at(snapshot, snapshot.byte(position))
    return None if target is None else (state, snapshot, target)


async def tag_places(
    server: Server, state: DocumentState, target: Target
) -> list[tuple[types.Location, str]]:
    """Where a tag stands, and in which role; open documents as they are, other files as they were indexed."""
    category = "" if target.category in _TAG_NAMES else target.category
    places: list[tuple[types.Location, str]] = []
    opened: set[str] = set()
    for other in server.documents:
        if other.folder.root != state.folder.root or other.last is None:
            continue
        opened.add(other.path)
        last = other.last
        places += [
            (types.Location(other.uri, last.range(tag.start, tag.end)), tag.role)
            for tag in last.analysis.tags
            if tag.value == target.value and category in ("", tag.category)
        ]
    try:
        question = find_tags.Question(state.folder.root, category, target.value)
        rows = await server.librarian.ask(question, find_tags.Answer, urgent=True)
    except WorkerError:
        rows = ()
    root = state.folder.root
    return places + [
        (line_location(root, row.path, row.line), row.role) for row in rows if row.path not in opened
    ]


def _requirement_places(server: Server, id: str, *, definitions: bool) -> list[types.Location]:
    """Where open documents name a requirement: its ticket's own line, or every place."""
    word = re.compile(rb"(?i)(?<![a-z0-9])" + re.escape(id.encode()) + rb"(?![a-z0-9])")
    places: list[types.Location] = []
    for state in server.documents:
        if state.last is None:
            continue
        if definitions:
            found = [
                (one.start, one.end)
                for ticket in state.last.analysis.tickets
                for one in ticket.requirements
                if one.id == id
            ]
        else:
            found = [match.span() for match in word.finditer(state.last.data)]
        places += [types.Location(state.uri, state.last.range(start, end)) for start, end in found]
    return places


async def _code_definition(
    server: Server, state: DocumentState, snapshot: Snapshot, target: Target
) -> list[types.Location]:
    """The unit itself on its own name; else what the unit around uses on this line by this name."""
    if target.unit is None:
        return []
    if target.defines:
        place = snapshot.range(target.unit.name_start, target.unit.name_end)
        return [types.Location(state.uri, place)]
    answer = await _edges(server, state, target.unit.id, "out")
    line = snapshot.lines.line_of(target.start) + 1
    named = [edge for edge in answer.edges if _last_part(edge.other.id) == target.value]
    here = [edge for edge in named if edge.line == line] or named
    return _unique(end_location(state.folder.root, edge.other) for edge in here)


async def _code_references(
    server: Server, state: DocumentState, target: Target, *, with_definition: bool
) -> list[types.Location]:
    ids: list[str] = []
    if target.defines and target.unit is not None:
        ids = [target.unit.id]
    elif target.unit is not None:
        answer = await _edges(server, state, target.unit.id, "out")
        ids = [edge.other.id for edge in answer.edges if _last_part(edge.other.id) == target.value]
    places: list[types.Location] = []
    for id in dict.fromkeys(ids):
        answer = await _edges(server, state, id, "in")
        if with_definition and answer.node is not None:
            places.append(end_location(state.folder.root, answer.node))
        places += [
            line_location(state.folder.root, edge.path, edge.line) for edge in answer.edges if edge.line
        ]
    return _unique(places)


async def _edges(server: Server, state: DocumentState, id: str, direction: str) -> find_edges.Answer:
    way = "in" if direction == "in" else "out"
    question = find_edges.Question(state.folder.root, id, way)
    return await server.librarian.ask(question, find_edges.Answer, urgent=True)


def line_location(root: str, path: str, line: int) -> types.Location:
    """A line, from 1, of a file as it is on disk."""
    at = types.Position(max(0, line - 1), 0)
    return types.Location(uri_of(Path(root) / path), types.Range(at, at))


def end_location(root: str, end: find_edges.End) -> types.Location:
    """Where a node of the graph begins."""
    return line_location(root, end.path, max(1, end.line))


def _last_part(id: str) -> str:
    return re.split(r"::|[./]", id)[-1].partition("#")[0]


def _unique(places: Iterable[types.Location]) -> list[types.Location]:
    found: dict[tuple[str, int, int], types.Location] = {}
    for place in places:
        start = place.range.start
        found.setdefault((place.uri, start.line, start.character), place)
    return list(found.values())
