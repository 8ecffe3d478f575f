"""Runs `aifirst expand --model`: the code of a document at `low` or `medium`, written by a model and judged by the codec.

Each file of the document, and each of its outermost units where it is large, is a question of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from aifirst_cli.compile_run import compile_errors, tell
from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output

if TYPE_CHECKING:
    from aifirst_model.aiccl.expand_by_model import Expansion
    from aifirst_model.text_model import TextModel

_BY_LINES: Final = ("low", "medium")
_MOST: Final = 700
"""Tokens of a file's lines from which on its outermost units are asked for one by one."""


class _Part(NamedTuple):
    """What is asked at once: a document of one block."""

    path: str
    language: str
    document: str


def expand_with_model(document: str, output: str | None, *, overwrite: bool, shape: str, tries: int) -> int:
    """Expand by the model that the environment names; 0 where every line of the document is met, else 1."""
    from aifirst_compiler.aiccl.expand import expand, write_files
    from aifirst_model.errors import ModelError
    from aifirst_model.open_model import open_model
    from aifirst_model.settings import read_environment

    from aifirst_cli.expand_run import document_text

    with compile_errors():
        blocks = expand(document_text(document))
        if len(blocks) != 1 or blocks[0][0] not in _BY_LINES:
            raise Failure(
                "a model expands documents at low and medium. Leave --model out: the parser does the rest."
            )
        parts = list(_parts(blocks[0][1], blocks[0][0]))
        try:
            made = asyncio.run(_ask(open_model(read_environment(os.environ)), parts, tries))
        except ModelError as error:
            raise Failure(str(error)) from error
        files = _files(parts, made)
        for part, expansion in zip(parts, made, strict=True):
            _tell(part, expansion, blocks[0][0])
        if output is not None:
            written = write_files(files, Path(output), overwrite=overwrite)
            click.echo(f"{len(written):,} {'file' if len(written) == 1 else 'files'} written to {output}")
        else:
            _show(files, parts, made, shape)
    return 0 if all(one.proof == "same lines" for one in made) else 1


def _parts(text: str, resolution: str) -> Iterator[_Part]:
    from aifirst_codebase.languages.registry import language_of_name
    from aifirst_codebase.tokens import get_counter
    from aifirst_compiler.aiccl.notation import Code, write
    from aifirst_model.aiccl.grammar import EXTENSIONS

    count = get_counter("o200k_base").count
    for path, head, lines in _files_of(text):
        language = language_of_name(path.rpartition("/")[2])
        if language is None or language.name not in EXTENSIONS:
            tell(f"{path}: a model is asked for {', '.join(EXTENSIONS)} only; it was left out")
            continue
        units = _outermost(lines)
        whole = "".join(f"{line}\n" for line in lines)
        for told in (
            [whole] if count(whole) <= _MOST else ["".join(f"{line}\n" for line in unit) for unit in units]
        ):
            block = Code(
                f"unit.{EXTENSIONS[language.name]}{head if told is whole else ''}\n{told}", resolution
            )
            yield _Part(path, language.name, write([block]))


def _files_of(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each file's path, what is told of its own code, and the lines below it."""
    path, head, lines = "", "", list[str]()
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith((" ", "\t")):
            lines.append(line)
            continue
        if path:
            yield path, head, lines
        name, tab, told = line.partition("\t")
        path, head, lines = name.strip("`"), tab + told, []
    if path:
        yield path, head, lines


def _outermost(lines: list[str]) -> list[list[str]]:
    """The lines of each outermost unit; those of the file itself with the first."""
    units: list[list[str]] = []
    for line in lines:
        if not units or (line.startswith(" ") and not line.startswith("  ")):
            units.append([])
        units[-1].append(line)
    return units


async def _ask(model: TextModel, parts: list[_Part], tries: int) -> list[Expansion]:
    from aifirst_model.aiccl.expand_by_model import ExpandOptions, expand_by_model

    from aifirst_cli.model_wiring.codec import CompilerCodec

    codec = CompilerCodec()
    try:
        return [
            await expand_by_model(model, part.document, part.language, codec, ExpandOptions(tries=tries))
            for part in parts
        ]
    finally:
        await model.aclose()


def _files(parts: list[_Part], made: list[Expansion]) -> list[tuple[str, str]]:
    texts: dict[str, list[str]] = {}
    for part, expansion in zip(parts, made, strict=True):
        texts.setdefault(part.path, []).append(expansion.code)
    return [(path, "\n".join(codes)) for path, codes in texts.items()]


def _tell(part: _Part, expansion: Expansion, resolution: str) -> None:
    from aifirst_model.aiccl.expand_by_model import what_is_unproved

    tell(f"{part.path}: {what_is_unproved(expansion, resolution)}")


def _show(files: list[tuple[str, str]], parts: list[_Part], made: list[Expansion], shape: str) -> None:
    if shape == "json":
        import msgspec

        asked = [
            {"path": part.path, "proof": one.proof, "score": round(one.score, 4), "tries": one.tries,
             "missing": one.missing, "added": one.added}
            for part, one in zip(parts, made, strict=True)
        ]  # fmt: skip
        fields = {
            "version": 1,
            "files": [{"path": path, "text": text} for path, text in files],
            "parts": asked,
        }
        write_output(msgspec.json.encode(fields).decode() + "\n", None, for_programs=True)
    elif len(files) == 1:
        write_output(files[0][1], None, for_programs=True)
    else:
        write_output("".join(f"==> {path} <==\n{text}\n" for path, text in files), None, for_programs=True)
