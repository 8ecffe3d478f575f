"""The dependency graph as a page, what depends on a unit, and what the change at work may break."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from aifirst_lsp_server.features.sync import path_on_disk
from aifirst_lsp_server.folders import lies_in, relative_path, uri_of
from aifirst_lsp_server.messages.context import Place
from aifirst_lsp_server.target_at import place_on_line
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import count_dependents, draw_graph, find_change_impact, find_impact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aifirst_lsp_server.server import Server

_TRUST = "Trust the workspace first."
_PATIENCE = 120.0
"""Seconds that the page of a large project may take."""


class ProjectParams(msgspec.Struct, frozen=True):
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

    @server.message("aifirst/graphPage", ProjectParams)
    async def page(params: ProjectParams) -> draw_graph.Answer:
        question = draw_graph.Question(_root(server, params))
        return await server.librarian.ask(question, draw_graph.Answer, patience=_PATIENCE)

    @server.message("aifirst/impact", ImpactParams)
    async def impact(params: ImpactParams) -> dict[str, Any]:
        root = server.folders.of(params.uri).root
        question = find_impact.Question(root, _id(server, params, root), params.depth)
        found = await server.librarian.ask(question, find_impact.Answer, urgent=True)
        return {"units": _placed(root, found.units), "tests": found.tests, "total": found.total}

    @server.message("aifirst/changeImpact", ProjectParams)
    async def change_impact(params: ProjectParams) -> dict[str, Any]:
        if not server.trusted:
            raise WorkerError("The workspace is not trusted, so git is not asked what changed.", _TRUST)
        root = _root(server, params)
        question = find_change_impact.Question(root, _open_texts(server, root))
        found = await server.librarian.ask(question, find_change_impact.Answer, patience=_PATIENCE)
        return {
            **{name: getattr(found, name) for name in ("total", "tests", "unknown", "left")},
            "root": root,
            **{name: _placed(root, getattr(found, name)) for name in ("changed", "gone", "units")},
        }

    async def dependents(root: str, unit: str) -> count_dependents.Dependents | None:
        question = count_dependents.Question(root, (unit,))
        return (await server.librarian.ask(question, count_dependents.Answer)).get(unit)

    server.dependents = dependents


def _root(server: Server, params: ProjectParams) -> str:
    roots = [server.folders.of(params.uri).root] if params.uri is not None else server.folders.roots
    if not roots:
        raise WorkerError("No folder is open.", "Open a folder first.")
    return roots[0]


def _open_texts(server: Server, root: str) -> dict[str, bytes]:
    """The texts of a project's files that are open, by path; cells and texts without a file are none of them.

    All of them: an editor that begins with what it had not saved does not say that of a text.
    """
    states = [state for state in server.documents if state.folder.root == root]
    paths = [(state, path_on_disk(state)) for state in states]
    return {
        state.path: state.document.clean_data
        for state, path in paths
        if path is not None and lies_in(path, root)
    }


def _placed(root: str, units: Iterable[msgspec.Struct]) -> list[dict[str, Any]]:
    """Units with the uri of their file."""
    told = (msgspec.structs.asdict(one) for one in units)
    return [{**one, "uri": uri_of(Path(root) / one["path"])} for one in told]


def _id(server: Server, params: ImpactParams, root: str) -> str:
    if params.id is not None:
        return params.id
    path = relative_path(params.uri, root)
    snapshot = server.last(params.uri, good=True)
    if params.position is None or snapshot is None:
        return path
    return place_on_line(snapshot, path, params.position.line)
