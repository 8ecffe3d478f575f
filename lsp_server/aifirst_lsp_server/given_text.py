"""The text that a message is about: of the open document, else of the file on disk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aifirst_lsp_server.folders import lies_in, path_of, relative_path
from aifirst_lsp_server.workers.process import WorkerError

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_MOST_BYTES = 20_000_000


class GivenText(msgspec.Struct, frozen=True):
    """A text, UTF-8, of the root-relative `path` in the project at `root`."""

    root: str
    path: str
    data: bytes


async def given_text(server: Server, uri: str) -> GivenText:
    """The text of a uri. Raises `WorkerError` for one that is not open and is no file of an open folder."""
    state = server.state(uri)
    if state is not None:
        return GivenText(state.folder.root, state.path, state.document.data)
    path, folder = path_of(uri), server.folders.of(uri)
    if (
        path is None
        or not folder.is_open
        or not lies_in(str(Path(path).resolve()), str(Path(folder.path).resolve()))
    ):
        raise WorkerError("The document is not open, and is no file of the workspace.", "Open it first.")
    try:
        data = await asyncio.to_thread(_read, Path(path))
    except OSError as error:
        raise WorkerError(f"{path} cannot be read: {error.strerror or error}.", "Open it first.") from error
    return GivenText(folder.root, relative_path(uri, folder.root), data)


def _read(path: Path) -> bytes:
    """The file as UTF-8, as an editor would have it. Raises `OSError`, also for what is too large or no file."""
    from aifirst_codebase.source import decode_source

    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise OSError(f"it is no file of at most {_MOST_BYTES // 1_000_000} MB")
    return decode_source(path.name, path.read_bytes()).data
