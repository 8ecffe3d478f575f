"""AF206: a comment says what the next line says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.glue import Comment

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Edit, Fix, Problem
from aifirst_validator.rule import Example, FileRule

_ONE_SENTENCE = re.compile(rb"(?:#|//|--|;|%)[ \t]*([A-Za-z][A-Za-z0-9 _']{4,50})\.?\s*$")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_FILLERS = frozenset(
    {
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "for",
        "from",
        "into",
        "with",
        "by",
        "as",
        "at",
        "is",
        "are",
        "be",
    }
    | {"this", "that", "it", "its", "and", "or", "then", "now", "we", "our", "new"}
)
_MAX_LENGTH = 64
_OPENERS = (
    b"def ",
    b"class ",
    b"async ",
    b"function ",
    b"if ",
    b"for ",
    b"while ",
    b"else",
    b"elif ",
    b"@",
    b"}",
    b"#",
)


class RestatingComment(FileRule):
    """`# Close the file` above `file.close()` costs tokens, says nothing the line does not, and turns false
    when the line changes. A comment is reported when it is one short sentence and each of its words stands
    in the statement below it, as a word of an identifier.

    `--fix` deletes it.
    """

    code: ClassVar[str] = "AF206"
    name: ClassVar[str] = "restating-comment"
    summary: ClassVar[str] = "A comment says what the next line says."
    severity = "note"
    by_preset: ClassVar = {"full": "warning"}
    fixable = True
    valid = (
        Example("# Windows keeps the handle open until then.\nfile.close()\n"),
        Example("# Users\nusers = load_users()\n", title="a heading of one word"),
    )
    invalid = (
        Example("# Close the file.\nfile.close()\n", lines=(1,)),
        Example("# create the new user\nuser = create_user(name)\n", lines=(1,)),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem, with a fix, for each comment that restates the line below it."""
        data = file.data
        comments = file.reading.comments
        last = len(comments) - 1
        for index, comment in enumerate(comments):
            if not comment.own_line or comment.kept or comment.end - comment.start > _MAX_LENGTH:
                continue
            newline = data.find(b"\n", comment.end)
            if newline < 0 or (index < last and comments[index + 1].start < _end_of_line(data, newline + 1)):
                continue
            if self._restates(data, comment, newline + 1) and not _continues(data, comments, index):
                start = data.rfind(b"\n", 0, comment.start) + 1
                yield Problem(
                    comment.start, comment.end, "the comment says what the next line says",
                    "Say why, or delete it.", fix=Fix((Edit(start, newline + 1, ""),)),
                )  # fmt: skip

    def _restates(self, data: bytes, comment: Comment, below: int) -> bool:
        match = _ONE_SENTENCE.match(data, comment.start, comment.end)
        if match is None:
            return False
        said = {_stem(word) for word in match.group(1).decode().lower().split() if word not in _FILLERS}
        if not 2 <= len(said) <= 6:
            return False
        line = data[below : _end_of_line(data, below)].strip()
        if not line or line.startswith(_OPENERS):
            return False
        words = {_stem(word.lower()) for word in _WORDS.findall(line.decode("utf-8", "replace"))}
        return said <= words


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e")


def _end_of_line(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def _continues(data: bytes, comments: list[Comment], index: int) -> bool:
    """Whether the comment is the last line of a longer block."""
    if not index:
        return False
    before = comments[index - 1]
    return before.own_line and data.count(b"\n", before.end, comments[index].start) == 1
