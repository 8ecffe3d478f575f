"""Workspace symbols: units of all open projects by name, and tags by value after an `@`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from aifirst_lsp_server.features.document_symbols import SYMBOL_KINDS
from aifirst_lsp_server.features.navigation import tag_wanted
from aifirst_lsp_server.word_locations import word_locations
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import find_names, find_tags
from aifirst_lsp_server.workers.questions.place_words import Wanted

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_MOST = 200


def register(server: Server) -> None:
    """Register the request."""

    @server.feature(types.WORKSPACE_SYMBOL, types.WorkspaceSymbolOptions(resolve_provider=False), empty=[])
    async def symbols(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found: list[types.WorkspaceSymbol] = []
        for root in server.folders.roots:
            try:
                found += await (_tags if params.query.startswith("@") else _names)(server, root, params.query)
            except WorkerError:
                continue
        return found[:_MOST]


async def _names(server: Server, root: str, query: str) -> list[types.WorkspaceSymbol]:
    question = find_names.Question(root, query.strip(), _MOST, loose=True)
    names = await server.librarian.ask(question, find_names.Answer, urgent=True)
    wanted = [Wanted(one.path, one.line, (one.last,), defines=True) for one in names]
    symbols: list[types.WorkspaceSymbol] = []
    for one, place in zip(names, await word_locations(server, root, wanted), strict=True):
        kind = SYMBOL_KINDS.get(one.kind, types.SymbolKind.Function)
        holder = one.name.rpartition(".")[0] or one.path
        symbols.append(types.WorkspaceSymbol(place, one.last, kind, container_name=holder))
    return symbols


async def _tags(server: Server, root: str, query: str) -> list[types.WorkspaceSymbol]:
    """Tags that hold what was typed, with or without the `@TAG:` before it."""
    wanted = query.lower().removeprefix("@").removeprefix("tag:")
    rows = await server.librarian.ask(find_tags.Question(root), find_tags.Answer, urgent=True)
    found = [one for one in rows if one.value and wanted in f"{one.category}:{one.value}".lower()][:_MOST]
    places = await word_locations(server, root, [tag_wanted(one) for one in found])
    return [
        types.WorkspaceSymbol(
            place, f"@TAG:{one.category}:{one.value}", types.SymbolKind.Key, container_name=one.path
        )
        for one, place in zip(found, places, strict=True)
    ]
