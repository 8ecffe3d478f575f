"""The documentation of one file that stays: read at run time, asked for by name, or all of it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading

from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.run_time_docs.uses import RunTimeUses


def kept_documentation(
    reading: Reading, options: CompileOptions, uses: RunTimeUses | None = None
) -> set[int]:
    """Starts of the docstrings and documentation comments that stay, besides those that glue itself keeps."""
    candidates = [
        comment for comment in reading.comments if not comment.kept and _documents(reading, comment)
    ]
    if options.keep_docstrings:
        return {comment.start for comment in candidates}
    kept: set[int] = set()
    if options.keep:
        kept.update(c.start for c in candidates if is_kept_by_name(reading, c.unit, options.keep))
    return kept


def _documents(reading: Reading, comment: Comment) -> bool:
    if comment.kind == "docstring":
        return True
    docs = reading.language.docs
    return docs is not None and docs.match(reading.data, comment.start, comment.end) is not None


def is_kept_by_name(reading: Reading, unit: int, patterns: tuple[str, ...]) -> bool:
    """Whether a unit of the file is named by `path::Qualified.name` or `Qualified.name`, `*` for any part."""
    name = reading.units[unit].name
    full = f"{reading.path}::{name}"
    return any(fnmatchcase(full if "::" in pattern else name, pattern) for pattern in patterns)
