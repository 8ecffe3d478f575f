"""Documents that explain rules, for the links of diagnostics: `aifirst-rule:/AF101-unit-tokens.md`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from aifirst_lsp_server.diagnostic_details import RULE_SCHEME
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import explain_rule

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_ADDRESS: Final = re.compile(RULE_SCHEME + r":/+([A-Z]+\d+)\b")


def register(server: Server) -> None:
    """Register the documents, with the client once it has begun."""

    @server.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, empty=types.TextDocumentContentResult(""))
    async def content(params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
        named = _ADDRESS.match(params.uri)
        if named is None:
            return types.TextDocumentContentResult(f"There is no such document: {params.uri}\n")
        try:
            page = await server.analyst.ask(explain_rule.Question(named[1]), explain_rule.Answer, urgent=True)
        except WorkerError as error:
            page = f"{error} {error.next_step}\n"
        return types.TextDocumentContentResult(page)

    def started() -> None:
        workspace = server.client_capabilities.workspace
        asked = workspace.text_document_content if workspace is not None else None
        if asked is not None and asked.dynamic_registration:
            server.run(server.client_register_capability_async(types.RegistrationParams([_registration()])))

    server.started.append(started)


def _registration() -> types.Registration:
    """What the library announces by no option of its own."""
    options = types.TextDocumentContentRegistrationOptions(schemes=[RULE_SCHEME])
    return types.Registration("aifirst-rules", types.WORKSPACE_TEXT_DOCUMENT_CONTENT, options)
