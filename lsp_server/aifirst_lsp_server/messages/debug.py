"""Messages that only tests ask for, there only when the server was started with `--test-messages`.

`aifirst/debug/text` gives a document's text as the server has it, `aifirst/debug/processes` the processes of the workers;
`aifirst/debug/provoke` has one of them fail.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from aifirst_lsp_server.workers.questions import provoke as provoke_worker

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class TextParams(msgspec.Struct, frozen=True):
    """Which document, and whether its text is wanted too."""

    uri: str
    text: bool = False


class NoParams(msgspec.Struct, frozen=True):
    """Nothing to say."""


class ProvokeParams(msgspec.Struct, frozen=True):
    """Which worker is to go wrong, how, and how many seconds it may take over it."""

    role: Literal["analyst", "librarian", "indexer", "judge"]
    what: Literal["none", "crash", "hang", "memory", "bug", "print"]
    patience: float = 30.0


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

    @server.message("aifirst/debug/provoke", ProvokeParams)
    async def provoke(params: ProvokeParams) -> provoke_worker.Answer:
        worker = next(one for one in server.workers if one.role == params.role)
        return await worker.ask(
            provoke_worker.Question(params.what), provoke_worker.Answer, patience=params.patience
        )

    @server.message("aifirst/debug/processes", NoParams)
    async def processes(_: NoParams) -> dict[str, Any]:
        return {one.role: {"pid": one.pid, "deaths": one.deaths} for one in server.workers}
