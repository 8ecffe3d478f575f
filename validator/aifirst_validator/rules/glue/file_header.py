"""AF209: a file does not say what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule
from aifirst_validator.rules.glue.glue_ratio import MIN_TOKENS, first_line

_REQUIRED = "[glue]\nrequire_file_header = true\n"
_CODE = "".join(f"total_{i} = price_{i} * amount_{i}\n" for i in range(10))


class FileHeader(FileRule):
    """The first thing a model sees of a file should be what the file is, why it is there and what it leaves
    out. A docstring or a comment before the first statement counts; a licence does not.

    Off unless `glue.require_file_header` is set (the preset `full` sets it).
    """

    code: ClassVar[str] = "AF209"
    name: ClassVar[str] = "file-header"
    summary: ClassVar[str] = "A file does not say what it is."
    valid = (Example('"""Prices of the day."""\n' + _CODE, settings=_REQUIRED), Example(_CODE))
    invalid = (Example(_CODE, lines=(1,), settings=_REQUIRED),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        reading = file.reading
        if not file.settings.glue.require_file_header or reading.tokens < MIN_TOKENS:
            return
        root = reading.tree.root_node
        first = next((c for c in root.children if c.is_named and "comment" not in c.type), None)
        start = first.start_byte if first is not None else 0
        said = any(
            not comment.kept
            and (comment.start < start or (comment.kind == "docstring" and comment.start == start))
            for comment in reading.comments[:40]
        )
        if not said:
            at, end = first_line(file)
            yield Problem(
                at, end, "the file does not say what it is",
                "Begin with a docstring or comment: what it is, why it is there, what it leaves out.", anchor="header",
            )  # fmt: skip
