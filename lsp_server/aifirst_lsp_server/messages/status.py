"""`aifirst/status`: what a status item shows, and `aifirst/statusChanged` with the same body when it is another."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.index_state import ProjectIndex
    from aifirst_lsp_server.server import Server


class Params(msgspec.Struct, frozen=True):
    """The document whose project is meant, "" for the first folder that is open."""

    uri: str = ""


class Indexing(msgspec.Struct, frozen=True):
    """How far a run is; `total` 0 where that is not known yet."""

    done: int
    total: int
    what: str


class Status(msgspec.Struct, frozen=True):
    """The server and one project. `rules` is the preset in force, "" while no text was analysed."""

    version: str
    python: str
    indexed: bool
    files: int
    units: int
    indexing: Indexing | None
    trusted: bool
    root: str
    rules: str
    model: str | None
    problem: str = ""


def register(server: Server) -> None:
    """Register the message and its notification."""
    shown: list[Status] = []

    @server.message("aifirst/status", Params)
    async def status(params: Params) -> Status:
        root = _root(server, params.uri)
        index = server.index.of(root)
        if index.indexed is None and root and not server.librarian.busy:
            index = await server.index.look(root)
        return status_of(server, index)

    def tell(index: ProjectIndex) -> None:
        now = status_of(server, index)
        if index.root == _root(server, "") and shown != [now]:
            shown[:] = [now]
            server.protocol.notify("aifirst/statusChanged", msgspec.to_builtins(now))

    server.index.changed.append(tell)


def status_of(server: Server, index: ProjectIndex) -> Status:
    """The status of a project."""
    presets = [state.last.analysis.preset for state in server.documents if state.last is not None]
    return Status(
        version=server.version, python=platform.python_version(), indexed=bool(index.indexed), files=index.files,
        units=index.units, indexing=Indexing(*index.progress) if index.progress is not None else None,
        trusted=server.trusted, root=index.root, rules=next(filter(None, presets), ""), model=index.model or None,
        problem=index.problem,
    )  # fmt: skip


def _root(server: Server, uri: str) -> str:
    if uri:
        return server.folders.of(uri).root
    roots = server.folders.roots
    return roots[0] if roots else ""
