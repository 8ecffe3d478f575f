"""Diagnostics: pulled by the client, with result ids, or pushed where it cannot pull.

A pull waits for the analysis of the newest text. A result id is a hash of what is told, so that an unchanged answer is
told as such whatever was typed in between. Refreshing is asked for only where something outside of the text changed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types

from aifirst_lsp_server.analysis.analysis import FoundProblem
from aifirst_lsp_server.state import DocumentState, Snapshot

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

SOURCE = "aifirst"
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
_encode = msgspec.msgpack.Encoder().encode


def register(server: Server) -> None:
    """Register pulling, and pushing for clients that do not pull."""
    pulled: dict[str, tuple[int, str]] = {}

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier=SOURCE),
        empty=types.RelatedFullDocumentDiagnosticReport(items=[]),
    )
    async def pull(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        snapshot = await server.current(params.text_document.uri)
        if snapshot is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        identity = result_id(snapshot)
        pulled[params.text_document.uri] = snapshot.document.version, identity
        if identity == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=identity)
        return types.RelatedFullDocumentDiagnosticReport(items=diagnostics_of(snapshot), result_id=identity)

    def settled(state: DocumentState, snapshot: Snapshot) -> None:
        identity = result_id(snapshot)
        if pulls(server):
            version, known = pulled.get(state.uri, (-1, ""))
            if version == snapshot.document.version and known != identity:
                refresh(server)  # the same text, and something else to say of it
        elif server.pushed.get(state.uri) != identity:
            server.pushed[state.uri] = identity
            server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(state.uri, diagnostics_of(snapshot), snapshot.document.version)
            )

    def closed(state: DocumentState) -> None:
        pulled.pop(state.uri, None)
        withdraw_all(server, state)

    server.schedule.settled.append(settled)
    server.closed.append(closed)


def withdraw_all(server: Server, state: DocumentState) -> None:
    """Take back what was said of a document, where it was pushed; else have the client ask again."""
    if server.pushed.pop(state.uri, None) is not None:
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(state.uri, []))
    elif server.state(state.uri) is not None:
        refresh(server)


def pulls(server: Server) -> bool:
    """Whether the client asks for diagnostics itself."""
    text_document = server.client_capabilities.text_document
    return text_document is not None and text_document.diagnostic is not None


def refresh(server: Server) -> None:
    """Have the client ask again, where it can be told to."""
    workspace = server.client_capabilities.workspace
    diagnostics = workspace.diagnostics if workspace is not None else None
    if diagnostics is not None and diagnostics.refresh_support:
        server.run(server.workspace_diagnostic_refresh_async(None))


def diagnostics_of(snapshot: Snapshot) -> list[types.Diagnostic]:
    """The findings of a text as the protocol writes them."""
    return [diagnostic_of(problem, snapshot) for problem in snapshot.analysis.problems]


def diagnostic_of(problem: FoundProblem, snapshot: Snapshot) -> types.Diagnostic:
    """A finding as the protocol writes it; `data` has what a code action needs to find it again."""
    return types.Diagnostic(
        range=snapshot.range(problem.start, max(problem.end, problem.start)),
        message=message_of(problem.message, problem.suggestion), severity=SEVERITIES[problem.severity],
        code=problem.rule, source=SOURCE,
        data=diagnostic_data(problem.fingerprint, problem.name, problem.unit, fixable=bool(problem.edits)),
    )  # fmt: skip


def result_id(snapshot: Snapshot) -> str:
    """A hash of what is told of a text, places included."""
    places = [
        (snapshot.lines.to_line_column(problem.start), snapshot.lines.to_line_column(problem.end))
        for problem in snapshot.analysis.problems
    ]
    found = _encode((snapshot.analysis.problems, places))
    return hashlib.blake2b(found, digest_size=12).hexdigest()


def message_of(message: str, suggestion: str) -> str:
    """What is wrong and what to do, in one text."""
    return f"{message}. {suggestion}" if suggestion else message


def diagnostic_data(fingerprint: str, name: str, unit: str, *, fixable: bool) -> dict[str, Any]:
    """What a client sends back with a diagnostic, for a code action to find the problem again."""
    return {"fingerprint": fingerprint, "name": name, "unit": unit, "fixable": fixable}
