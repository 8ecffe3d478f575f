"""Finds the comments and docstrings of a file and says which of them are glue.

Works on the captures of `glue.scm`. What is not glue although it looks like it: the shebang, the
encoding line, a licence header, comments that tools read (`pragmas` of the language) and docstrings that
the program reads when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import tree_sitter

from aifirst_codebase.glue.span import Comment, GlueSpan, KeptReason
from aifirst_codebase.languages.language import Language

Captures = Mapping[str, Sequence[tree_sitter.Node]]

_LICENCE = re.compile(rb"(?i)copyright|licen[cs]ed?\b|SPDX-|all rights reserved|\(c\) ?[12]\d\d\d")
_ENCODING = re.compile(rb"#.*?coding[:=]")
_BLANK = b" \t\f\v\r\xef\xbb\xbf"


def find_comments(
    data: bytes, captures: Captures, language: Language, *, doctests: bool = False
) -> list[Comment]:
    """Every comment and docstring in file order, with the reason where it is kept."""
    comments: list[Comment] = []
    pragma = language.pragma
    for node in captures.get("comment", ()):
        start, end = node.start_byte, node.end_byte
        while end > start and data[end - 1] in b"\r\n":
            end -= 1
        line = data.rfind(b"\n", 0, start) + 1
        own = line == start or not data[line:start].strip(_BLANK)
        kept: KeptReason = "pragma" if pragma is not None and pragma.match(data, start, end) else ""
        comments.append(Comment(start, end, "comment", own, kept))
    for node in captures.get("docstring", ()):
        start, end = node.start_byte, node.end_byte
        line = data.rfind(b"\n", 0, start) + 1
        own = not data[line:start].strip(_BLANK)
        kept = "doctest" if doctests and data.find(b">>>", start, end) >= 0 else ""
        comments.append(Comment(start, end, "docstring", own, kept))
    comments.sort(key=_by_start)
    _keep_header(data, comments)
    return comments


def _by_start(comment: Comment) -> int:
    return comment.start


def _keep_header(data: bytes, comments: list[Comment]) -> None:
    """Mark shebang, encoding line and licence header as kept."""
    end_of_run = 0
    header: list[Comment] = []
    for index, comment in enumerate(comments):
        if comment.kind == "docstring" or data[end_of_run : comment.start].strip(_BLANK + b"\n"):
            break
        if index and data.count(b"\n", end_of_run, comment.start) > 1 and _licence(data, header):
            break
        if comment.start == 0 and data.startswith(b"#!"):
            comment.kept = "shebang"
        elif index < 2 and _ENCODING.match(data, comment.start, comment.end):
            comment.kept = "encoding"
        elif not comment.kept:
            header.append(comment)
        end_of_run = comment.end
        if len(header) > 200:
            break
    if _licence(data, header):
        for comment in header:
            comment.kept = "licence"


def _licence(data: bytes, header: list[Comment]) -> bool:
    return bool(header) and _LICENCE.search(data, header[0].start, header[-1].end) is not None


def comment_runs(data: bytes, blocks: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Runs of blocks on lines of their own with nothing between them, by where the line after them starts.

    The value is the start of the run's first line and the column of its last block.
    """
    runs: dict[int, tuple[int, int]] = {}
    for start, end in blocks:
        line = data.rfind(b"\n", 0, start) + 1
        newline = data.find(b"\n", end)
        if newline < 0 or data[end:newline].strip(b" \t\r"):
            continue
        first, _ = runs.pop(line, (line, 0))
        runs[newline + 1] = (first, start - line)
    return runs


def merge_spans(data: bytes, comments: Sequence[Comment]) -> list[GlueSpan]:
    """The stretches that go when the glue goes; neighbours on lines of their own make one."""
    spans: list[GlueSpan] = []
    last: GlueSpan | None = None
    size = len(data)
    for comment in comments:
        if comment.kept:
            continue
        start, end = comment.start, comment.end
        if comment.own_line:
            newline = data.find(b"\n", end)
            stop = size if newline < 0 else newline
            if not data[end:stop].strip(b" \t\r;"):
                start = data.rfind(b"\n", 0, start) + 1
                end = min(stop + 1, size)
        else:
            while start and data[start - 1] in b" \t":
                start -= 1
        if last is not None and last.end == start and last.unit == comment.unit and last.kind == comment.kind:
            last.end = end
        else:
            last = GlueSpan(start, end, comment.kind, comment.unit)
            spans.append(last)
    return spans
