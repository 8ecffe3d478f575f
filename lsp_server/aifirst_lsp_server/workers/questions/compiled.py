"""What `aifirst compile` makes of a text as it stands in an editor, with the lines that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from aifirst_lsp_server.workers.desk import ExpectedError

if TYPE_CHECKING:
    from aifirst_compiler.compiled import CompiledFile

    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A text, UTF-8, of the root-relative `path`."""

    root: str
    path: str
    text: bytes
    mode: Literal["clean", "structural", "documented"] = "clean"
    minify: bool = False


class Caution(msgspec.Struct, frozen=True):
    """Code that may see the difference; `line` is the source's, from 0."""

    line: int
    message: str


class Answer(msgspec.Struct, frozen=True):
    """The output. `lines` are pairs (line of the text, line of the source), from 0; between two, lines run alike."""

    text: str
    language: str
    lines: tuple[tuple[int, int], ...]
    source_tokens: int
    tokens: int
    cautions: tuple[Caution, ...]


def answer(_: Desk, question: Question) -> Answer:
    """Compile the text alone. Raises `ExpectedError` for one that cannot be."""
    from pathlib import Path

    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.open_project import load_settings
    from aifirst_codebase.source import SourceFile, decode_source
    from aifirst_codebase.tokens import get_counter
    from aifirst_compiler.compile_file import compile_source
    from aifirst_compiler.compiled import CompileOptions

    encoding = decode_source(question.path, question.text).encoding  # what its cookie says the file will have
    source = SourceFile(question.path, question.text, encoding, "")
    language = language_of(question.path, source.data)
    if language is None or language.kind == "prose":
        raise ExpectedError(f"{question.path} is in no language that is compiled.", "Open a file with code.")
    counter = get_counter(load_settings(Path(question.root)).settings.tokenizer)
    options = CompileOptions(mode=question.mode, minify="tokens" if question.minify else "", maps=True)
    made = compile_source(source, options, counter=counter)
    if made.copied and made.copied != "it would be larger":
        raise ExpectedError(
            f"{question.path} is not compiled: {made.copied}.", "Mend what it says, then look again."
        )
    return Answer(
        made.data.decode("utf-8", "replace"), language.name, tuple(_lines(source.data, made)), made.source_tokens,
        made.tokens, tuple(Caution(one.line - 1, one.message) for one in made.warnings),
    )  # fmt: skip


def _lines(data: bytes, made: CompiledFile) -> list[tuple[int, int]]:
    """The first segment of each line of the output."""
    from aifirst_compiler.source_maps.read import read_map_fields
    from aifirst_compiler.source_maps.write import segments_of

    is_by_tool = made.map is not None
    segments = (
        read_map_fields(made.map or {}, made.path).segments if is_by_tool else segments_of(data, made.edits)
    )
    lines: list[tuple[int, int]] = []
    for segment in segments:
        if not lines or lines[-1][0] != segment.line:
            lines.append((segment.line, segment.source_line))
    return lines
