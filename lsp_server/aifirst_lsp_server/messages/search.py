"""`aifirst/search`: places in all projects that are open, best first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from aifirst_lsp_server.every_root import find_in_every_root
from aifirst_lsp_server.folders import uri_of
from aifirst_lsp_server.workers.questions import search_memory

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class Params(msgspec.Struct, frozen=True):
    """What is looked for, and how many answers at most."""

    query: str
    limit: int = 20


def register(server: Server) -> None:
    """Register the message."""

    @server.message("aifirst/search", Params)
    async def answer(params: Params) -> dict[str, Any]:
        async def find(root: str) -> list[dict[str, Any]]:
            question = search_memory.Question(root, params.query, params.limit)
            found = await server.librarian.ask(question, search_memory.Answer, urgent=True)
            return [
                {**msgspec.structs.asdict(one), "uri": uri_of(Path(root) / one.path)} for one in found.results
            ]

        results = await find_in_every_root(server.folders.roots, find)
        results.sort(key=lambda one: -one["score"])
        return {"results": results[: params.limit]}
