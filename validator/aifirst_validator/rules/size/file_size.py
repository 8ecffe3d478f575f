"""AF105: a file is longer than a model should have to open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_LIMITED = "[limits]\nfile_lines = 10\n"


class FileSize(FileRule):
    """A file is what a model opens and what a person reviews. A long one costs its whole length for every
    small question, and hides which of its parts belong together.

    `limits.file_lines` counts lines, `limits.file_tokens` tokens; either may be 0 for no limit. Licence
    headers count, files of data and documentation are not judged.
    """

    code: ClassVar[str] = "AF105"
    name: ClassVar[str] = "file-size"
    summary: ClassVar[str] = "A file is longer than a model should have to open."
    valid = (Example("a = 1\n" * 10, settings=_LIMITED),)
    invalid = (
        Example("a = 1\n" * 11, lines=(1,), settings=_LIMITED),
        Example("a = 1\n" * 11, lines=(1,), settings="[limits]\nfile_tokens = 20\n", title="by tokens"),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        limits = file.settings.limits
        data = file.data
        lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
        tokens = file.reading.tokens
        first = data.find(b"\n") if b"\n" in data else len(data)
        advice = "Split it by what changes together; each part keeps one story."
        if limits.file_lines and lines > limits.file_lines:
            yield Problem(
                0, first, f"the file has {lines} lines, limit {limits.file_lines}", advice, anchor="lines"
            )
        elif limits.file_tokens and tokens > limits.file_tokens:
            yield Problem(
                0, first, f"the file has {tokens} tokens, limit {limits.file_tokens}", advice, anchor="tokens"
            )
