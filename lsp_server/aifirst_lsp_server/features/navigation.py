"""Definition, references and implementations: of tags and tickets, of requirements, and of code by the graph.

Tags are looked up in the index and in the open documents, whose text counts where it is newer than the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from aifirst_lsp_server.target_at import Target, target_at
from aifirst_lsp_server.word_locations import word_locations
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import find_edges, find_tags, list_tickets
from aifirst_lsp_server.workers.questions.place_words import Wanted

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
            return await _requirement_places(server, state, target.value, definitions=True)
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
            places = await _requirement_places(server, state, target.value, definitions=False)
            if with_definition:
                places += await _requirement_places(server, state, target.value, definitions=True)
            return _unique(places)
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
        ends = [definition_wanted(edge.other) for edge in answer.edges]
        return _unique(await word_locations(server, state.folder.root, ends))


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
    rows = tuple(row for row in rows if row.path not in opened)
    found = await word_locations(server, state.folder.root, [tag_wanted(row) for row in rows])
    return places + [(place, row.role) for place, row in zip(found, rows, strict=True)]


def tag_wanted(row: find_tags.FoundAnchor) -> Wanted:
    """A tag of the index as what has to be found on its line: whole, else its value."""
    whole = f"@TAG:{row.category}:{row.value}" if row.value else f"@TAG:{row.category}"
    return Wanted(row.path, row.line, (whole, row.value, row.text) if row.value else (whole,))


async def _requirement_places(
    server: Server, state: DocumentState, id: str, *, definitions: bool
) -> list[types.Location]:
    """Where a requirement is set down (its ticket, the specification), or where code and tests name it.

    Tickets number their requirements each for itself: where this file belongs to some that have the id, only these count.
    Without an index only what is open is known.
    """
    try:
        asked = list_tickets.Question(state.folder.root)
        tickets = await server.librarian.ask(asked, list_tickets.Answer, urgent=True)
    except WorkerError:
        return _open_requirement_places(server, id, definitions=definitions)
    having = [(ticket, one) for ticket in tickets for one in ticket.requirements if one.id == id]
    own = [pair for pair in having if state.path in _paths_of(*pair)] or having
    wanted: list[Wanted] = []
    for ticket, one in own:
        if definitions:
            wanted.append(Wanted(ticket.path, one.line, (id,)))
        wanted += [
            Wanted(place.path, place.line, (id,)) for place in (one.specified if definitions else one.places)
        ]
    if not wanted:
        return _open_requirement_places(server, id, definitions=definitions)
    return _unique(await word_locations(server, state.folder.root, list(dict.fromkeys(wanted))))


def _paths_of(ticket: list_tickets.ListedTicket, one: list_tickets.Requirement) -> set[str]:
    return {ticket.path, *(place.path for place in (*one.places, *one.specified))}


def _open_requirement_places(server: Server, id: str, *, definitions: bool) -> list[types.Location]:
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
    named = [edge for edge in answer.edges if last_part(edge.other.id) == target.value]
    here = [edge for edge in named if edge.line == line] or named
    ends = [definition_wanted(edge.other) for edge in here]
    return _unique(await word_locations(server, state.folder.root, ends))


async def _code_references(
    server: Server, state: DocumentState, target: Target, *, with_definition: bool
) -> list[types.Location]:
    ids: list[str] = []
    if target.defines and target.unit is not None:
        ids = [target.unit.id]
    elif target.unit is not None:
        answer = await _edges(server, state, target.unit.id, "out")
        ids = [edge.other.id for edge in answer.edges if last_part(edge.other.id) == target.value]
    wanted: list[Wanted] = []
    for id in dict.fromkeys(ids):
        answer = await _edges(server, state, id, "in")
        if with_definition and answer.node is not None:
            wanted.append(definition_wanted(answer.node))
        wanted += [Wanted(edge.path, edge.line, (last_part(id),)) for edge in answer.edges if edge.line]
    return _unique(await word_locations(server, state.folder.root, wanted))


async def _edges(server: Server, state: DocumentState, id: str, direction: str) -> find_edges.Answer:
    way = "in" if direction == "in" else "out"
    question = find_edges.Question(state.folder.root, id, way)
    return await server.librarian.ask(question, find_edges.Answer, urgent=True)


def definition_wanted(end: find_edges.End) -> Wanted:
    """A node of the graph as what has to be found in its file: a unit by its name, a file by its first line."""
    is_unit = "::" in end.id
    return Wanted(end.path, max(1, end.line), (last_part(end.id),) if is_unit else (), defines=is_unit)


def last_part(id: str) -> str:
    """The name by which code speaks of a node: a unit's last name, a file's without its ending."""
    if "::" not in id and "/" in id:
        file = id.rstrip("/").rpartition("/")
        return (
            file[0].rpartition("/")[2] if file[2].startswith("__init__.") else file[2].partition(".")[0]
        ) or id
    return re.split(r"::|[./]", id)[-1].partition("#")[0]


def _unique(places: Iterable[types.Location]) -> list[types.Location]:
    found: dict[tuple[str, int, int], types.Location] = {}
    for place in places:
        start = place.range.start
        found.setdefault((place.uri, start.line, start.character), place)
    return list(found.values())
