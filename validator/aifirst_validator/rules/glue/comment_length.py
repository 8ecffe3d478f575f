"""AF204: a comment is too short to say anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_ALL = '[glue]\nquality = "all"\n'
_WORD = re.compile(rb"[^\W_]", re.ASCII)
_TAG = re.compile(rb"@[A-Za-z]")


class CommentLength(FileRule):
    """A comment of a word or two ("loop", "helper") costs tokens and tells nothing that the code does not.
    `glue.min_comment_length` counts characters, comment marks and white space at the ends left out; lines of
    one comment block count together. Rules, bars and tags are not judged.

    Judged where `glue.quality` says.
    """

    code: ClassVar[str] = "AF204"
    name: ClassVar[str] = "comment-length"
    summary: ClassVar[str] = "A comment is too short to say anything."
    severity = "note"
    by_preset: ClassVar = {"full": "warning"}
    valid = (Example("# Amounts are in cents, never in floats.\ntotal = 1\n", settings=_ALL),)
    invalid = (Example("# helper\ntotal = 1\n", lines=(1,), settings=_ALL),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each short comment block."""
        limit = file.settings.glue.min_comment_length
        if not limit or not file.applies(file.settings.glue.quality):
            return
        data = file.data
        for span in file.reading.glue:
            text = data[span.start : span.end]
            if span.kind != "comment" or len(text) > 4 * limit + 20:
                continue
            said = text.strip(b"#/*-;!<> \t\r\n")
            if len(said) < limit and _WORD.search(said) and not _TAG.search(text.strip()):
                start = span.start + len(text) - len(text.lstrip())
                yield Problem(
                    start, start + len(text.strip()), f"the comment says only {said.decode('utf-8', 'replace')!r}",
                    "Say the reason, or delete it.",
                )  # fmt: skip
