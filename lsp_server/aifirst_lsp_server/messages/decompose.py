"""`aifirst/decompose`: the unit at a position in micro-functions, as an edit and as a diff to look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types

from aifirst_lsp_server.messages.context import Place
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import split_unit

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class Params(msgspec.Struct, frozen=True):
    """A document and a position in the unit."""

    uri: str
    position: Place


def register(server: Server) -> None:
    """Register the message."""

    @server.message("aifirst/decompose", Params)
    async def answer(params: Params) -> dict[str, Any]:
        snapshot = await server.current(params.uri)
        state = server.state(params.uri)
        if snapshot is None or state is None:
            raise WorkerError("The document is not open.", "Open it first.")
        byte = snapshot.byte(types.Position(params.position.line, params.position.character))
        unit = snapshot.unit_at(byte)
        if unit is None or not unit.name:
            raise WorkerError("The cursor is in no unit.", "Put it into a function.")
        question = split_unit.Question(state.folder.root, state.path, snapshot.data, unit.name)
        made = await server.librarian.ask(question, split_unit.Answer, urgent=True)
        return {
            "edit": {
                "changes": {
                    params.uri: [
                        _text_edit(snapshot.range(one.start, one.end), one.text) for one in made.edits
                    ]
                }
            },
            "diff": made.diff,
            "units": [msgspec.structs.asdict(one) for one in made.units],
        }


def _text_edit(place: types.Range, text: str) -> dict[str, Any]:
    """A text edit as the protocol writes it."""
    start, end = place.start, place.end
    return {
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
        "newText": text,
    }
