"""`aifirst/aiccl`: what `aifirst compress` makes of a document as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from aifirst_lsp_server.given_text import given_text
from aifirst_lsp_server.workers.questions import aiccl

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class Params(msgspec.Struct, frozen=True):
    """Which document, and at which resolution."""

    uri: str
    resolution: Literal["exact", "medium", "low", "outline", "meta"] = "low"


def register(server: Server) -> None:
    """Register the message."""

    @server.message("aifirst/aiccl", Params)
    async def answer(params: Params) -> aiccl.Answer:
        given = await given_text(server, params.uri)
        question = aiccl.Question(given.root, given.path, given.data, params.resolution)
        return await server.librarian.ask(question, aiccl.Answer)
