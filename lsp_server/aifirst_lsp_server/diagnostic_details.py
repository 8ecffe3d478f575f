"""What a diagnostic tells beside its message: where its rule is explained, what else it is about, how it may look.

Each only where the client says that it shows it. The explanation is a document that the server makes (`aifirst-rule:`),
so that the link works without a network and tells of the rules of this very version, plug-ins included.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from aifirst_lsp_server.find_word import find_word
from aifirst_lsp_server.folders import lies_in, path_of, uri_of
from aifirst_lsp_server.positions import range_of

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

RULE_SCHEME: Final = "aifirst-rule"
_NEEDLESS: Final = frozenset({"AF205", "AF206"})
"""Rules about text that says nothing that is not said beside it: it may be shown faded."""
_PLACE: Final = re.compile(r"(?:\b(?P<path>[\w][\w./+-]*\.\w+):|\bon line )(?P<line>\d+)\b")
_MOST_PLACES: Final = 5


def code_description(server: Server, rule: str, name: str) -> types.CodeDescription | None:
    """Where the rule is explained; None for a client that takes no documents from a server."""
    workspace = server.client_capabilities.workspace
    if workspace is None or workspace.text_document_content is None:
        return None
    return types.CodeDescription(f"{RULE_SCHEME}:/{rule}-{name}.md")


def tags(server: Server, rule: str) -> list[types.DiagnosticTag] | None:
    """How the text may look."""
    if rule not in _NEEDLESS or not _shown(server, "tag_support"):
        return None
    return [types.DiagnosticTag.Unnecessary]


def related(
    server: Server, root: str, uri: str, message: str
) -> list[types.DiagnosticRelatedInformation] | None:
    """The places that a message names, as `path:line` or as `on line`, for a client that lists them."""
    if not _shown(server, "related_information"):
        return None
    found: list[types.DiagnosticRelatedInformation] = []
    for match in list(_PLACE.finditer(message))[:_MOST_PLACES]:
        own = path_of(uri)
        place = Path(root) / match["path"] if match["path"] else Path(own) if own is not None else None
        if place is None or not lies_in(str(place), root):
            continue
        location = _line(server, uri if match["path"] is None else uri_of(place), int(match["line"]))
        found.append(types.DiagnosticRelatedInformation(location, "The other place"))
    return found or None


def _line(server: Server, uri: str, number: int) -> types.Location:
    """A line, from 1: its text where the document is open, else the whole of it."""
    state = server.state(uri)
    if state is None:
        line = max(0, number - 1)
        return types.Location(uri, types.Range(types.Position(line, 0), types.Position(line + 1, 0)))
    start, end = find_word(state.document.lines, number - 1, ())
    return types.Location(uri, range_of(state.document.lines, start, end, server.encoding))


def _shown(server: Server, what: str) -> bool:
    """Whether the client shows something of diagnostics, pulled or pushed."""
    text_document = server.client_capabilities.text_document
    if text_document is None:
        return False
    asked = (text_document.publish_diagnostics, text_document.diagnostic)
    return any(bool(getattr(one, what, None)) for one in asked)
