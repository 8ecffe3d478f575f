"""Finds the comments and docstrings of a file and says which of them are glue.

Works on the captures of `glue.scm`: `@comment`; `@docstring`, the statement that is one; `@joined`, a
docstring statement that is not one plain string; `@reads_above`, a statement that reads the comment
directly above it. What is not glue although it looks like it: the shebang, the encoding line, a licence
header, comments that tools read (`pragmas` of the language) and docstrings that the program reads when
it runs.

Every step looks at each byte a fixed number of times, also where a file is one long line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import tree_sitter

from aifirst_codebase.glue.span import Comment, GlueSpan, KeptReason
from aifirst_codebase.languages.language import Language

Captures = Mapping[str, Sequence[tree_sitter.Node]]

_LICENCE = re.compile(
    rb"(?i)copyright|\xc2\xa9|\(c\) ?[12]\d\d\d|SPDX-|all rights reserved|public domain"
    rb"|licen[cs]ed? *(?:under|to|by|:|,|v?\d|file\b|agreement)|(?:mit|bsd|isc|apache|gnu|public)[ -]licen[cs]e"
    rb"|permission is hereby granted|redistribution and use|without (?:any )?warrant"
)
_OPENING = re.compile(rb"(?:#![^\n]*\n)?\s*(?:<\?(?:php|xml[^>]*>)|<!DOCTYPE[^>]*>)?", re.IGNORECASE)
_ENCODING = re.compile(rb"#.*?coding[:=]")
_BLANK = b" \t\f\v\r\xef\xbb\xbf"
_PLAIN_STRING = re.compile(rb"\(*[rRuU]?[\"']")
_STATEMENT_END = re.compile(rb"[ \t\f]*;[ \t\f;]*")
_JOINING = frozenset({"concatenated_string", "parenthesized_expression"})
_HEADER_LIMIT = 200
_HEADER: Final = frozenset({"licence", "shebang", "encoding"})
_SPACES = b" \t"


def find_comments(
    data: bytes, captures: Captures, language: Language, *, doctests: bool = False
) -> list[Comment]:
    """Every comment and docstring in file order, with the reason where it is kept."""
    comments: list[Comment] = []
    is_pragma = language.pragma.match if language.pragma is not None else None
    previous = 0
    # Captures come in no order.
    for start, end in sorted([(node.start_byte, node.end_byte) for node in captures.get("comment", ())]):
        if start < previous:  # inside the comment before
            continue
        while end > start and data[end - 1] in b"\r\n":
            end -= 1
        line = data.rfind(b"\n", previous, start) + 1
        # Without a newline since the comment before, that comment stands on this line too.
        own = line == start or ((line > 0 or not previous) and not data[line:start].strip(_BLANK))
        kept: KeptReason = "pragma" if is_pragma is not None and is_pragma(data, start, end) else ""
        comments.append(Comment(start, end, "comment", own, kept))
        previous = end
    docstrings = captures.get("docstring")
    if docstrings:
        comments.extend(_docstrings(data, docstrings, captures.get("joined", ()), doctests))
        comments.sort(key=_by_start)
        comments = _without_nested(comments)
    if comments:
        _keep_header(data, comments)
        _keep_blocks(data, captures, comments, language)
    return comments


def _docstrings(
    data: bytes, nodes: Sequence[tree_sitter.Node], joined: Sequence[tree_sitter.Node], doctests: bool
) -> Iterator[Comment]:
    """The docstrings among statements that may be one: no f-string and no bytes among their parts."""
    other = {node.start_byte for node in joined if not _is_plain(data, node)}
    for node in nodes:
        start, end = node.start_byte, node.end_byte
        if start in other or not _PLAIN_STRING.match(data, start):
            continue
        line = data.rfind(b"\n", 0, start) + 1
        own = not data[line:start].strip(_BLANK)
        kept: KeptReason = "doctest" if doctests and data.find(b">>>", start, end) >= 0 else ""
        yield Comment(start, end, "docstring", own, kept)


def _is_plain(data: bytes, node: tree_sitter.Node) -> bool:
    stack = [node]
    while stack:
        part = stack.pop()
        if part.type == "string":
            if _PLAIN_STRING.match(data, part.start_byte) is None:
                return False
        elif part.type in _JOINING:
            stack.extend(child for child in part.named_children if child.type != "comment")
        else:
            return False
    return True


def _without_nested(comments: list[Comment]) -> list[Comment]:
    """The comments but those inside a docstring: between its parts, or in one that is broken."""
    kept: list[Comment] = []
    end = 0
    for comment in comments:
        if comment.start >= end:
            kept.append(comment)
            end = comment.end
    return kept


def _by_start(comment: Comment) -> int:
    return comment.start


def _keep_header(data: bytes, comments: list[Comment]) -> None:
    """Mark the shebang, the encoding line and the paragraphs of the first comments that state a licence."""
    opening = _OPENING.match(data)
    end_of_run = opening.end() if opening and opening.end() <= comments[0].start else 0
    paragraph: list[Comment] = []
    for index, comment in enumerate(comments[:_HEADER_LIMIT]):
        if comment.kind == "docstring" or data[end_of_run : comment.start].strip(_BLANK + b"\n"):
            break
        if index and data.count(b"\n", end_of_run, comment.start) > 1:
            _keep_licence(data, paragraph)
            paragraph = []
        if comment.start == 0 and data.startswith(b"#!"):
            comment.kept = "shebang"
        elif index < 2 and _ENCODING.match(data, comment.start, comment.end):
            comment.kept = "encoding"
        elif not comment.kept:
            paragraph.append(comment)
        end_of_run = comment.end
    _keep_licence(data, paragraph)


def _keep_licence(data: bytes, paragraph: Sequence[Comment]) -> None:
    if any(_LICENCE.search(data, comment.start, comment.end) for comment in paragraph):
        for comment in paragraph:
            comment.kept = "licence"


def _keep_blocks(data: bytes, captures: Captures, comments: Sequence[Comment], language: Language) -> None:
    """Mark the comments that are read together with the pragma above or the statement below them."""
    block = language.pragma_block
    if block is not None and any(comment.kept == "pragma" for comment in comments):
        _keep_below_pragmas(data, comments, block)
    readers = captures.get("reads_above")
    if readers:
        _keep_above(data, comments, readers)


def _keep_below_pragmas(data: bytes, comments: Sequence[Comment], block: re.Pattern[bytes]) -> None:
    inside, end = False, 0
    for comment in comments:
        if inside and comment.kind == "comment" and _is_next_line(data, end, comment.start):
            comment.kept = comment.kept or "pragma"
        else:
            inside = comment.kept == "pragma" and block.match(data, comment.start, comment.end) is not None
        end = comment.end


def _keep_above(data: bytes, comments: Sequence[Comment], readers: Sequence[tree_sitter.Node]) -> None:
    by_end = {comment.end: comment for comment in comments if comment.own_line}
    for node in readers:
        at = node.start_byte
        while (above := by_end.get(_end_of_text(data, at))) and _is_next_line(data, above.end, at):
            above.kept = above.kept or "pragma"
            at = above.start


def _end_of_text(data: bytes, before: int) -> int:
    while before and data[before - 1] in b" \t\r\n":
        before -= 1
    return before


def _is_next_line(data: bytes, end: int, start: int) -> bool:
    """Whether nothing but one newline and blanks stand between."""
    return data.count(b"\n", end, start) == 1 and data[end:start].isspace()


def block_ends(captures: Captures, comments: Sequence[Comment]) -> dict[int, int]:
    """What may belong to the definition below it, comments and attributes: the start of each by its end."""
    ends = {c.end: c.start for c in comments if c.kind == "comment" and c.kept not in _HEADER}
    for node in captures.get("leading", ()):
        ends[node.end_byte] = node.start_byte
    return ends


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
            while start and data[start - 1] in _SPACES:
                start -= 1
        if comment.kind == "docstring" and end == comment.end:
            after = _STATEMENT_END.match(data, end)
            end = after.end() if after else end
        if last is not None and last.end == start and last.unit == comment.unit and last.kind == comment.kind:
            last.end = end
        else:
            last = GlueSpan(start, end, comment.kind, comment.unit)
            spans.append(last)
    return spans
