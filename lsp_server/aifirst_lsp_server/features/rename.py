"""Rename of tags: a value everywhere it stands, in open documents as they are and in files as they lie on disk.

Names of code are left to the language's own server, which knows more of them.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aifirst_codebase.positions import LineIndex
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from aifirst_lsp_server.folders import uri_of
from aifirst_lsp_server.positions import range_of
from aifirst_lsp_server.project_file import file_within
from aifirst_lsp_server.target_at import Target, tag_value_place, target_at
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import find_tags

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState

_VALUE: Final = re.compile(r"[A-Za-z0-9][\w./-]*")
_REQUEST_FAILED: Final = -32803
_MOST_BYTES = 20_000_000


def register(server: Server) -> None:
    """Register the requests."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        snapshot = await server.current(params.text_document.uri)
        target = target_at(snapshot, snapshot.byte(params.position)) if snapshot is not None else None
        if snapshot is None or target is None or target.kind != "tag" or not target.value:
            return None
        return types.PrepareRenamePlaceholder(snapshot.range(*tag_value_place(target)), target.value)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        snapshot, state = (
            await server.current(params.text_document.uri),
            server.state(params.text_document.uri),
        )
        target = target_at(snapshot, snapshot.byte(params.position)) if snapshot is not None else None
        if state is None or target is None or target.kind != "tag":
            return None
        if not _VALUE.fullmatch(params.new_name):
            raise JsonRpcException(
                f"{params.new_name!r} is no value of a tag: letters, digits, `-`, `_`, `.` and `/`.",
                _REQUEST_FAILED,
            )
        if server.index.of(state.folder.root).progress is not None:
            # What is written so far names only some of the files: half a renaming is worse than none.
            raise JsonRpcException(
                "The project is being indexed. Rename again when that is done.", _REQUEST_FAILED
            )
        return types.WorkspaceEdit(changes=await _changes(server, state, target, params.new_name))


async def _changes(
    server: Server, state: DocumentState, target: Target, new: str
) -> dict[str, list[types.TextEdit]]:
    changes: dict[str, list[types.TextEdit]] = {}
    opened: set[str] = set()
    for other in server.documents:
        current = await server.current(other.uri) if other.folder.root == state.folder.root else None
        if current is not None:
            opened.add(other.path)
            edits = _edits(current.data, current.lines, target, new, server)
            if edits:
                changes[other.uri] = edits
    try:
        question = find_tags.Question(state.folder.root, value=target.value)
        rows = await server.librarian.ask(question, find_tags.Answer, urgent=True)
    except WorkerError as error:
        raise JsonRpcException(
            f"Other files are not known: {error} {error.next_step}", _REQUEST_FAILED
        ) from error
    root = Path(state.folder.root)
    for path in dict.fromkeys(row.path for row in rows if row.path not in opened):
        data = await asyncio.to_thread(_read, root, path)
        edits = _edits(data, LineIndex(data), target, new, server)
        if edits:
            changes[uri_of(root / path)] = edits
    return changes


def _edits(data: bytes, lines: LineIndex, target: Target, new: str, server: Server) -> list[types.TextEdit]:
    """The value in every tag of its category, and in those of others that refer to it by name."""
    value = re.escape(target.value.encode())
    pattern = re.compile(rb"@TAG:([A-Z][A-Z-]*):(" + value + rb")(?![\w./-]*[\w/-])")
    categories = {target.category.encode(), b"RELATED"}
    return [
        types.TextEdit(range_of(lines, found.start(2), found.end(2), server.encoding), new)
        for found in pattern.finditer(data)
        if found[1] in categories
    ]


def _read(root: Path, path: str) -> bytes:
    from aifirst_codebase.source import decode_source

    place = file_within(root, path, _MOST_BYTES)
    return b"" if place is None else decode_source(path, place.read_bytes()).data
