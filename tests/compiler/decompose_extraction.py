"""Every part of a function that may move, moved alone: for the tests of decomposition."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.decompose.annotations import stated_annotations
from aifirst_compiler.decompose.function_facts import (
    FunctionFacts,
    forbidden_whole,
    function_facts,
    module_names,
)
from aifirst_compiler.decompose.inline_back import first_difference
from aifirst_compiler.decompose.locate import place_of, unit_index
from aifirst_compiler.decompose.region import Block, Refused, Region, Regions, blocks_of
from aifirst_compiler.decompose.region_text import indent_unit, region_text
from aifirst_compiler.decompose.write_piece import Order, Piece, piece_edits, style_of
from aifirst_compiler.edits import apply_edits
from aifirst_compiler.python_positions import Positions


def judged(source: str, unit: str = "f") -> Iterator[tuple[str, Region | Refused, str]]:
    """For all statements that follow each other: their text, what is judged, and the program with them moved, if any.

    The program is empty where nothing was moved or the proof refused it.
    """
    data = source.encode()
    file = decode_source("m.py", data)
    language = language_of("m.py", data)
    assert language is not None
    reading = read(file, language, get_counter("o200k_base"))
    index = unit_index(reading, unit)
    assert index is not None
    tree, positions = ast.parse(source), Positions(data)
    place = place_of(tree, positions, reading.units[index])
    assert place is not None
    if forbidden_whole(tree, place) is not None:
        return
    facts = function_facts(module_names(tree), place)
    level = indent_unit(positions, place.function)
    assert level is not None
    style, stated = style_of(positions, tree, "\n", level), stated_annotations(tree, place, positions)
    regions = Regions(facts)
    for block, first, last in _ranges(facts):
        found = regions.judge(block, first, last)
        text = region_text(positions, block.statements, first, last)
        shown = "\n".join(map(ast.unparse, block.statements[first : last + 1]))
        made = ""
        if isinstance(found, Region) and text is not None:
            piece = Piece(found, text, "_piece", "Do it.")
            edits = piece_edits(positions, place, piece, stated, style, Order(None, None))
            assert edits is not None
            made = apply_edits(data, edits).decode()
            if first_difference(data, made.encode(), place.function.name, place.function.lineno, ["_piece"]):
                made = ""
        yield shown, found, made


def _ranges(facts: FunctionFacts) -> Iterator[tuple[Block, int, int]]:
    for block in blocks_of(facts):
        for first in range(len(block.statements)):
            for last in range(first, len(block.statements)):
                yield block, first, last
