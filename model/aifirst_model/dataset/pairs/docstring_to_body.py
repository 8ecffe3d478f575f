"""A function's head and documentation asked, its body answered; and, where both ways are asked for, the other way round.

Head and body together are the function as it stands in the source, byte for byte. Tests are left out: what they check
cannot be told from their heads. So are bodies of a line that only returns a constant or raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import tree_sitter

from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.pairs.material import Material, ask, fenced
from aifirst_model.dataset.record import Sample

_TRIVIAL = re.compile(
    r"\s*(?:pass|\.\.\.|return\b.{0,20}|raise NotImplementedError.*|[{}]|\s)*\s*\Z", re.DOTALL
)
LONGEST = 6_000
SHORTEST_DOC = 20


def make_bodies(material: Material) -> Iterator[Sample]:
    """A conversation a function that has documentation and a body worth writing."""
    for head, body, index in _parts(material):
        unit = material.reading.units[index]
        title = material.language.data.title
        question = f"Write the body of this {title} function.\n\n{fenced(head, material.language.name)}"
        about = msgspec.structs.replace(material.describe(unit), task="docstring-to-body")
        yield ask(question, fenced(body, material.language.name), about)


def make_documentation(material: Material) -> Iterator[Sample]:
    """The same functions the other way: the code without its documentation asked, what it does answered."""
    for _, _, index in _parts(material):
        unit = material.reading.units[index]
        said = material.said_about(index)
        code = _without_documentation(material, index)
        title = material.language.data.title
        question = f"Say what this {title} function does.\n\n{fenced(code, material.language.name)}"
        about = msgspec.structs.replace(material.describe(unit), task="body-to-docstring")
        yield ask(question, said, about)


def _parts(material: Material) -> Iterator[tuple[str, str, int]]:
    """(head with documentation, body, index of the unit) of each function that is asked about."""
    if material.is_test or material.language.kind != "code":
        return
    for index in material.functions:
        unit = material.reading.units[index]
        if unit.end - unit.start > LONGEST or _has_inner(material, index):
            continue
        body = material.body_of(unit)
        said = material.said_about(index) if body is not None else ""
        if body is None or len(said) < SHORTEST_DOC or not is_english(said):
            continue
        start = _start_of_code(material, index, body)
        if start >= 0:
            head = material.slice(_begin(material, index), start)
            code = material.slice(start, unit.code_end)
            if code.strip() and not _TRIVIAL.match(code):
                yield head, code, index


def _has_inner(material: Material, index: int) -> bool:
    """Whether definitions stand inside a unit; the first of them follows it."""
    units = material.reading.units
    return index + 1 < len(units) and units[index + 1].parent == index


def _start_of_code(material: Material, index: int, body: tree_sitter.Node) -> int:
    """Where the body begins behind its docstring, at the start of a line; -1 where all of it stands on one line."""
    data = material.reading.data
    inside = [one.end for one in material.documentation_of(index) if one.start >= body.start_byte]
    start = max([body.start_byte, *inside])
    end = data.find(b"\n", start, body.end_byte)
    if end < 0:
        return start if not inside and b"\n" not in data[body.start_byte : body.end_byte] else -1
    return end + 1 if not data[start:end].strip(b" \t\r{") else start


def _begin(material: Material, index: int) -> int:
    """Where the text of a unit begins, its indentation with it."""
    unit, data = material.reading.units[index], material.reading.data
    start = data.rfind(b"\n", 0, unit.start) + 1
    return unit.start if data[start : unit.start].strip() else start


def _without_documentation(material: Material, index: int) -> str:
    """The code of a unit without what documents it, whole lines gone with it."""
    data, unit = material.reading.data, material.reading.units[index]
    parts: list[bytes] = []
    at = _begin(material, index)
    for comment in material.documentation_of(index):
        start, end = comment.start, comment.end
        line = data.rfind(b"\n", 0, start) + 1
        after = data.find(b"\n", end)
        if line >= at and not data[line:start].strip() and after >= 0 and not data[end:after].strip():
            start, end = line, after + 1
        parts.append(data[at:start])
        at = end
    parts.append(data[at : unit.code_end])
    return b"".join(parts).decode()
