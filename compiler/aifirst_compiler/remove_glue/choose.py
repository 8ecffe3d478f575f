"""Which comments and docstrings of a file go, which stay, and what is put in their place.

`clean` takes all that is glue; `structural` leaves comments that are assembly lines and nothing else;
`documented` leaves the first line of documentation, and the comments `high_level` chooses. The result are edits of
the bare comments; what becomes of the lines around them is `widen`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets.assembly import find_assembly_lines

from aifirst_compiler.compiled import Mode
from aifirst_compiler.edits import Edit
from aifirst_compiler.remove_glue.docstrings import docstring_removal
from aifirst_compiler.remove_glue.documented import first_line, high_level_comments

_ENCODING = re.compile(rb"#[^\n]*?coding[:=][ \t]*[-\w.]")
_DECLARING_LINES = 2
_OTHER_MARKS = re.compile(rb"/\*\*?\s*@(?:generated|hide|checkstyle|formatter:)|/\*+\s*[A-Z]{3}")
"""What may stand in a comment of Java beside `@deprecated` and is read by other tools."""
_DEPRECATED = re.compile(
    rb"(?:\s|//[^\n]*\n|/\*(?!\*)(?:(?!\*/)[\s\S])*\*/|@(?!Deprecated\b)[\w.]++(?:\((?:[^()\"]|\"(?:[^\"\\\n]|\\.)*\")*+\))?+)*+"
    rb"@Deprecated\b"
)
"""`@Deprecated` among the annotations that follow."""


def choose_removals(
    reading: Reading, mode: Mode, keep: Collection[int] = (), *, drop_licences: bool = False
) -> list[Edit]:
    """The bare comments and docstrings that go, in order, each with what stands there instead."""
    high_level = high_level_comments(reading) if mode == "documented" else frozenset[int]()
    may_declare = reading.language.data.string_docs and b"coding" in reading.data
    is_java = reading.language.name == "java"
    removals: list[Edit] = []
    for comment in reading.comments:
        if comment.start in keep or comment.start in high_level:
            continue
        goes = drop_licences and comment.kept == "licence"
        goes = (
            goes
            or (may_declare and _would_declare_encoding(reading, comment))
            or (is_java and _says_what_an_annotation_says(reading, comment))
        )
        if comment.kept and not goes:
            continue
        if mode != "clean" and _stays(reading, comment, mode):
            continue
        removal = _removal(reading, comment, mode)
        if removal is not None:
            removals.append(removal)
    return removals


def _stays(reading: Reading, comment: Comment, mode: Mode) -> bool:
    return mode == "structural" and comment.kind == "comment" and is_assembly_line(reading.data, comment)


def _removal(reading: Reading, comment: Comment, mode: Mode) -> Edit | None:
    if mode == "documented":
        shortened = first_line(reading, comment)
        if shortened is not None:
            same = shortened == reading.data[comment.start : comment.end]
            return None if same else Edit(comment.start, comment.end, shortened)
    if comment.kind == "docstring":
        return docstring_removal(reading, comment)
    return Edit(comment.start, comment.end)


def _would_declare_encoding(reading: Reading, comment: Comment) -> bool:
    """Whether an editor's hint would become Python's encoding declaration when the comments above it go."""
    data = reading.data
    if comment.kept == "encoding":
        return False
    if (
        not _ENCODING.match(data, comment.start, comment.end)
        or data.count(b"\n", 0, comment.start) < _DECLARING_LINES
    ):
        return False
    return all(
        node.type == "comment" or node.start_byte > comment.start for node in reading.tree.root_node.children
    )


def _says_what_an_annotation_says(reading: Reading, comment: Comment) -> bool:
    """Whether Java's compiler would read from a comment only what an annotation below it says as well.

    It marks what its documentation calls `@deprecated` (JLS 9.6.4.6 asks for both), and so does `@Deprecated`.
    """
    if comment.kept != "pragma":
        return False
    text = reading.data[comment.start : comment.end]
    return (
        text.startswith(b"/**")
        and _OTHER_MARKS.match(text) is None
        and _DEPRECATED.match(reading.data, comment.end) is not None
    )


def is_assembly_line(data: bytes, comment: Comment) -> bool:
    """Whether a comment is one line of assembly tags and nothing else."""
    text = data[comment.start : comment.end]
    if b"@" not in text or b"\n" in text:
        return False
    found = find_assembly_lines(text.decode("utf-8", "replace"))
    return len(found) == 1
