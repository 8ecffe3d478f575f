"""The places of names that index and graph know by lines only, as locations of the protocol.

Documents that are open count as they are, all others as they lie on disk, where a worker reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from aifirst_lsp_server.find_word import find_word
from aifirst_lsp_server.folders import uri_of
from aifirst_lsp_server.positions import range_of
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions.place_words import Answer, Question, Wanted, WordPlace

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


async def word_locations(server: Server, root: str, wanted: Sequence[Wanted]) -> list[types.Location]:
    """A location for each, in their order; the start of its line where nobody can read the file."""
    opened = {one.path: one for one in server.documents if one.folder.root == root}
    elsewhere = tuple(one for one in wanted if one.path not in opened)
    places: dict[Wanted, WordPlace] = {}
    if elsewhere:
        try:
            answer = await server.librarian.ask(
                Question(root, server.encoding, elsewhere), Answer, urgent=True
            )
            places = dict(zip(elsewhere, answer, strict=True))
        except WorkerError:
            places = {}
    locations: list[types.Location] = []
    for one in wanted:
        state = opened.get(one.path)
        if state is not None:
            lines = state.document.lines
            start, end = find_word(lines, one.line - 1, one.words, defines=one.defines)
            locations.append(types.Location(state.uri, range_of(lines, start, end, server.encoding)))
        else:
            at = max(0, one.line - 1)
            place = places.get(one, WordPlace(at, 0, at, 0))
            found = types.Range(
                types.Position(place.line, place.column), types.Position(place.end_line, place.end_column)
            )
            locations.append(types.Location(uri_of(Path(root) / one.path), found))
    return locations
