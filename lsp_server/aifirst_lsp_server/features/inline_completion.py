"""Ghost text: the code at the cursor as the configured model would write it (`textDocument/inlineCompletion`).

Off until a model and an endpoint are named; nothing is sent for a workspace that is not trusted, and nothing before its
secrets are masked. A request is given up at the next key. Who types along an answer gets the rest of it without asking
again. What goes wrong is told in the log and never shown.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec
from lsprotocol import types

from aifirst_lsp_server.ghost_text import KeptAnswers, shape_completion
from aifirst_lsp_server.model_endpoint import Asked, ModelEndpoint
from aifirst_lsp_server.positions import byte_at, bytes_of, range_of
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import imported_heads, mask_secrets

if TYPE_CHECKING:
    from aifirst_lsp_server.client_settings import InlineCompletion
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState

_PAUSE: Final = 0.15
"""Seconds without a key before the model is asked for what nobody asked for."""
_BEFORE: Final = 6000
_AFTER: Final = 2000
_READ: Final = 32_000
"""Bytes on either side of the cursor in which secrets are looked for: one may begin before the window."""
_HUGE: Final = 1_000_000
_QUICK: Final = 0.03
"""Seconds that memory has to tell what the file imports."""
_MASK_PATIENCE: Final = 5.0
_WORD: Final = re.compile(r"\w")
_COMMENT: Final = {"python": "#", "ruby": "#", "shellscript": "#", "yaml": "#", "toml": "#"}


class _Place(msgspec.Struct, frozen=True):
    """Where an answer goes: instead of the bytes [start, at), which are `chosen` where a popup has one chosen."""

    start: int
    at: int
    chosen: str = ""


def register(server: Server) -> None:
    """Register ghost text."""
    ghost = _GhostText(server)
    nothing = types.InlineCompletionList(items=[])

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions(), empty=nothing)
    async def complete(params: types.InlineCompletionParams) -> types.InlineCompletionList:
        state = server.state(params.text_document.uri)
        if state is None or not server.trusted or not _is_on(state):
            return nothing
        return types.InlineCompletionList(items=await ghost.newest(state, params))

    server.closed.append(lambda state: ghost.give_up(state.uri))
    server.index.updated.append(lambda _: ghost.forget_heads())


class _GhostText:
    """Answers requests, the newest of a document only."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._model = ModelEndpoint()
        self._answers = KeptAnswers()
        self._running: dict[str, asyncio.Task[list[types.InlineCompletionItem]]] = {}
        self._heads: dict[str, tuple[object, str]] = {}

    def give_up(self, uri: str) -> None:
        """End what is asked for a document, and its connection with it."""
        task = self._running.pop(uri, None)
        if task is not None:
            task.cancel()

    def forget_heads(self) -> None:
        """Ask memory again: files of the project are others."""
        self._heads.clear()

    async def newest(
        self, state: DocumentState, params: types.InlineCompletionParams
    ) -> list[types.InlineCompletionItem]:
        """The items of this request, none where a newer one came meanwhile."""
        self.give_up(state.uri)
        task = self._running[state.uri] = asyncio.ensure_future(self._items(state, params))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            if self._running.get(state.uri) is task:
                del self._running[state.uri]
        return [] if task.cancelled() else task.result()

    async def _items(
        self, state: DocumentState, params: types.InlineCompletionParams
    ) -> list[types.InlineCompletionItem]:
        document, settings = state.document, state.folder.settings.inline_completion
        place = self._place(state, params)
        key = (state.uri, settings.endpoint, settings.model, place.chosen)
        shown = self._answers.find(key, document.data, place.at)
        if shown is None:
            is_invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
            if not is_invoked and not await self._is_wanted(state, place):
                return []
            shown = await self._ask(state, place, settings)
            if shown is None or state.document is not document:
                return []
            self._answers.keep(key, document.data, place.at, shown)
        if not shown:
            return []
        replaced = range_of(document.lines, place.start, place.at, self._server.encoding)
        return [types.InlineCompletionItem(place.chosen + shown, range=replaced)]

    def _place(self, state: DocumentState, params: types.InlineCompletionParams) -> _Place:
        """The cursor, and what is chosen in a popup: an answer must go on from there to be shown at all."""
        lines, encoding = state.document.lines, self._server.encoding
        at = byte_at(lines, params.position, encoding)
        chosen = params.context.selected_completion_info
        if chosen is None:
            return _Place(at, at)
        start, end = bytes_of(lines, chosen.range, encoding)
        return _Place(start, end, chosen.text)

    async def _is_wanted(self, state: DocumentState, place: _Place) -> bool:
        """Whether to ask without having been asked to: after a pause, in code that is judged, at no word's middle.

        A file outside of the workspace, such as the settings of a person, is nothing to send unasked.
        """
        if self._server.folders.open and not state.folder.is_open:
            return False
        document, settings = state.document, state.folder.settings.inline_completion
        behind = document.data[place.at : place.at + 4].decode("utf-8", "ignore")
        if _WORD.match(behind) or len(document.data) > _HUGE or self._model.is_silent(settings):
            return False
        await asyncio.sleep(_PAUSE)
        if state.document is not document:
            return False
        snapshot = state.last or await self._server.current(state.uri)
        return snapshot is not None and not snapshot.analysis.left_out and state.document is document

    async def _ask(self, state: DocumentState, place: _Place, settings: InlineCompletion) -> str | None:
        """What the model would insert, "" for nothing to show, None where there was no answer."""
        data = state.document.clean_data
        before = _plain(data[max(0, place.start - _READ) : place.start]) + place.chosen
        after = _plain(data[place.at : place.at + _READ])
        question = mask_secrets.Question(before, after)
        masked = await self._server.analyst.ask(
            question, mask_secrets.Answer, urgent=True, patience=_MASK_PATIENCE
        )
        if masked.torn:
            return ""
        head = await self._imported(state)
        rest = after.partition("\n")[0].strip()
        asked = Asked(
            head + _window_before(masked.before),
            _window_after(masked.after),
            state.document.language_id,
            bool(rest),
        )
        completed = await self._model.complete(settings, asked)
        if completed is None:
            return None
        line = before.rpartition("\n")[2]
        return shape_completion(
            completed.text, line, after, whole=completed.is_whole, is_chat=completed.in_chat
        )

    async def _imported(self, state: DocumentState) -> str:
        """What the file imports from the project, in comments; "" where memory does not tell at once."""
        snapshot = state.last
        imports = snapshot.analysis.imports if snapshot is not None else ()
        named = tuple(dict.fromkeys((one.module, one.name) for one in imports if one.name))
        known, kept = self._heads.get(state.uri, (None, ""))
        librarian, root = self._server.librarian, state.folder.root
        if known == named or not named or librarian.busy or not self._server.index.of(root).indexed:
            return kept if known == named else ""
        with suppress(WorkerError, TimeoutError):
            question = imported_heads.Question(root, named)
            heads = await asyncio.wait_for(
                librarian.ask(question, imported_heads.Answer, urgent=True), _QUICK
            )
            mark = _COMMENT.get(state.document.language_id, "//")
            kept = "".join(f"{mark} {head}\n" for head in heads)
            self._heads = {state.uri: (named, kept)}
            return kept
        return ""


def _is_on(state: DocumentState) -> bool:
    settings = state.folder.settings
    return settings.enable and bool(settings.inline_completion.model and settings.inline_completion.endpoint)


def _plain(data: bytes) -> str:
    return data.decode("utf-8", "ignore").replace("\r\n", "\n").replace("\r", "\n")


def _window_before(text: str) -> str:
    """The end of a text, from the beginning of a line."""
    window = text.encode()[-_BEFORE:].decode("utf-8", "ignore")
    return window if len(window) == len(text) else window[window.find("\n") + 1 :]


def _window_after(text: str) -> str:
    """The beginning of a text, to the end of a line."""
    window = text.encode()[:_AFTER].decode("utf-8", "ignore")
    return window if len(window) == len(text) else window[: window.rfind("\n") + 1] or window
