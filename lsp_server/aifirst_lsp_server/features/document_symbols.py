"""Document symbols: the units of a file as they lie in each other, tickets among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from aifirst_lsp_server.analysis.analysis import FoundUnit

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot

SYMBOL_KINDS = {
    "class": types.SymbolKind.Class, "function": types.SymbolKind.Function, "section": types.SymbolKind.String,
    "rule": types.SymbolKind.Property, "statement": types.SymbolKind.Event, "block": types.SymbolKind.Object,
}  # fmt: skip
"""By the kind of a unit; a function that a class holds is a method."""


def register(server: Server) -> None:
    """Register the request; a client that knows no tree gets a flat list."""

    @server.feature(
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolOptions(label="aifirst"), empty=[]
    )
    async def symbols(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        snapshot = await server.current(params.text_document.uri)
        if snapshot is not None and not snapshot.analysis.parsed:
            snapshot = server.last(params.text_document.uri, good=True)
        if snapshot is None:
            return []
        tree = symbol_tree(snapshot)
        return tree if _knows_trees(server) else _flat(tree, params.text_document.uri)


def symbol_tree(snapshot: Snapshot) -> list[types.DocumentSymbol]:
    """The units below the module's own, each in the one that holds it, in order of the text."""
    held: dict[int, list[types.DocumentSymbol]] = {}
    units = snapshot.analysis.units
    for index, unit in list(enumerate(units))[:0:-1]:  # what a unit holds comes after it
        is_method = unit.parent > 0 and units[unit.parent].kind == "class"
        symbol = _symbol(snapshot, unit, is_method=is_method)
        symbol.children = held.get(index, [])[::-1]
        held.setdefault(max(0, unit.parent), []).append(symbol)
    return held.get(0, [])[::-1]


def _symbol(snapshot: Snapshot, unit: FoundUnit, *, is_method: bool) -> types.DocumentSymbol:
    kind = SYMBOL_KINDS.get(unit.kind, types.SymbolKind.Function)
    if kind == types.SymbolKind.Function and is_method:
        kind = types.SymbolKind.Method
    name = snapshot.text(unit.name_start, unit.name_end) or unit.name.rpartition(".")[2]
    whole = snapshot.range(unit.start, unit.end)
    name_range = snapshot.range(unit.name_start, unit.name_end)
    detail = f"{unit.total_tokens:,} tokens"
    return types.DocumentSymbol(name or "?", kind, whole, name_range, detail)


def _knows_trees(server: Server) -> bool:
    text_document = server.client_capabilities.text_document
    asked = text_document.document_symbol if text_document is not None else None
    return asked is not None and bool(asked.hierarchical_document_symbol_support)


def _flat(tree: list[types.DocumentSymbol], uri: str, holder: str = "") -> list[types.SymbolInformation]:
    found: list[types.SymbolInformation] = []
    for symbol in tree:
        place = types.Location(uri, symbol.range)
        found.append(types.SymbolInformation(place, symbol.name, symbol.kind, container_name=holder or None))
        found += _flat(list(symbol.children or ()), uri, symbol.name)
    return found
