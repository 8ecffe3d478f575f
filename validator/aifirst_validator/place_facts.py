"""Facts that several project rules read: tags and assembly lines, with their places."""

from __future__ import annotations

from collections.abc import Iterator

from aifirst_validator.file_context import FileContext
from aifirst_validator.rule import Fact


def collect_tags(file: FileContext) -> Iterator[Fact]:
    """A fact of kind `tag` for each tag that defines or refers: `CATEGORY:value`, role, whether it is unique."""
    for tag in file.tags:
        if tag.role == "label" or tag.value is None:
            continue
        category, value = tag.target
        unique = "unique" if tag.unique else ""
        yield fact_at(file, "tag", f"{category or ''}:{value}", (tag.role, unique), tag.start, tag.end)


def collect_assembly(file: FileContext) -> Iterator[Fact]:
    """A fact of kind `assembly` for each assembly line above a function: its line, function and file stem."""
    units = file.reading.units
    for line in file.assembly_lines:
        start, _ = file.to_bytes(line.start, line.end)
        unit = units[file.reading.unit_at(start)]
        if line.assembly is None or unit.kind != "function":
            continue
        stem = file.path.rpartition("/")[2].partition(".")[0]
        first = next((item for item in line.items), None)
        at, end = (first.start, line.items[-1].end) if first is not None else (line.start, line.end)
        yield fact_at(file, "assembly", line.assembly, (line.source, unit.name, stem), at, end)


def fact_at(file: FileContext, kind: str, key: str, values: tuple[str, ...], start: int, end: int) -> Fact:
    """A fact about a stretch given in characters of the file's text."""
    lines = file.reading.lines
    first, last = file.to_bytes(start, end)
    line, column = lines.to_line_column(first)
    end_line, end_column = lines.to_line_column(last)
    unit = file.reading.units[file.reading.unit_at(first)].name
    return Fact(kind, key, values, line + 1, column + 1, end_line + 1, end_column + 1, unit)
