"""Code actions: mend a finding, all of them, or silence one with a reason; split, document, ticket a unit.

What costs more than a look at the analysis is worked out when an action is chosen (`codeAction/resolve`); a client that
cannot resolve gets a command in place of the edit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from aifirst_lsp_server.analysis.analysis import FoundEdit, FoundUnit
from aifirst_lsp_server.positions import range_of
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import split_unit, write_glue

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot

FIX_ALL = "source.fixAll.aifirst"
SPLIT = "refactor.extract.aifirst"
DOCUMENT = "refactor.rewrite.aifirst.documentation"
TICKET = "refactor.rewrite.aifirst.ticket"
LOG = "refactor.rewrite.aifirst.log"
_KINDS = (types.CodeActionKind.QuickFix, FIX_ALL, SPLIT, DOCUMENT, TICKET, LOG)
_APPLY = "aifirst.server.applyAction"
_MOST_FIXES = 5000
_REQUEST_FAILED = -32803


class Chosen(msgspec.Struct, frozen=True):
    """What an action keeps until it is chosen: of which document and version, and what is wanted where."""

    uri: str
    version: int
    what: Literal["split", "suppression", "documentation", "ticket", "log"]
    at: int = 0
    unit: str = ""
    rule: str = ""


def register(server: Server) -> None:
    """Register listing, resolving, and the commands that apply."""
    options = types.CodeActionOptions(code_action_kinds=list(_KINDS), resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options, empty=[])
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        snapshot = await server.current(params.text_document.uri)
        if snapshot is None:
            return []
        found = list(_all_actions(server, snapshot, params))
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
        if only:
            found = [one for one in found if _is_wanted(str(getattr(one.kind, "value", one.kind)), only)]
        return found if _resolves(server) else [_with_command(one) for one in found]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        chosen = _read(action.data)
        if action.edit is None and chosen is not None:
            action.edit = await _edit_of(server, chosen)
        return action

    @server.command(_APPLY)
    async def apply(arguments: list[Any]) -> None:
        chosen = _read(arguments[0]) if arguments else None
        if chosen is not None:
            await _apply(server, await _edit_of(server, chosen), "aifirst")

    @server.command("aifirst.server.fixAll")
    async def fix_all(arguments: list[Any]) -> None:
        uri = arguments[0] if arguments and isinstance(arguments[0], str) else ""
        snapshot = await server.current(uri)
        edit = _fix_all(server, snapshot) if snapshot is not None else None
        if edit is not None:
            await _apply(server, edit, "Fix all")


def _all_actions(
    server: Server, snapshot: Snapshot, params: types.CodeActionParams
) -> Iterable[types.CodeAction]:
    start, end = snapshot.bytes(params.range)
    touched = [
        one for one in snapshot.analysis.problems if one.start <= end and start <= max(one.end, one.start)
    ]
    diagnostics = {_fingerprint(one): one for one in params.context.diagnostics}
    for problem in touched:
        told = diagnostics.get(problem.fingerprint)
        related = [told] if told is not None else None
        if problem.edits:
            edit = _edit(server, snapshot, problem.edits)
            title = problem.suggestion.removesuffix(".") or f"Fix {problem.rule}"
            yield types.CodeAction(
                title, types.CodeActionKind.QuickFix, related, is_preferred=True, edit=edit
            )
    for problem in touched:
        told = diagnostics.get(problem.fingerprint)
        chosen = _chosen(snapshot, "suppression", problem.start, rule=problem.rule)
        title = f"Silence {problem.rule} ({problem.name}) here, with a reason"
        yield types.CodeAction(title, types.CodeActionKind.QuickFix, [told] if told else None, data=chosen)
    everything = _fix_all(server, snapshot)
    if everything is not None:
        yield types.CodeAction("aifirst: fix all that can be fixed safely", FIX_ALL, edit=everything)
    unit = snapshot.unit_at(start)
    if unit is not None:
        yield from _of_unit(snapshot, unit, start)


def _of_unit(snapshot: Snapshot, unit: FoundUnit, at: int) -> Iterable[types.CodeAction]:
    analysis = snapshot.analysis
    name = unit.name.rpartition(".")[2]
    limit = analysis.limits.unit_warning
    if unit.kind == "function" and analysis.language == "python" and limit and unit.tokens > limit:
        chosen = _chosen(snapshot, "split", unit.name_start, unit=unit.name)
        yield types.CodeAction(
            f"Split {name} into micro-functions of at most {limit} tokens", SPLIT, data=chosen
        )
    if unit.name and analysis.kind == "code" and not snapshot.documentation(unit):
        chosen = _chosen(snapshot, "documentation", unit.name_start)
        yield types.CodeAction(f"Add documentation to {name}, to be filled in", DOCUMENT, data=chosen)
    if analysis.kind in ("code", "style"):
        chosen = _chosen(snapshot, "ticket", unit.name_start)
        yield types.CodeAction(f"Create a ticket for {name or 'this file'}", TICKET, data=chosen)
    if analysis.tickets:
        yield types.CodeAction("Add an entry to the modification log", LOG, data=_chosen(snapshot, "log", at))


def _chosen(
    snapshot: Snapshot,
    what: Literal["split", "suppression", "documentation", "ticket", "log"],
    at: int,
    *,
    unit: str = "",
    rule: str = "",
) -> dict[str, Any]:
    document = snapshot.document
    return msgspec.to_builtins(Chosen(document.uri, document.version or 0, what, at, unit, rule))


def _read(data: object) -> Chosen | None:
    try:
        return msgspec.convert(data, Chosen)
    except msgspec.ValidationError:
        return None


async def _edit_of(server: Server, chosen: Chosen) -> types.WorkspaceEdit:
    """The edit of a chosen action; a request that fails tells the reason to the person who chose it."""
    state = server.state(chosen.uri)
    if state is None or (state.document.version or 0) != chosen.version:
        raise JsonRpcException("The text changed meanwhile. Choose the action again.", _REQUEST_FAILED)
    document = state.document
    try:
        if chosen.what == "split":
            asked = split_unit.Question(state.folder.root, state.path, document.clean_data, chosen.unit)
            edits = (await server.librarian.ask(asked, split_unit.Answer, urgent=True)).edits
        else:
            day = datetime.datetime.now(datetime.UTC).astimezone().date().isoformat()
            question = write_glue.Question(
                state.path, document.clean_data, chosen.what, chosen.at, chosen.rule, day
            )
            edits = await server.analyst.ask(question, write_glue.Answer, urgent=True)
    except WorkerError as error:
        raise JsonRpcException(f"{error} {error.next_step}".strip(), _REQUEST_FAILED) from error
    changes = [
        types.TextEdit(range_of(document.lines, one.start, one.end, server.encoding), one.text)
        for one in edits
    ]
    return _versioned(server, chosen.uri, document.version, changes)


def _fix_all(server: Server, snapshot: Snapshot) -> types.WorkspaceEdit | None:
    """The safe fixes of all findings that do not touch each other, in order; None for none."""
    taken: list[FoundEdit] = []
    problems = sorted(
        (one for one in snapshot.analysis.problems if one.edits and one.safe),
        key=lambda one: one.edits[0].start,
    )
    for problem in problems[:_MOST_FIXES]:
        if not any(_touch(edit, other) for edit in problem.edits for other in taken[-20:]):
            taken += problem.edits
    return _edit(server, snapshot, tuple(taken)) if taken else None


def _touch(one: FoundEdit, other: FoundEdit) -> bool:
    return one.start <= other.end and other.start <= one.end


def _edit(server: Server, snapshot: Snapshot, edits: tuple[FoundEdit, ...]) -> types.WorkspaceEdit:
    changes = [types.TextEdit(snapshot.range(one.start, one.end), one.text) for one in edits]
    return _versioned(server, snapshot.document.uri, snapshot.document.version, changes)


def _versioned(
    server: Server, uri: str, version: int | None, changes: list[types.TextEdit]
) -> types.WorkspaceEdit:
    """An edit that a client refuses on a newer text, where it can; else of the text by its uri."""
    workspace = server.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace is not None else None
    if edit is None or not edit.document_changes:
        return types.WorkspaceEdit(changes={uri: changes})
    document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(changes))])


async def _apply(server: Server, edit: types.WorkspaceEdit, label: str) -> None:
    await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))


def _with_command(action: types.CodeAction) -> types.CodeAction:
    if action.edit is None and action.data is not None:
        action.command = types.Command(action.title, _APPLY, arguments=[action.data])
        action.data = None
    return action


def _resolves(server: Server) -> bool:
    text_document = server.client_capabilities.text_document
    asked = text_document.code_action if text_document is not None else None
    resolve = asked.resolve_support if asked is not None else None
    return resolve is not None and "edit" in resolve.properties


def _is_wanted(kind: str, only: list[str]) -> bool:
    return any(kind == one or kind.startswith(f"{one}.") or one == "" for one in only)


class _Told(msgspec.Struct, frozen=True):
    """What a diagnostic keeps of its finding."""

    fingerprint: str = ""


def _fingerprint(diagnostic: types.Diagnostic) -> str:
    try:
        return msgspec.convert(diagnostic.data, _Told).fingerprint
    except msgspec.ValidationError:
        return ""
