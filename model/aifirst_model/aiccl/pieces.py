"""Cuts a file into pieces that make a pair each: the whole of a small file, else its classes, functions and methods.

Pieces of a file never overlap: a class that is small enough is one piece, a larger one is cut into its methods. A piece
has the documentation above it and none of the indentation it stood in. Left out: a module's own code in larger files.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import msgspec
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units.unit import Unit

from aifirst_model.dataset.level import LEVELS, level_of


class PieceSizes(msgspec.Struct, frozen=True):
    """How large pieces are, in tokens of `o200k_base`."""

    least: int = 40
    """Smaller ones are left out: the tags of a document weigh more than what it saves."""
    most: int = 1200
    """A question and its answer have to fit a context of 2,048 to 4,096 tokens together."""
    whole: int = 600
    """Files and classes up to here are one piece."""


class Piece(msgspec.Struct, frozen=True):
    """A text that stands by itself, its kind (`file`, `class`, `function`), name, tokens and level of complexity."""

    text: str
    kind: str
    name: str
    tokens: int
    level: str = ""


def cut_pieces(path: str, text: str, sizes: PieceSizes) -> Iterator[Piece]:
    """The pieces of a file in its order; none for a file that has no language or does not parse."""
    data = text.encode("utf-8", "replace")
    language = language_of(path, data)
    if language is None or language.kind != "code":
        return
    reading = read(SourceFile(path, data, "utf-8", ""), language, get_counter("o200k_base"))
    if reading.broken:
        return
    if sizes.least <= reading.tokens <= sizes.whole:
        yield Piece(text, "file", "", reading.tokens, _level(reading.units))
        return
    end = 0
    units = reading.units[1:]
    for unit in sorted(units, key=lambda one: (one.start, -one.end)):
        if unit.start >= end and (piece := _piece(reading, unit, sizes)):
            end = unit.end
            yield piece


def _piece(reading: Reading, unit: Unit, sizes: PieceSizes) -> Piece | None:
    most = sizes.most if unit.kind == "function" else sizes.whole
    if unit.kind not in ("function", "class") or not sizes.least <= unit.total_tokens <= most:
        return None
    data = reading.data
    line = data.rfind(b"\n", 0, unit.start) + 1
    start = line if not data[line : unit.start].strip() else unit.start
    text = textwrap.dedent(data[start : unit.end].decode("utf-8")).strip("\n") + "\n"
    level = _level([one for one in reading.units[1:] if unit.start <= one.start and one.end <= unit.end])
    return Piece(text, unit.kind, unit.name, unit.total_tokens, level)


def _level(units: Sequence[Unit]) -> str:
    """That of the most complex of the units."""
    levels = [
        level_of(unit.cyclomatic, unit.nesting, unit.lines) for unit in units if unit.kind == "function"
    ]
    return max(levels, key=LEVELS.index, default=LEVELS[0])
