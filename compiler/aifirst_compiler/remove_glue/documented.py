"""The mode `documented`: a docstring's first line, and at most one high-level comment a group of statements.

High-level is a comment on lines of its own at the top level of the file, directly above a statement, that is no
marker (`WHY:`, `STEP 2:`, `TODO`), no ticket, no drawn line and no code that was commented out; of several in a row
the first line stays. Documentation comments of languages that have them are cut to their first line of text.
"""

from __future__ import annotations

import re

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets.markers import find_markers

_QUOTES = re.compile(rb"""(?s)([rRuU]?)(\"\"\"|'''|"|')(.*)\2\Z""")
_LINE_DOC = re.compile(rb"//[/!]")
_BLOCK_DOC = re.compile(rb"(?s)(/\*[*!])(.*)\*/\Z")
_DRAWN = re.compile(rb"[^\w\x80-\xff]*([=\-*#~+/_.])\1{4,}")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]{2}")
_BLANK = re.compile(rb"[ \t]")
_LONGEST = 1000
"""Bytes of a comment that may say something high-level; looking for code in it may take the square of that."""
_CODE = re.compile(
    rb"[;{}]\s*$|^\W*(?:import|from|return|def|class|if|for|while|const|let|var)\b.*[:;({)]\s*$|\w\(.*\)\s*$|^\W*\w+ = "
)
_TAG = re.compile(rb"@\w")
_LEAD = re.compile(rb"(?:#+|//+[/!]?|--+|/\*+!?|\*|;+|%+)[ \t]?")


def first_line(reading: Reading, comment: Comment) -> bytes | None:
    """The documentation cut to its first line; None where the comment is no documentation, or says nothing."""
    text = reading.data[comment.start : comment.end]
    if comment.kind == "docstring":
        return _first_line_of_string(text)
    docs = reading.language.docs
    if docs is None or docs.match(reading.data, comment.start, comment.end) is None:
        return None
    block = _BLOCK_DOC.match(text)
    if block is None:
        return text if _opens_run(reading, comment) and text.strip(b"/! \t") else None
    for line in block[2].splitlines():
        said = line.strip().removeprefix(b"*").strip()
        if said and not said.startswith(b"@"):
            return block[1] + b" " + said + b" */"
    return None


def _first_line_of_string(text: bytes) -> bytes | None:
    found = _QUOTES.match(text)
    if found is None or found[2] in found[3]:
        return text  # several strings joined: as it is
    lines = found[3].splitlines()
    said = next((line.strip() for line in lines if line.strip()), b"")
    if not said:
        return None
    if len(lines) == 1 and said == found[3]:
        return text
    is_odd = (len(said) - len(said.rstrip(b"\\"))) % 2
    if is_odd:  # the newline was escaped
        said = said[:-1].rstrip()
    if not said:
        return None
    closes = b" " if said.endswith(found[2][:1]) else b""
    return found[1] + found[2] + said + closes + found[2]


def _opens_run(reading: Reading, comment: Comment) -> bool:
    """Whether no line of the same documentation stands directly above."""
    data = reading.data
    line = data.rfind(b"\n", 0, comment.start)
    if line <= 0:
        return True
    above = data[data.rfind(b"\n", 0, line) + 1 : line].strip()
    return _LINE_DOC.match(above) is None


def high_level_comments(reading: Reading) -> frozenset[int]:
    """Starts of the comments that stay as they are."""
    data = reading.data
    if reading.language.kind not in ("code", "style") or not reading.comments:
        return frozenset()
    chosen: set[int] = set()
    marked = _marked(reading)
    ends = {comment.start: comment.end for comment in reading.comments if comment.own_line}
    end_of_run = -1
    for comment in reading.comments:
        if comment.kind != "comment" or not comment.own_line:
            continue
        line = data.rfind(b"\n", 0, comment.start) + 1
        is_new = line != end_of_run
        end_of_run = _next_line(data, comment.end)
        if not is_new or line != comment.start or comment.kept or comment.start in marked:
            continue
        if _is_high_level(data[comment.start : comment.end]) and _stands_on_code(data, ends, end_of_run):
            chosen.add(comment.start)
    return frozenset(chosen)


def _next_line(data: bytes, end: int) -> int:
    newline = data.find(b"\n", end)
    return len(data) if newline < 0 else newline + 1


def _marked(reading: Reading) -> set[int]:
    """Starts of the comments that open with a marker."""
    text = reading.text
    places = [found.start for found in find_markers(text)]
    if not text.isascii():
        places = _in_bytes(text, places)
    starts = sorted(places)
    marked: set[int] = set()
    at = 0
    for comment in reading.comments:
        while at < len(starts) and starts[at] < comment.start:
            at += 1
        if at < len(starts) and starts[at] < comment.end:
            marked.add(comment.start)
    return marked


def _in_bytes(text: str, places: list[int]) -> list[int]:
    """Places given in characters as bytes of UTF-8; they ascend."""
    found: list[int] = []
    before = at = 0
    for place in places:
        at += len(text[before:place].encode())
        before = place
        found.append(at)
    return found


def _is_high_level(text: bytes) -> bool:
    if len(text) > _LONGEST or b"\n" in text or _DRAWN.match(text) or _TAG.search(text):
        return False
    lead = _LEAD.match(text)
    said = text[lead.end() if lead else 0 :].strip()
    return _has_two_words(said) and _CODE.search(said) is None


def _has_two_words(said: bytes) -> bool:
    """Whether two words, of two letters or more, stand on the two sides of a blank."""
    first = _WORD.search(said)
    blank = _BLANK.search(said, first.end()) if first is not None else None
    return blank is not None and _WORD.search(said, blank.end()) is not None


def _stands_on_code(data: bytes, ends: dict[int, int], at: int) -> bool:
    """Whether the next line, or the one below the rest of the comment, is code; `ends` are those of comment lines."""
    while at in ends:
        at = _next_line(data, ends[at])
    end = data.find(b"\n", at)
    return bool(data[at : len(data) if end < 0 else end].strip())
