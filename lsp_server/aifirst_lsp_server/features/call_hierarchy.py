"""Call hierarchy: who calls a unit and whom it calls, by the dependency graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from lsprotocol import types

from aifirst_lsp_server.features.document_symbols import SYMBOL_KINDS
from aifirst_lsp_server.features.navigation import definition_wanted, last_part
from aifirst_lsp_server.word_locations import word_locations
from aifirst_lsp_server.workers.questions import find_edges
from aifirst_lsp_server.workers.questions.place_words import Wanted

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class _Kept(msgspec.Struct, frozen=True):
    """What an item keeps: its project and its id."""

    root: str
    id: str


def register(server: Server) -> None:
    """Register the requests."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, empty=None)
    async def prepare(params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem] | None:
        snapshot, state = (
            await server.current(params.text_document.uri),
            server.state(params.text_document.uri),
        )
        unit = snapshot.unit_at(snapshot.byte(params.position)) if snapshot is not None else None
        if snapshot is None or state is None or unit is None or not unit.name:
            return None
        whole = snapshot.range(unit.code_start, unit.code_end)
        name = snapshot.range(unit.name_start, unit.name_end)
        kept = msgspec.to_builtins(_Kept(state.folder.root, unit.id))
        kind = SYMBOL_KINDS.get(unit.kind, types.SymbolKind.Function)
        return [
            types.CallHierarchyItem(unit.name, kind, state.uri, whole, name, detail=state.path, data=kept)
        ]

    @server.feature(types.CALL_HIERARCHY_INCOMING_CALLS, empty=[])
    async def incoming(
        params: types.CallHierarchyIncomingCallsParams,
    ) -> list[types.CallHierarchyIncomingCall]:
        calls = await _calls(server, params.item, "in")
        return [types.CallHierarchyIncomingCall(item, places) for item, places in calls]

    @server.feature(types.CALL_HIERARCHY_OUTGOING_CALLS, empty=[])
    async def outgoing(
        params: types.CallHierarchyOutgoingCallsParams,
    ) -> list[types.CallHierarchyOutgoingCall]:
        calls = await _calls(server, params.item, "out")
        return [types.CallHierarchyOutgoingCall(item, places) for item, places in calls]


async def _calls(
    server: Server, item: types.CallHierarchyItem, direction: Literal["in", "out"]
) -> list[tuple[types.CallHierarchyItem, list[types.Range]]]:
    """The units at the other ends, each with the lines of its calls."""
    kept = msgspec.convert(item.data, _Kept)
    question = find_edges.Question(kept.root, kept.id, direction, ("calls",))
    answer = await server.librarian.ask(question, find_edges.Answer, urgent=True)
    edges = [edge for edge in answer.edges if edge.other.path]
    called = [kept.id if direction == "in" else edge.other.id for edge in edges]
    wanted = [Wanted(edge.path, edge.line, (last_part(id),)) for edge, id in zip(edges, called, strict=True)]
    ends = {edge.other.id: edge.other for edge in edges}
    found = await word_locations(
        server, kept.root, [*wanted, *(definition_wanted(end) for end in ends.values())]
    )
    places: dict[str, list[types.Range]] = {}
    for edge, place in zip(edges, found, strict=False):
        places.setdefault(edge.other.id, []).append(place.range)
    names = zip(ends.values(), found[len(edges) :], strict=True)
    return [(_item(kept.root, end, name), places[end.id]) for end, name in names]


def _item(root: str, end: find_edges.End, place: types.Location) -> types.CallHierarchyItem:
    name = end.id.partition("::")[2] or end.path
    first, last = place.range.start.line, place.range.end.line
    whole = types.Range(
        types.Position(min(max(0, end.line - 1), first), 0), types.Position(max(0, end.end_line, last + 1), 0)
    )
    kind = SYMBOL_KINDS.get(end.kind, types.SymbolKind.Function)
    kept = msgspec.to_builtins(_Kept(root, end.id))
    return types.CallHierarchyItem(name, kind, place.uri, whole, place.range, detail=end.path, data=kept)
