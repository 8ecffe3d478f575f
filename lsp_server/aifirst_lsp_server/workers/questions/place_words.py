"""Where names stand in files of a project as they lie on disk, which index and graph know by lines only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from aifirst_codebase.positions import LineIndex

    from aifirst_lsp_server.workers.desk import Desk

_MOST_BYTES = 20_000_000


class Wanted(msgspec.Struct, frozen=True):
    """One of `words`, the first that is there, at or near a line (from 1) of a root-relative path.

    `defines` says that it is a definition that stands there, perhaps below decorators and comments.
    """

    path: str
    line: int
    words: tuple[str, ...]
    defines: bool = False


class Question(msgspec.Struct, frozen=True):
    """Places in the project at `root`; columns are wanted in these units."""

    root: str
    encoding: Literal["utf-8", "utf-16", "utf-32"]
    wanted: tuple[Wanted, ...]


class WordPlace(msgspec.Struct, frozen=True, array_like=True):
    """Lines and columns from 0; the start of the line that was named where its file is gone."""

    line: int
    column: int
    end_line: int
    end_column: int


Answer = tuple[WordPlace, ...]


def answer(desk: Desk, question: Question) -> Answer:
    """A place for each that is wanted, in their order."""
    from aifirst_lsp_server.find_word import find_word

    _ = desk
    texts: dict[str, LineIndex | None] = {}
    places: list[WordPlace] = []
    for one in question.wanted:
        if one.path not in texts:
            texts[one.path] = _lines(question.root, one.path)
        lines = texts[one.path]
        if lines is None:
            at = max(0, one.line - 1)
            places.append(WordPlace(at, 0, at, 0))
            continue
        start, end = find_word(lines, one.line - 1, one.words, defines=one.defines)
        places.append(
            WordPlace(
                *lines.to_line_column(start, question.encoding), *lines.to_line_column(end, question.encoding)
            )
        )
    return tuple(places)


def _lines(root: str, path: str) -> LineIndex | None:
    from aifirst_codebase.positions import LineIndex
    from aifirst_codebase.source import decode_source

    from aifirst_lsp_server.project_file import file_within

    place = file_within(root, path, _MOST_BYTES)
    try:
        return None if place is None else LineIndex(decode_source(path, place.read_bytes()).data)
    except OSError:
        return None
