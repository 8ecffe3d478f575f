"""Names that were to be kept and that nothing has: a slip of the pen would lose what it was to keep."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED

from aifirst_compiler.compiled import Warned
from aifirst_compiler.run_time_docs.kept import is_kept_by_name

_WILD = frozenset("*?[")


def unmatched_names(patterns: Sequence[str], root: Path, paths: Sequence[str]) -> tuple[Warned, ...]:
    """A notice for each pattern that names nothing in some files below `root`; those that cannot be read are left out."""
    left = list(dict.fromkeys(patterns))
    for path in paths:
        near = [pattern for pattern in left if _may_be_in(pattern, path)]
        if not near:
            continue
        try:
            data = (root / path).read_bytes()
        except OSError:
            continue
        near = [pattern for pattern in near if _last_word(pattern).encode() in data]
        found = _names_in(path, data, near) if near else ()
        left = [pattern for pattern in left if pattern not in found]
    return tuple(
        Warned(
            "keep-names-nothing", pattern, 1, "is to be kept, and nothing that is compiled has that name",
            "write it as Class.method or path::Class.method, with * for any part",
        )
        for pattern in left
    )  # fmt: skip


def _may_be_in(pattern: str, path: str) -> bool:
    file, parts, _ = pattern.partition("::")
    return not parts or fnmatchcase(path, file)


def _last_word(pattern: str) -> str:
    """What of a pattern stands in every text that has what it names."""
    name = pattern.rpartition("::")[2].rpartition(".")[2]
    return "" if _WILD & set(name) else name


def _names_in(path: str, data: bytes, patterns: Sequence[str]) -> list[str]:
    """The patterns that name a unit of a file."""
    source = decode_source(path, data)
    language = language_of(path, source.data)
    if language is None:
        return []
    reading = read(source, language, UNCOUNTED)
    units = range(1, len(reading.units))
    return [
        pattern for pattern in patterns if any(is_kept_by_name(reading, unit, (pattern,)) for unit in units)
    ]
