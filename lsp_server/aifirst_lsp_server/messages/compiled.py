"""`aifirst/compiled`: what `aifirst compile` makes of a document as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from aifirst_lsp_server.given_text import given_text
from aifirst_lsp_server.workers.questions import compiled

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class Params(msgspec.Struct, frozen=True):
    """Which document, and how it is compiled."""

    uri: str
    mode: Literal["clean", "structural", "documented"] = "clean"
    minify: bool = False


def register(server: Server) -> None:
    """Register the message."""

    @server.message("aifirst/compiled", Params)
    async def answer(params: Params) -> compiled.Answer:
        given = await given_text(server, params.uri)
        question = compiled.Question(given.root, given.path, given.data, params.mode, params.minify)
        return await server.librarian.ask(question, compiled.Answer)
