"""The files and units that a request names: `path`, `path::Unit.name` or `path:line`."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NamedTuple

from aifirst_codebase.discovery.reading import printable_path

from aifirst_memory.context.file_text import FileText, FileTexts
from aifirst_memory.context.request import ContextError
from aifirst_memory.context.sources import ContextSources, UnitPlace

_LINE = re.compile(r"(.+?):(\d{1,9})(?:-\d{1,9})?(?::\d{1,9})?")


class Target(NamedTuple):
    """A file asked for, and the unit in it that is meant; None for all of the file."""

    path: str
    unit: int | None


def find_targets(sources: ContextSources, texts: FileTexts, wanted: tuple[str, ...]) -> list[Target]:
    """The targets in the order given, each once. Raises `ContextError` for what is not there."""
    found: dict[Target, None] = {}
    for name in wanted:
        found[_find(sources, texts, name)] = None
    return list(found)


def _find(sources: ContextSources, texts: FileTexts, wanted: str) -> Target:
    whole = texts.open(sources.connection, wanted)
    if whole is not None:
        return Target(wanted, None)
    path, separator, name = wanted.partition("::")
    if separator:
        file = texts.open(sources.connection, path)
        if file is None:
            raise ContextError(_why_not(sources, texts, path))
        return Target(path, _unit_named(file, name))
    matched = _LINE.fullmatch(wanted)
    if matched is None:
        raise ContextError(_why_not(sources, texts, wanted))
    file = texts.open(sources.connection, matched[1])
    if file is None:
        raise ContextError(_why_not(sources, texts, matched[1]))
    line = int(matched[2])
    last = file.lines.line_count
    if not 1 <= line <= last:
        raise ContextError(f"{matched[1]} has lines 1 to {last}, not {line}. Give one of them.")
    return Target(matched[1], file.unit_at_line(line))


def _unit_named(file: FileText, name: str) -> int:
    """The unit of that qualified name, or the only one whose name ends in it."""
    names = [unit.name for unit in file.units]
    if name in names:
        return names.index(name)
    ends = [index for index, known in enumerate(names) if known.endswith(file.language.data.separator + name)]
    if len(ends) == 1:
        return ends[0]
    near = [names[index] for index in ends] or get_close_matches(name, names, n=3)
    hint = (
        f"Did you mean {', '.join(near[:5])}?" if near else f"It has {', '.join(names[1:8]) or 'no units'}."
    )
    raise ContextError(f"{file.path} has no unit {name!r}. {hint}")


def _why_not(sources: ContextSources, texts: FileTexts, path: str) -> str:
    """Why a file cannot be given, and what to do."""
    problem = texts.problem(path)
    if problem and problem[0] != "vanished":
        return f"{problem[1]}. Give a source file of the project."
    if printable_path(path) != path:
        return f"the name {printable_path(path)} is not valid UTF-8, so it is not indexed. Rename the file."
    if problem is None:
        row = sources.connection.execute("SELECT reason FROM left_out WHERE path = ?", (path,)).fetchone()
        reason = row[0] if row else "is in no language that is indexed"
        return f"{path} {reason}. Give a source file of the project."
    name = path.rpartition("/")[2]
    rows = sources.connection.execute("SELECT path FROM file ORDER BY path").fetchall()
    same = [known for (known,) in rows if known.rpartition("/")[2] == name]
    near = same[:3] or get_close_matches(path, [known for (known,) in rows], n=2, cutoff=0.8)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Give the path of a file of the project."
    return f"{path} does not exist. {hint}"


def place_of(target: Target) -> UnitPlace:
    """The unit from which steps go out: that meant, or the file's own code."""
    return UnitPlace(target.path, target.unit or 0)
