"""Finds where tickets begin and end in a text.

A ticket begins at a bar that is followed by a tag or title line, with a TICKET tag or title before the
third bar. It reaches through comment lines of the same marker; past a blank line it goes on only while a
known section or the modification log follows, so that banners of the code below stay outside. Where it does
not go on, the next ticket ends it too.
"""

import re

from aifirst_codebase.tickets.comment_lines import CommentLine, read_line
from aifirst_codebase.tickets.sections import LOG_TITLE, section_kind

_BAR_LINE = re.compile(r"^[ \t]*(?:#+|//+!?|--|;+|/\*+!?|\*+)[ \t]*={20,}[ \t\r]*$", re.MULTILINE)
_NAMES_TICKET = re.compile(r"[ \t]*(?:@TAG:TICKET\b|TICKET[ \t]*:)")
_HEADER_LINE = re.compile(r"[ \t]*(?:@TAG:|TICKET[ \t]*:)")


def find_blocks(text: str) -> list[list[CommentLine]]:
    """The lines of every ticket in `text`, in order; each list starts with a bar."""
    if "TICKET" not in text:
        return []
    blocks: list[list[CommentLine]] = []
    after = 0
    for bar in _BAR_LINE.finditer(text):
        if bar.start() >= after and _opens_ticket(text, bar.start()):
            blocks.append(_read_block(text, bar.start()))
            after = blocks[-1][-1].end
    return blocks


def _opens_ticket(text: str, start: int) -> bool:
    bar = read_line(text, start)
    at, bars, named, first = bar.end, 0, False, True
    while at < len(text) and bars < 2:
        line = read_line(text, at)
        if line.family != bar.family:
            break
        if first and line.body:
            if _HEADER_LINE.match(line.body) is None:
                return False
            first = False
        named = named or _NAMES_TICKET.match(line.body) is not None
        bars += line.is_bar
        at = line.end
    return named and bars > 0


def _continues_ticket(text: str, line: CommentLine) -> bool:
    if is_log_title(line.body):
        return True
    if not line.is_bar:
        return False
    heading = read_line(text, line.end)
    if heading.family != line.family:
        return False
    return section_kind(heading.body.partition(":")[0], "full") is not None or is_log_title(heading.body)


def is_log_title(body: str) -> bool:
    """True for the heading line of a modification log."""
    return body.strip(" \t:").upper() == LOG_TITLE


def _read_block(text: str, start: int) -> list[CommentLine]:
    line = read_line(text, start)
    family = line.family
    kept: list[CommentLine] = []
    pending: list[CommentLine] = []
    belongs, after_gap = True, False
    while True:
        if line.is_gap:
            after_gap = True
            pending.append(line)
        elif line.family != family:
            break
        else:
            if after_gap:
                if line.is_bar and _opens_ticket(text, line.start):
                    break
                after_gap, belongs = False, _continues_ticket(text, line)
            elif not belongs and line.is_bar and _opens_ticket(text, line.start):
                break
            if belongs:
                kept.extend(pending)
                pending.clear()
                kept.append(line)
            else:
                pending.append(line)
            if line.closes:
                break
        if line.end >= len(text):
            break
        line = read_line(text, line.end)
    return kept
