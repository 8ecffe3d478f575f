"""`aifirst/graphPage` and `aifirst/impact`: the dependency graph as a page, and what a change may break."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from aifirst_lsp_server.folders import relative_path, uri_of
from aifirst_lsp_server.messages.context import Place
from aifirst_lsp_server.target_at import place_on_line
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import count_dependents, draw_graph, find_impact

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_PATIENCE = 120.0
"""Seconds that the page of a large project may take."""


class PageParams(msgspec.Struct, frozen=True):
    """The project of a document, else the first one that is open."""

    uri: str | None = None


class ImpactParams(msgspec.Struct, frozen=True):
    """A document, and a unit of its project by id, else the one at a position in it, else the whole file."""

    uri: str
    position: Place | None = None
    id: str | None = None
    depth: int | None = None


def register(server: Server) -> None:
    """Register the messages, and what lenses tell of dependents."""

    @server.message("aifirst/graphPage", PageParams)
    async def page(params: PageParams) -> draw_graph.Answer:
        roots = [server.folders.of(params.uri).root] if params.uri is not None else server.folders.roots
        if not roots:
            raise WorkerError("No folder is open.", "Open a folder first.")
        return await server.librarian.ask(
            draw_graph.Question(roots[0]), draw_graph.Answer, patience=_PATIENCE
        )

    @server.message("aifirst/impact", ImpactParams)
    async def impact(params: ImpactParams) -> dict[str, Any]:
        root = server.folders.of(params.uri).root
        question = find_impact.Question(root, _id(server, params, root), params.depth)
        found = await server.librarian.ask(question, find_impact.Answer, urgent=True)
        units = [{**msgspec.structs.asdict(one), "uri": uri_of(Path(root) / one.path)} for one in found.units]
        return {"units": units, "tests": found.tests, "total": found.total}

    async def dependents(root: str, unit: str) -> int | None:
        question = count_dependents.Question(root, (unit,))
        return (await server.librarian.ask(question, count_dependents.Answer)).get(unit)

    server.dependents = dependents


def _id(server: Server, params: ImpactParams, root: str) -> str:
    if params.id is not None:
        return params.id
    path = relative_path(params.uri, root)
    snapshot = server.last(params.uri, good=True)
    if params.position is None or snapshot is None:
        return path
    return place_on_line(snapshot, path, params.position.line)
