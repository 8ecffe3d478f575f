"""Takes a Markdown document apart into sections, their lines of prose and their fenced code.

Only what a specification needs of CommonMark: headings of both kinds, fences of backticks and of tildes, HTML comments
as nothing. What is not closed ends with the document, as CommonMark has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)(.*)$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r"( *)(?:(`{3,})([^`]*)|(~{3,})(.*))$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ITEM = re.compile(r"[ \t]*(?:[-*+]|[0-9]+[.)])[ \t]")


class Line(NamedTuple):
    """A line of the document, `number` from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Fence:
    """A block of code: the words behind its opening fence, its text, and the line on which the text begins."""

    info: str
    text: str
    number: int


@dataclass(frozen=True)
class Section:
    """A heading (level 0 and no title above the first one), the prose below it, the fences in it.

    `above` are the titles of the headings that it stands under, the outermost first, without the document's own.
    """

    title: str
    level: int
    number: int
    above: tuple[str, ...] = ()
    is_title: bool = False
    """Whether it is the document's own heading: the first, of level 1."""
    lines: list[Line] = field(default_factory=list[Line])
    fences: list[Fence] = field(default_factory=list[Fence])


def split_sections(text: str) -> list[Section]:
    """The sections of a document in order; the first has level 0."""
    sections = [Section("", 0, 1)]
    lines = _without_comments(text).split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].rstrip("\r")
        if (fence := _FENCE.match(line)) is not None:
            at = _take_fence(sections[-1], lines, at, fence)
            continue
        if (heading := _HEADING.match(line)) is not None:
            _open(sections, _without_closing(heading[2].strip()), len(heading[1]), at + 1)
        elif _is_underlined(lines, at):
            _open(sections, line.strip(), 1 if lines[at + 1].lstrip()[0] == "=" else 2, at + 1)
            at += 1
        else:
            sections[-1].lines.append(Line(at + 1, line.rstrip()))
        at += 1
    return sections


def _without_comments(text: str) -> str:
    """The text with its comments blank, every line where it was."""
    return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text) if "<!--" in text else text


def _open(sections: list[Section], title: str, level: int, number: int) -> None:
    above: tuple[str, ...] = ()
    for index in range(len(sections) - 1, 0, -1):
        section = sections[index]
        if section.level <= level:  # what it stands in, or beside: that one knows what it stands in itself
            is_beside = section.level == level and not section.is_title
            above = section.above if is_beside or section.is_title else (*section.above, section.title)
            break
    is_first = len(sections) == 1
    sections.append(Section(title, level, number, above, is_first and level == 1))


def _without_closing(title: str) -> str:
    """A heading's text without the signs that may close it."""
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else title


def _take_fence(section: Section, lines: list[str], at: int, opened: re.Match[str]) -> int:
    """Put the fence that opens at line `at` into the section; the index of the line after it."""
    indent, mark = len(opened[1]), opened[2] or opened[4]
    closing = re.compile(rf" *{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    body: list[str] = []
    end = at + 1
    while end < len(lines) and closing.match(lines[end].rstrip("\r")) is None:
        line = lines[end].rstrip("\r")
        body.append(line[min(indent, len(line) - len(line.lstrip(" "))) :])
        end += 1
    section.fences.append(Fence((opened[3] or opened[5] or "").strip(), "\n".join(body), at + 2))
    return end + 1


def _is_underlined(lines: list[str], at: int) -> bool:
    """Whether a line is a heading by the line below it: a line of prose of its own, no item of a list or table."""
    line = lines[at].strip()
    if not line or _ITEM.match(lines[at]) or line.startswith(("|", ">")) or at + 1 >= len(lines):
        return False
    is_first = at == 0 or not lines[at - 1].strip()
    return (
        is_first
        and _UNDERLINE.match(lines[at + 1].rstrip("\r")) is not None
        and len(lines[at + 1].strip()) > 1
    )
