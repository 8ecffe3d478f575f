"""What `aifirst compress` makes of a text as it stands in an editor, with the units that its lines tell of.

Units are told without a map, as contexts have them: for one file a map seldom pays, and a person can read it.
`meta` shows the files of the text's folder, as one file alone has no relations.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from aifirst_lsp_server.workers.desk import ExpectedError

if TYPE_CHECKING:
    from aifirst_codebase.reading import Reading
    from aifirst_compiler.aiccl.exact.options import AicclDocument

    from aifirst_lsp_server.workers.desk import Desk

_MOST_FILES = 300
"""Files of a folder that `meta` draws."""


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A text, UTF-8, of the root-relative `path`."""

    root: str
    path: str
    text: bytes
    resolution: Literal["exact", "medium", "low", "outline", "meta"] = "low"


class Answer(msgspec.Struct, frozen=True):
    """The document. `units` are (line of the text, line of the source, id), lines from 0; none for `exact` and `meta`."""

    text: str
    source_tokens: int
    tokens: int
    units: tuple[tuple[int, int, str], ...]


def answer(_: Desk, question: Question) -> Answer:
    """Write the text at the resolution. Raises `ExpectedError` for one that cannot be."""
    from aifirst_compiler.errors import CompileError

    reading = _read(question.path, question.text)
    if reading is None:
        raise ExpectedError(
            f"{question.path} is in no language that is compressed.", "Open a file with code."
        )
    try:
        made = _write(question, reading)
    except CompileError as error:
        raise ExpectedError(str(error), error.next_step) from error
    units = () if question.resolution in ("exact", "meta") else tuple(_units(made.text, reading))
    return Answer(made.text, made.source_tokens, made.tokens, units)


def _read(path: str, text: bytes) -> Reading | None:
    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.reading import read
    from aifirst_codebase.source import SourceFile
    from aifirst_codebase.tokens import get_counter

    source = SourceFile(path, text, "utf-8", "")
    language = language_of(path, source.data)
    if language is None or language.kind != "code":
        return None
    return read(source, language, get_counter("o200k_base"))


def _write(question: Question, reading: Reading) -> AicclDocument:
    from aifirst_compiler.aiccl.exact.options import ExactOptions

    plain = ExactOptions(max_entries=0)
    match question.resolution:
        case "exact":
            from aifirst_compiler.aiccl.exact import write

            return write([(question.path, reading.text)], ExactOptions())
        case "medium":
            from aifirst_compiler.aiccl.medium import write_medium

            return write_medium([reading], plain)
        case "low":
            from aifirst_compiler.aiccl.low import write_low

            return write_low([reading], plain)
        case "outline":
            from aifirst_compiler.aiccl.outline import write_outline

            return write_outline([reading], plain)
        case "meta":
            from aifirst_compiler.aiccl.meta.write import write_meta

            return write_meta(_folder(question, reading), [], tokenizer="o200k_base")


def _folder(question: Question, own: Reading) -> list[Reading]:
    """The files of the text's folder, the text itself as it stands in the editor."""
    from aifirst_codebase.discovery import Skipped, discover, read_source
    from aifirst_codebase.languages.registry import may_be_source
    from aifirst_codebase.open_project import discovery_settings, load_settings

    root = Path(question.root)
    settings = discovery_settings(load_settings(root))
    found = discover(root, [(root / question.path).parent], settings, wanted=may_be_source)
    folder = question.path.rpartition("/")[0]
    readings = [own]
    for file in found.files:
        if len(readings) >= _MOST_FILES:
            break
        source = read_source(root, file, settings)
        if isinstance(source, Skipped) or source.path == question.path:
            continue
        reading = _read(source.path, source.data) if source.path.rpartition("/")[0] == folder else None
        if reading is not None:
            readings.append(reading)
    return sorted(readings, key=lambda one: one.path)


def _units(text: str, reading: Reading) -> list[tuple[int, int, str]]:
    """Where each unit's line stands in the text and in the source; the block begins behind its tag's line."""
    from aifirst_compiler.aiccl.outline.read import read_unit_lines

    head, _, body = text.partition("\n")
    body = body.rpartition("</comp:code>")[0]
    if not head.startswith("<comp:code"):
        return []
    starts: dict[str, int] = {}
    for unit in reading.units:
        starts.setdefault(unit.name, reading.data.count(b"\n", 0, unit.code_start))
    line, found = 1, list[tuple[int, int, str]]()
    for unit in read_unit_lines(body):
        if unit.held and unit.name in starts:
            found.append(
                (line, starts[unit.name], f"{reading.path}::{unit.name}" if unit.name else reading.path)
            )
        line += 1 + unit.text.count("\n")
    return found
