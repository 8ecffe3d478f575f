"""The documentation of one file that stays: read at run time, asked for by name, or all of it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.run_time_docs.demanded import demands_documentation
from aifirst_compiler.run_time_docs.uses import RunTimeUses


def kept_documentation(reading: Reading, options: CompileOptions, uses: RunTimeUses) -> set[int]:
    """Starts of the docstrings and documentation comments that stay, besides those that glue itself keeps."""
    candidates = [
        comment for comment in reading.comments if not comment.kept and _documents(reading, comment)
    ]
    if not candidates:
        return set()
    if options.keep_docstrings or _is_demanded(reading, uses):
        return {comment.start for comment in candidates}
    kept: set[int] = set()
    if options.keep:
        kept.update(c.start for c in candidates if is_kept_by_name(reading, c.unit, options.keep))
    if reading.language.data.string_docs:
        decision = _Decision(reading, uses)
        kept.update(comment.start for comment in candidates if decision.is_read(comment))
    return kept


def _documents(reading: Reading, comment: Comment) -> bool:
    if comment.kind == "docstring":
        return True
    docs = reading.language.docs
    return docs is not None and docs.match(reading.data, comment.start, comment.end) is not None


def _is_demanded(reading: Reading, uses: RunTimeUses) -> bool:
    if reading.language.name != "rust":
        return False
    if any(reading.path.startswith(folder) for folder in uses.required):
        return True
    return demands_documentation(reading.data)


def is_kept_by_name(reading: Reading, unit: int, patterns: tuple[str, ...]) -> bool:
    """Whether a unit of the file is named by `path::Qualified.name` or `Qualified.name`, `*` for any part."""
    name = reading.units[unit].name
    full = f"{reading.path}::{name}"
    return any(fnmatchcase(full if "::" in pattern else name, pattern) for pattern in patterns)


class _Decision:
    """Decides for the docstrings of one file."""

    def __init__(self, reading: Reading, uses: RunTimeUses) -> None:
        path = reading.path
        self._units = reading.units
        self._data = reading.data
        self._uses = uses
        self._all = path in uses.modules
        self._examples = "*" in uses.doctests or path in uses.doctests
        self._own = {name.partition("::")[2] for name in uses.documented if name.startswith(path + "::")}
        stem = path.rpartition("/")[2].partition(".")[0]
        folder = path.rpartition("/")[0].rpartition("/")[2]
        self._module_name = folder if stem == "__init__" else stem

    def is_read(self, comment: Comment) -> bool:
        """Whether a docstring is read when the program runs."""
        if self._all:
            return True
        if self._examples and self._data.find(b">>>", comment.start, comment.end) >= 0:
            return True
        unit = self._units[comment.unit]
        if comment.unit == 0:
            return "" in self._own or self._module_name in self._uses.documented
        last = _last(unit.name)
        if last in self._own or last in self._uses.documented:
            return True
        around = _last(self._units[unit.parent].name) if unit.parent > 0 else ""
        if around and around in self._uses.members:
            return True
        return any(last.startswith(prefix) and owner in ("", around) for owner, prefix in self._uses.prefixes)


def _last(name: str) -> str:
    return name.rpartition(".")[2].partition("#")[0]
