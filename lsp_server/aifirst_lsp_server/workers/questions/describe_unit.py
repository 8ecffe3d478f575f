"""The head of a unit and what its documentation says, read from the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk

_MOST_BYTES = 5_000_000


class Question(msgspec.Struct, frozen=True):
    """A unit by the root-relative path of its file and its qualified name."""

    root: str
    path: str
    unit: str


class Answer(msgspec.Struct, frozen=True):
    """Both "" where the unit, or the file, is gone."""

    signature: str = ""
    documentation: str = ""


def answer(_: Desk, question: Question) -> Answer:
    """Read the file as it is on disk."""
    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.reading import read
    from aifirst_codebase.source import decode_source
    from aifirst_codebase.tokens import UNCOUNTED
    from aifirst_compiler.aiccl.outline.signature import signature

    from aifirst_lsp_server.comment_text import bare_text
    from aifirst_lsp_server.project_file import file_within

    place = file_within(question.root, question.path, _MOST_BYTES)
    if place is None:
        return Answer()
    source = decode_source(question.path, place.read_bytes())
    language = language_of(question.path, source.data)
    if language is None:
        return Answer()
    reading = read(source, language, UNCOUNTED)
    for index, unit in enumerate(reading.units):
        if unit.name == question.unit and index:
            behind, before = signature(reading, index)
            own = [one for one in reading.comments if one.unit == index]
            inside = [one for one in own if one.kind == "docstring"][:1]
            above = [one for one in own if one.own_line and one.end <= unit.code_start]
            told = [reading.data[one.start : one.end].decode("utf-8", "replace") for one in inside or above]
            text = "\n".join(map(bare_text, told))
            return Answer(f"{before} {question.unit.rpartition('.')[2]}{behind}".strip(), text)
    return Answer()
