"""`aifirst/context`: what a model would be given for a place, a task in words, or both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from aifirst_lsp_server.folders import path_of, relative_path, uri_of
from aifirst_lsp_server.target_at import place_on_line
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import assemble_context

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class Place(msgspec.Struct, frozen=True):
    """A position as the protocol has it."""

    line: int
    character: int = 0


class Params(msgspec.Struct, frozen=True):
    """A document with a position in it, a query, or both; `budget` in tokens, the settings' where it is left out."""

    uri: str | None = None
    position: Place | None = None
    query: str = ""
    budget: int | None = None
    resolution: assemble_context.Resolution = "auto"


def register(server: Server) -> None:
    """Register the message."""

    @server.message("aifirst/context", Params)
    async def answer(params: Params) -> dict[str, Any]:
        root, places = _asked(server, params)
        settings = server.folders.of(params.uri or uri_of(root)).settings
        budget = params.budget if params.budget is not None else settings.context.budget
        question = assemble_context.Question(root, params.query, places, budget, params.resolution)
        made = await server.librarian.ask(question, assemble_context.Answer, urgent=True)
        items = [{**msgspec.structs.asdict(one), "uri": uri_of(Path(root) / one.path)} for one in made.items]
        return {
            "text": made.text, "tokens": made.tokens, "budget": made.budget, "items": items, "notices": made.notices,
        }  # fmt: skip


def _asked(server: Server, params: Params) -> tuple[str, tuple[str, ...]]:
    """The project, and the place in it: the unit around the position as the file was last saved, else the file."""
    if params.uri is None:
        if not params.query.strip() or not server.folders.roots:
            raise WorkerError("Nothing is asked for.", "Open a folder and put the cursor into a unit.")
        return server.folders.roots[0], ()
    root = server.folders.of(params.uri).root
    if path_of(params.uri) is None:
        raise WorkerError("The document is no file of the project.", "Save it first.")
    path = relative_path(params.uri, root)
    snapshot = server.last(params.uri, good=True)
    if params.position is None:
        return root, (path,)
    if snapshot is None:
        return root, (f"{path}:{params.position.line + 1}",)
    return root, (place_on_line(snapshot, path, params.position.line),)
