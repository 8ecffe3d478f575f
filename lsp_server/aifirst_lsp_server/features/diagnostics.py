"""Diagnostics: pulled by the client, with result ids, or pushed where it cannot pull.

A pull waits for the analysis of the newest text. A result id is a hash of what is told, so that an unchanged answer is
told as such whatever was typed in between. Refreshing is asked for only where something outside of the text changed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from lsprotocol import types

from aifirst_lsp_server.analysis.analysis import FoundProblem
from aifirst_lsp_server.diagnostic_details import code_description, related, tags
from aifirst_lsp_server.state import DocumentState, Snapshot

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.workers.questions.judge_project import Judged

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
        return types.RelatedFullDocumentDiagnosticReport(
            items=diagnostics_of(server, snapshot), result_id=identity
        )

    def settled(state: DocumentState, snapshot: Snapshot) -> None:
        identity = result_id(snapshot)
        if pulls(server):
            version, known = pulled.get(state.uri, (-1, ""))
            if version == snapshot.document.version and known != identity:
                refresh(server)  # the same text, and something else to say of it
        elif server.pushed.get(state.uri) != identity:
            server.pushed[state.uri] = identity
            server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(
                    state.uri, diagnostics_of(server, snapshot), snapshot.document.version
                )
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


def diagnostics_of(server: Server, snapshot: Snapshot) -> list[types.Diagnostic]:
    """The findings of a text as the protocol writes them."""
    uri = snapshot.document.uri
    root = server.folders.of(uri).root
    return [
        diagnostic(
            server,
            root,
            uri,
            snapshot.range(one.start, max(one.end, one.start)),
            one,
            fixable=bool(one.edits),
        )
        for one in snapshot.analysis.problems
    ]


def diagnostic(
    server: Server, root: str, uri: str, place: types.Range, found: FoundProblem | Judged, *, fixable: bool
) -> types.Diagnostic:
    """A finding as the protocol writes it; `data` has what a code action needs to find it again."""
    message = f"{found.message}. {found.suggestion}" if found.suggestion else found.message
    return types.Diagnostic(
        range=place, message=message, severity=SEVERITIES[found.severity], code=found.rule, source=SOURCE,
        code_description=code_description(server, found.rule, found.name), tags=tags(server, found.rule),
        related_information=related(server, root, uri, found.message),
        data={"fingerprint": found.fingerprint, "name": found.name, "unit": found.unit, "fixable": fixable},
    )  # fmt: skip


def result_id(snapshot: Snapshot) -> str:
    """A hash of what is told of a text, places included."""
    places = [
        (snapshot.lines.to_line_column(problem.start), snapshot.lines.to_line_column(problem.end))
        for problem in snapshot.analysis.problems
    ]
    found = _encode((snapshot.analysis.problems, places))
    return hashlib.blake2b(found, digest_size=12).hexdigest()
