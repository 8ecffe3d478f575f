"""Diagnostics of files that are not open: of the whole workspace, pulled.

The first answer comes when the projects were judged once; from then on a request is held until something is another,
so that an idle editor costs nothing. What is open is told by `diagnostics`, of the text as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lsprotocol import types

from aifirst_lsp_server.features.diagnostics import diagnostic
from aifirst_lsp_server.folders import uri_of

if TYPE_CHECKING:
    from aifirst_lsp_server.judge_state import JudgedProject
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState
    from aifirst_lsp_server.workers.questions.judge_project import Judged

_LATER: Final = 1.0
"""Seconds after the start until the projects are judged: the texts that are open come first."""
Report = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


def register(server: Server) -> None:
    """Register the request and what has projects judged."""
    answered: list[bool] = []

    @server.feature(types.WORKSPACE_DIAGNOSTIC, empty=types.WorkspaceDiagnosticReport(items=[]))
    async def pull(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        known = {one.uri: one.value for one in params.previous_result_ids}
        while True:
            items = _changes(server, known)
            if items or (server.judge.projects and not answered):
                answered.append(True)
                return types.WorkspaceDiagnosticReport(items=items)
            await server.judge.changed()

    def started() -> None:
        for root in server.folders.roots:
            server.judge.touch(root, _LATER)

    def saved(state: DocumentState) -> None:
        if server.trusted:  # without a cache each run would read everything
            server.judge.touch(state.folder.root)

    def facts_changed(root: str) -> None:
        for state in server.documents:
            if state.folder.root == root:
                server.schedule.repeat(state)

    server.judge.facts_changed.append(facts_changed)
    server.configured.append(started)
    server.saved.append(saved)


def _changes(server: Server, known: dict[str, str]) -> list[Report]:
    """The reports that differ from those the client knows, by uri; a file without findings any more has an empty one."""
    found: dict[str, tuple[str, str, tuple[Judged, ...]]] = {}
    for project in server.judge.projects:
        if _is_enabled(server, project):
            for path, report in project.reports.items():
                uri = uri_of(f"{project.root}/{path}")
                found[uri] = project.root, report.identity, report.findings
    changes: list[Report] = []
    for uri in sorted(found.keys() | known.keys()):
        root, identity, findings = found.get(uri, ("", "", ()))
        if known.get(uri, "") != identity and server.state(uri) is None:
            changes.append(
                types.WorkspaceFullDocumentDiagnosticReport(
                    uri=uri,
                    items=[_diagnostic(server, root, uri, one) for one in findings],
                    result_id=identity,
                )
            )
    return changes


def _is_enabled(server: Server, project: JudgedProject) -> bool:
    return any(one.settings.enable for one in server.folders.open if one.root == project.root)


def _diagnostic(server: Server, root: str, uri: str, found: Judged) -> types.Diagnostic:
    place = types.Range(
        types.Position(found.line, found.column), types.Position(found.end_line, found.end_column)
    )
    return diagnostic(server, root, uri, place, found, fixable=found.fixable)
