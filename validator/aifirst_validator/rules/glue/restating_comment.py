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
_FILLERS = frozenset({
    "a", "an", "the", "to", "of", "in", "on", "for", "from", "into", "with", "by", "as", "at", "is", "are", "be", "this",
    "that", "it", "its", "and", "or", "then", "now", "we", "our", "new",
})  # fmt: skip
_DOING = re.compile(
    rb"\b([A-Za-z_]\w*+)[ \t]*\(|\.([A-Za-z_]\w*)[ \t]*;?$"
    rb"|^(return|raise|throw|yield|await|del|delete|assert|import|break|continue)\b"
)
_CLOSERS = (b")", b"]", b"}")
_MAX_LENGTH = 64
_OPENERS = (
    b"def ", b"class ", b"async ", b"function ", b"if ", b"for ", b"while ", b"else", b"elif ", b"with ", b"@", b"}",
    b"#",
)  # fmt: skip


class RestatingComment(FileRule):
    """`# Close the file` above `file.close()` costs tokens, says nothing the line does not, and turns false
    when the line changes. A comment is reported when it is one short sentence, begins with what the
    statement below does (the verb of a function it calls, or `return` and the like), each of its words
    stands in that statement's first line, and that statement is all it stands above: over a paragraph of
    statements or the rows of a table it is a heading.

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
        Example(
            "# Create the users\nada = create_users('ada')\nalan = create_users('alan')\n",
            title="a paragraph",
        ),
        Example(
            "# Blank passwords\nblank_password = make_password('')\n", title="it says what, not what is done"
        ),
        Example(
            "CODES = {\n    # Server Error\n    500: ('server_error',),\n}\n", title="a heading in a table"
        ),
        Example("# App is synced.\nsync_app.assert_called()\n", title="a claim"),
    )
    invalid = (
        Example("# Close the file.\nfile.close()\n", lines=(1,)),
        Example("# create the new user\nuser = create_user(name)\n", lines=(1,)),
        Example(
            "  // send file\n  return this.sendFile(\n    path,\n  )\n}\n", path="example.js", lines=(1,)
        ),
        Example("def total(rows):\n    # Return the rows\n    return rows\n", lines=(2,)),
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
        said = [_stem(word) for word in match.group(1).decode().lower().split() if word not in _FILLERS]
        if not 2 <= len(set(said)) <= 6:
            return False
        line = data[below : _end_of_line(data, below)].strip()
        if not line or line.startswith(_OPENERS) or _opens_block(line):
            return False
        words = {_stem(word.lower()) for word in _WORDS.findall(line.decode("utf-8", "replace"))}
        return words.issuperset(said) and said[0] in _verbs(line) and _stands_alone(data, below)


def _verbs(line: bytes) -> set[str]:
    """The first words of the functions a line calls, and the keyword it begins with."""
    names = [b"".join(found).decode("utf-8", "replace") for found in _DOING.findall(line)]
    return {_stem(words[0].lower()) for words in map(_WORDS.findall, names) if words}


def _opens_block(line: bytes) -> bool:
    """Whether more than one statement hangs on the line."""
    return line.endswith(b":") or (line.endswith(b"{") and line[:-1].rstrip()[-1:] not in (b"(", b",", b"="))


def _stands_alone(data: bytes, below: int) -> bool:
    """Whether the statement that begins on the line is followed by a gap, a comment or the end of its block."""
    first = data[below : _end_of_line(data, below)]
    indent = len(first) - len(first.lstrip())
    at = below + len(first) + 1
    while at < len(data):
        line = data[at : _end_of_line(data, at)]
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        if not text or depth < indent:
            return True
        if depth == indent and not text.startswith(_CLOSERS):
            return text.startswith((b"#", b"//", b"--", b"/*"))
        at += len(line) + 1
    return True


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
