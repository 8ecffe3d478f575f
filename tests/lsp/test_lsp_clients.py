"""The server as pytest-lsp drives it, in the place of real editors: with what each says of itself, and with its checks
that nothing is sent that an editor did not say it understands."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

EXAMPLE = Path(__file__).parents[2] / "examples/quote"
EDITORS = ("visual_studio_code", "neovim@v0.11", "neovim@v0.9", "neovim@v0.7", "neovim@v0.6", "emacs")
SAID = "the comment says only 'add the tax'"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "quote"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".aifirst", "__pycache__"))
    return root


async def started(editor: str, project: Path) -> LanguageClient:
    client = make_test_lsp_client()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)  # pyright: ignore[reportUntypedFunctionDecorator] - of the library
    def register(_: types.RegistrationParams) -> None:
        """Take it, as editors do that say that they can."""

    await client.start_io(sys.executable, "-m", "aifirst_lsp_server.main")  # pyright: ignore[reportUnknownMemberType] - without types
    folder = types.WorkspaceFolder(project.as_uri(), "quote")
    await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(editor), workspace_folders=[folder], root_uri=project.as_uri()
        )
    )
    return client


async def found(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    """The diagnostics of a document, as this client gets them."""
    document = client.capabilities.text_document if client.capabilities is not None else None
    if document is not None and document.diagnostic is not None:
        report = await client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        )
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return list(report.items)
    while not client.diagnostics.get(uri):
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics[uri])


async def _ask_everything(client: LanguageClient, uri: str, one: types.Diagnostic) -> dict[str, Any]:
    """What an editor asks of an open file while somebody looks about in it."""
    document = types.TextDocumentIdentifier(uri)
    whole = types.Range(types.Position(0, 0), types.Position(40, 0))
    name = types.Position(18, 6)
    return {
        "hover": await client.text_document_hover_async(types.HoverParams(document, name)),
        "symbols": await client.text_document_document_symbol_async(types.DocumentSymbolParams(document)),
        "lenses": await client.text_document_code_lens_async(types.CodeLensParams(document)),
        "actions": await client.text_document_code_action_async(
            types.CodeActionParams(document, one.range, types.CodeActionContext([one]))
        ),
        "completion": await client.text_document_completion_async(
            types.CompletionParams(document, types.Position(1, 6))
        ),
        "links": await client.text_document_document_link_async(types.DocumentLinkParams(document)),
        "folds": await client.text_document_folding_range_async(types.FoldingRangeParams(document)),
        "hints": await client.text_document_inlay_hint_async(types.InlayHintParams(document, whole)),
        "tokens": await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document)),
    }


@pytest.mark.asyncio
@pytest.mark.parametrize("editor", EDITORS)
async def test_each_editor_gets_what_it_understands_and_nothing_else(editor: str, project: Path) -> None:
    client = await started(editor, project)
    try:
        path = project / "quote/add_sales_tax.py"
        item = types.TextDocumentItem(path.as_uri(), "python", 1, path.read_text())
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        diagnostics = await asyncio.wait_for(found(client, path.as_uri()), 60)
        [one] = [each for each in diagnostics if SAID in each.message]
        assert one.range.start.line == 27
        answers = await _ask_everything(client, path.as_uri(), one)
        for asked in ("hover", "symbols", "lenses", "actions", "links", "folds", "tokens"):
            assert answers[asked], asked
        assert not answers["hints"]
        assert client.messages == []
    finally:
        await client.shutdown_session()
        await client.stop()
