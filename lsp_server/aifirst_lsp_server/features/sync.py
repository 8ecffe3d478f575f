"""Keeps our texts equal to the client's: open, change, save, close, for files and for cells of notebooks.

All of it happens in the order in which it was sent, before anything that comes later is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aifirst_codebase.positions import LineIndex
from lsprotocol import types

from aifirst_lsp_server.documents import Document, changed, encode, open_document
from aifirst_lsp_server.folders import path_of, relative_path
from aifirst_lsp_server.state import DocumentState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aifirst_lsp_server.server import Server


def register(server: Server) -> None:
    """Register the notifications about documents."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        _open(server, params.text_document)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        _change(server, params.text_document.uri, params.text_document.version, params.content_changes)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=True))
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        _save(server, params.text_document.uri, params.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        _close(server, params.text_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def notebook_did_open(params: types.DidOpenNotebookDocumentParams) -> None:
        for cell in params.cell_text_documents:
            _open(server, cell, params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_did_change(params: types.DidChangeNotebookDocumentParams) -> None:
        cells = params.change.cells
        if cells is None:
            return
        if cells.structure is not None:
            for cell in cells.structure.did_close or ():
                _close(server, cell.uri)
            for opened in cells.structure.did_open or ():
                _open(server, opened, params.notebook_document.uri)
        for text in cells.text_content or ():
            _change(server, text.document.uri, text.document.version, text.changes)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_did_close(params: types.DidCloseNotebookDocumentParams) -> None:
        for cell in params.cell_text_documents:
            _close(server, cell.uri)


def _open(server: Server, item: types.TextDocumentItem, notebook: str = "") -> None:
    document = open_document(item.uri, item.language_id, item.version, item.text, notebook)
    known = server.state(item.uri)
    if known is not None:
        _take(server, known, document)  # opened twice: the newer text counts
        return
    folder = server.folders.of(notebook or item.uri)
    path = relative_path(notebook or item.uri, folder.root)
    state = DocumentState(document, folder, path)
    server.documents.by_uri[item.uri] = state
    if folder.settings.enable:
        server.schedule.touch(state)
    for tell in server.opened:
        tell(state)


def _change(
    server: Server, uri: str, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]
) -> None:
    state = server.state(uri)
    if state is not None:
        state.saved = False
        _take(server, state, changed(state.document, version, changes, server.encoding))


def _save(server: Server, uri: str, text: str | None) -> None:
    state = server.state(uri)
    if state is None:
        return
    if text is not None and encode(text) != state.document.data:
        # The client's word is the truth; that it differs is a bug of one of us, and goes on from here.
        old = state.document
        server.tell_problem(f"{state.path}: the saved text is not the one that was edited; it is taken anew")
        _take(
            server, state, Document(uri, old.language_id, old.version, LineIndex(encode(text)), old.notebook)
        )
    state.saved = True
    for tell in server.saved:
        tell(state)


def _close(server: Server, uri: str) -> None:
    state = server.documents.by_uri.pop(uri, None)
    if state is not None:
        server.schedule.forget(state)
        for tell in server.closed:
            tell(state)


def _take(server: Server, state: DocumentState, document: Document) -> None:
    state.document = document
    state.deaths = 0
    if state.folder.settings.enable:
        server.schedule.touch(state)


def path_on_disk(state: DocumentState) -> str | None:
    """The file that a document stands for; None for a cell and a text without a file."""
    return None if state.document.notebook else path_of(state.uri)
