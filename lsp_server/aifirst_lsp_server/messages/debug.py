"""Messages that only tests ask for, there only when the server was started with `--test-messages`.

`aifirst/debug/text` gives a document's text as the server has it, `aifirst/debug/processes` the processes of the workers.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class TextParams(msgspec.Struct, frozen=True):
    """Which document, and whether its text is wanted too."""

    uri: str
    text: bool = False


class NoParams(msgspec.Struct, frozen=True):
    """Nothing to say."""


def register(server: Server) -> None:
    """Register the messages, where they were asked for."""
    if not server.options.test_messages:
        return

    @server.message("aifirst/debug/text", TextParams)
    async def text(params: TextParams) -> dict[str, Any]:
        state = server.state(params.uri)
        if state is None:
            return {"open": False}
        data = state.document.data
        answer: dict[str, Any] = {
            "open": True,
            "version": state.document.version,
            "lines": state.document.lines.line_count,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        if params.text:
            answer["text"] = data.decode("utf-8", "replace")
        return answer

    @server.message("aifirst/debug/processes", NoParams)
    async def processes(_: NoParams) -> dict[str, Any]:
        return {one.role: {"pid": one.pid, "deaths": one.deaths} for one in server.workers}
