"""The words of every unit of a file in three fields, counted once for all levels that compare by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aifirst_memory.lexical.words import count_words, count_words_within

if TYPE_CHECKING:  # a search, which reads no file, imports this module at its start
    from aifirst_codebase.glue.span import GlueSpan
    from aifirst_codebase.reading import Reading
    from aifirst_codebase.units.unit import Span


class UnitWords(NamedTuple):
    """The words of one unit with their counts: of its code, of its glue, and of its name.

    The name is the qualified name; for a module's own code (unit 0) the folders and the stem of the path.
    """

    code: dict[str, int]
    glue: dict[str, int]
    name: dict[str, int]


def unit_words(reading: Reading) -> list[UnitWords]:
    """The words of each unit of `reading.units`, in the same order. Every byte counts for one unit and field."""
    data = reading.data
    glue_of: list[list[GlueSpan] | None] = [None] * len(reading.units)
    for stretch in reading.glue:
        found = glue_of[stretch.unit]
        if found is None:
            glue_of[stretch.unit] = [stretch]
        else:
            found.append(stretch)
    result: list[UnitWords] = []
    for index, unit in enumerate(reading.units):
        stretches = glue_of[index]
        name = count_words(unit.name) if index else path_words(reading.path)
        if stretches:
            code = count_words_within(data, _without(unit.spans, stretches))
            glue = count_words_within(data, [(stretch.start, stretch.end) for stretch in stretches])
        else:
            code, glue = count_words_within(data, unit.spans), {}
        result.append(UnitWords(code, glue, name))
    return result


def _without(spans: list[Span], stretches: list[GlueSpan]) -> list[Span]:
    """The spans without the stretches, which lie inside them, both in file order."""
    result: list[Span] = []
    position = 0
    for start, end in spans:
        while position < len(stretches) and stretches[position].start < end:
            stretch = stretches[position]
            if stretch.start > start:
                result.append((start, stretch.start))
            start = max(start, stretch.end)
            position += 1
        if start < end:
            result.append((start, end))
    return result


def path_words(path: str) -> dict[str, int]:
    """The words of a path, counted: of its folders and of the file's name up to the first dot."""
    folder, slash, name = path.rpartition("/")
    return count_words(folder + slash + (name.partition(".")[0] or name))
