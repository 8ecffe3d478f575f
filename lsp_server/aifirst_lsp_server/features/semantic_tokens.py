"""Semantic tokens for glue: tags, tickets, steps and other markers get a colour of their own.

Only these: what the code means is told by the language's own server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot

TOKEN_TYPES = ("aifirstTag", "aifirstTicket", "aifirstStep", "aifirstMarker")
"""A client that knows none of them falls back to how it shows comments."""
_LEGEND = types.SemanticTokensLegend(token_types=list(TOKEN_TYPES), token_modifiers=[])
_TAG, _TICKET, _STEP, _MARKER = range(4)

Stretch = tuple[int, int, int]


def register(server: Server) -> None:
    """Register tokens of whole documents and of ranges."""

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND, empty=types.SemanticTokens([]))
    async def whole(params: types.SemanticTokensParams) -> types.SemanticTokens:
        snapshot = await _wanted(server, params.text_document.uri)
        return types.SemanticTokens([] if snapshot is None else encoded(snapshot, stretches(snapshot)))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, _LEGEND, empty=types.SemanticTokens([]))
    async def part(params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        snapshot = await _wanted(server, params.text_document.uri)
        if snapshot is None:
            return types.SemanticTokens([])
        start, end = snapshot.bytes(params.range)
        inside = [one for one in stretches(snapshot) if one[0] < end and start < one[1]]
        return types.SemanticTokens(encoded(snapshot, inside))


async def _wanted(server: Server, uri: str) -> Snapshot | None:
    state = server.state(uri)
    if state is None or not state.folder.settings.semantic_tokens.enable:
        return None
    return await server.current(uri)


def stretches(snapshot: Snapshot) -> list[Stretch]:
    """What is coloured, (start, end, type) in bytes, in order and apart: of what overlaps the first one counts."""
    analysis = snapshot.analysis
    found: list[Stretch] = [(tag.start, tag.end, _TAG) for tag in analysis.tags]
    for ticket in analysis.tickets:
        found += [(one.title_start, one.title_end, _TICKET) for one in ticket.sections]
        found += [(one.start, one.end, _TICKET) for one in ticket.requirements]
    found += [(one.start, one.end, _STEP if one.kind == "STEP" else _MARKER) for one in analysis.markers]
    found.sort()
    apart: list[Stretch] = []
    for start, end, kind in found:
        if end > start and (not apart or start >= apart[-1][1]):
            apart.append((start, end, kind))
    return apart


def encoded(snapshot: Snapshot, found: Iterable[Stretch]) -> list[int]:
    """The numbers of the protocol: five a token, each place relative to the one before; a token a line."""
    numbers: list[int] = []
    line = column = 0
    for start, end, kind in found:
        for one_start, one_end in _by_line(snapshot, start, end):
            at = snapshot.range(one_start, one_end)
            length = at.end.character - at.start.character
            if length <= 0:
                continue
            more = at.start.line - line
            numbers += [more, at.start.character - (0 if more else column), length, kind, 0]
            line, column = at.start.line, at.start.character
    return numbers


def _by_line(snapshot: Snapshot, start: int, end: int) -> Iterable[tuple[int, int]]:
    lines = snapshot.lines
    for number in range(lines.line_of(start), lines.line_of(max(start, end - 1)) + 1):
        yield max(start, lines.line_start(number)), min(end, lines.line_end(number))
