"""Inlay hints: what a long unit costs, where it ends. Off unless the settings ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot

_FROM_LINES = 20
"""Units shorter than this are seen whole, with the lens above them."""


def register(server: Server) -> None:
    """Register the request."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintOptions(resolve_provider=False), empty=[])
    async def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        state = server.state(params.text_document.uri)
        if state is None or not state.folder.settings.inlay_hints.enable:
            return []
        snapshot = await server.current(params.text_document.uri)
        return [] if snapshot is None else inlay_hints(snapshot, params.range)


def inlay_hints(snapshot: Snapshot, place: types.Range) -> list[types.InlayHint]:
    """A hint behind the last line of each long unit that ends within the range."""
    found: list[types.InlayHint] = []
    for unit in snapshot.analysis.units[1:]:
        if unit.lines < _FROM_LINES:
            continue
        end = snapshot.position(unit.code_end)
        if place.start.line <= end.line <= place.end.line:
            name = unit.name.rpartition(".")[2]
            label = f"{name}: {unit.total_tokens:,} tokens"
            found.append(types.InlayHint(end, label, padding_left=True))
    return found
