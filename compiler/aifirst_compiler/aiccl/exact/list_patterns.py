"""Which patterns files have, with where each stands in the sources, for who looks at a project's code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED

from aifirst_compiler.aiccl.exact.options import ExactOptions
from aifirst_compiler.aiccl.exact.smallest import smallest_file
from aifirst_compiler.aiccl.exact.use_patterns import units_of
from aifirst_compiler.aiccl.maps.templates import HOLES
from aifirst_compiler.aiccl.patterns import Pattern, find_patterns


class Place(NamedTuple):
    """Where a unit is that is an instance of a pattern, its line from 1, and what stands in the holes."""

    path: str
    line: int
    unit: str
    values: tuple[str, ...]


class ListedPattern(NamedTuple):
    """A pattern with its template as the notation has it, without comments and layout."""

    id: str
    name: str
    template: str
    places: list[Place]


def list_patterns(files: Sequence[tuple[str, str]], options: ExactOptions) -> list[ListedPattern]:
    """The patterns of files, those that repeat most text first."""
    held = [(path, smallest_file(path, text, options)[1]) for path, text in files]
    found = find_patterns(units_of(held))
    wanted = {instance.file for pattern in found for instance in pattern.instances}
    lines = {file: _lines(*files[file]) for file in wanted}
    return [_listed(pattern, files, lines) for pattern in found]


def _listed(
    pattern: Pattern, files: Sequence[tuple[str, str]], lines: dict[int, dict[str, int]]
) -> ListedPattern:
    template = "".join(part if isinstance(part, str) else HOLES[part] for part in pattern.template)
    places = [
        Place(files[file][0], lines[file].get(name, 1), name, values)
        for file, name, _, _, values in pattern.instances
    ]
    return ListedPattern(pattern.id, pattern.name, template, sorted(places))


def _lines(path: str, text: str) -> dict[str, int]:
    """The line that each unit of a file begins on, by its name."""
    data = text.encode("utf-8", "surrogatepass")
    language = language_of(path, data)
    if language is None:
        return {}
    reading = read(SourceFile(path, data, "utf-8", ""), language, UNCOUNTED)
    return {unit.name: data.count(b"\n", 0, unit.code_start) + 1 for unit in reading.units}
