"""Indexing as a person meets it: begun by itself or by command, with progress that can be cancelled."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
from lsprotocol import types

from aifirst_lsp_server.features.sync import path_on_disk
from aifirst_lsp_server.server import error_answer

if TYPE_CHECKING:
    from aifirst_lsp_server.index_state import ProjectIndex
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState

_LATER: Final = 1.5
"""Seconds after the start until an index is looked after: the first texts come first."""
_TITLE: Final = "aifirst: indexing"


class NoParams(msgspec.Struct, frozen=True):
    """Nothing to say."""


@dataclass
class _Shown:
    """A run whose progress the client shows, under this token."""

    token: str
    begun: bool = False


def register(server: Server) -> None:
    """Register the command, the message, and what keeps indexes current."""
    shown: dict[str, _Shown] = {}

    @server.command("aifirst.server.index")
    async def index_command(_: list[Any]) -> Any:
        return _index_all(server)

    @server.message("aifirst/index", NoParams)
    async def index_message(_: NoParams) -> dict[str, Any]:
        return _index_all(server)

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    async def cancel(params: types.WorkDoneProgressCancelParams) -> None:
        for root, one in list(shown.items()):
            if one.token == params.token:
                server.index.cancel(root)

    def configured() -> None:
        asyncio.get_running_loop().call_later(_LATER, look_after_all)

    def look_after_all() -> None:
        for root in server.folders.roots:
            server.run(_look_after(server, root))

    def saved(state: DocumentState) -> None:
        if path_on_disk(state) is not None:
            server.index.touch(state.folder.root, (state.path,))

    def changed(index: ProjectIndex) -> None:
        server.run(_show(server, index, shown))

    server.configured.append(configured)
    server.saved.append(saved)
    server.index.changed.append(changed)


async def _look_after(server: Server, root: str) -> None:
    index = await server.index.look(root)
    if index.indexed is not None:
        server.index.keep_current(root)


def _index_all(server: Server) -> dict[str, Any]:
    roots = server.folders.roots
    if not server.trusted:
        return error_answer(
            "the workspace is not trusted, so nothing is written", "Trust the workspace first."
        )
    if not roots:
        return error_answer("no folder is open", "Open the folder of a project.")
    for root in roots:
        server.index.index(root)
    return {"started": roots}


async def _show(server: Server, index: ProjectIndex, shown: dict[str, _Shown]) -> None:
    """Have the client show how far a run is, where it can."""
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        return
    one = shown.get(index.root)
    if index.progress is None:
        if one is not None and one.begun:
            _report(server, one.token, types.WorkDoneProgressEnd())
        shown.pop(index.root, None)
        return
    done, total, what = index.progress
    share = min(100, 100 * done // total) if total else None
    told = f"{what} {done:,} of {total:,}" if total else what
    if one is None:
        one = shown[index.root] = _Shown(str(uuid.uuid4()))
        await server.window_work_done_progress_create_async(types.WorkDoneProgressCreateParams(one.token))
        if shown.get(index.root) is not one:
            return
        one.begun = True
        begin = types.WorkDoneProgressBegin(_TITLE, cancellable=True, message=told, percentage=share or 0)
        _report(server, one.token, begin)
    elif one.begun:
        _report(server, one.token, types.WorkDoneProgressReport(message=told, percentage=share))


def _report(server: Server, token: str, value: Any) -> None:
    server.progress(types.ProgressParams(token, value))
