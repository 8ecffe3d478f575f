"""A document's sections as its markup has them: Markdown, reStructuredText, AsciiDoc, or headings of plain text.

A section is its headings from the outermost on, and the text up to the next heading as it stands, but for what shows
nothing to a reader: comments, link targets, tables of contents, what only a site generator acts on. A role such as
`:func:` is told by its text. Tables, includes and substitutions are not worked out.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from aifirst_model.dataset.collect.prose_files import ASCIIDOC, PLAIN, RESTRUCTURED


class Section(NamedTuple):
    """A part of a document; `prose` is its text without what is code, by which a natural language is told."""

    headings: tuple[str, ...]
    text: str
    prose: str
    has_code: bool


class _Heading(NamedTuple):
    level: int
    title: str
    start: int
    end: int


_MARKDOWN = re.compile(r"^(#{1,6})[ \t]+(\S[^\n]{0,200}?)[ \t#]{0,20}$", re.MULTILINE)
_FENCE = re.compile(r"^(?:```|~~~)(?P<key>)(?P<rest>[^\n]*)$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---\n.*?^---[ \t]*\n", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?:(?: {4}|\t)\S[^\n]*(?:\n|\Z)(?:[ \t]*\n(?= {4}|\t))*)+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|[`*]")

_UNDERLINED = re.compile(
    r"""(?x)^(?P<over>([=\-~^"'`#*+.:_])\2{2,}[ \t]*\n[ \t]?)?
    (?P<title>[^\s|][^\n]{0,150}?)[ \t]{0,20}\n(?P<line>([=\-~^"'`#*+.:_])\5{2,})[ \t]*$""",
    re.MULTILINE,
)
_SIGNS_ONLY = re.compile(r"[\W_]*\Z")
_SILENT = re.compile(
    r"""(?x)^([ \t]*)\.\.(?:[ \t]+(?:_[^\n]*:|\|[^\n]*|\[[^\n]*|(?:toctree|index|contents|sectnum|image|figure|raw
    |meta|include|highlight|(?:current)?module|py:(?:current)?module|auto\w+|tabularcolumns|only|rubric|plot|graphviz)::[^\n]*
    |(?![\w:.-]+::)[^\n]*))?(?:\n|\Z)(?:[ \t]*\n|\1[ \t]+[^\n]*(?:\n|\Z))*""",
    re.MULTILINE,
)
_ROLE = re.compile(r"(?<![\w:]):[\w:+.-]{1,60}:`~?!?([^`<]++)(?:<[^`>]*+>)?`")
_REST_LINK = re.compile(r"`([^`<]++)(?:<[^`>]*+>)?`_{1,2}")
_REST_CODE = re.compile(
    r"""(?x)^(?:[ \t]*\.\.[ \t]+(?:code(?:-block)?|sourcecode|literalinclude|parsed-literal
    |math|console|testcode|doctest)::[^\n]*
    |[^\n]*::)[ \t]*\n(?:[ \t]*\n|[ \t]+[^\n]*(?:\n|\Z))+|^>>>[^\n]*(?:\n(?!\n)[^\n]*)*""",
    re.MULTILINE,
)

_ASCIIDOC = re.compile(r"^(={1,6})[ \t]+(\S[^\n]{0,200}?)[ \t=]{0,20}$", re.MULTILINE)
_ASCIIDOC_BLOCK = re.compile(r"^(?P<key>-{4,}+|\.{4,}+|/{4,}+|`{3,}+)(?P<rest>[^\n]*)$", re.MULTILINE)
_ASCIIDOC_SILENT = re.compile(
    r"^(?://(?!/)[^\n]*|:!?[\w-]+!?:[^\n]*|(?:include|ifdef|ifndef|ifeval|endif|toc|image)::[^\n]*|\[\[[^\]\n]*\]\])(?:\n|\Z)",
    re.MULTILINE,
)  # fmt: skip

_CAPITALS = re.compile(
    r"(?:(?<=\n\n)|\A)(?:\d+(?:\.\d+)*\.?[ \t]+)?([A-Z][A-Z0-9 ,:/&'()-]{3,60})\n(?=\n|[ \t])"
)
_SHOWN = re.compile(r"(?:(?<=\n\n)|\A)(?:(?: {4}|\t)\S[^\n]*(?:\n|\Z))+")


def sections(text: str, kind: str) -> Iterator[Section]:
    """The sections with a text of their own, in order; `kind` is of `PROSE`, anything else is Markdown."""
    text = text.replace("\r\n", "\n")
    reader = _READERS.get(_told(text) if kind == PLAIN else kind, _markdown)
    text, headings, code = reader(text)
    trail: list[_Heading] = []
    for number, head in enumerate(headings):
        trail = [*(one for one in trail if one.level < head.level), head]
        end = headings[number + 1].start if number + 1 < len(headings) else len(text)
        body = text[head.end : end].rstrip().lstrip("\n")
        if body:
            prose = _without(body, code(body))
            yield Section(tuple(one.title for one in trail), body, prose, prose != body)


_Spans = Sequence[tuple[int, int]]
_Read = tuple[str, list[_Heading], Callable[[str], _Spans]]


def _markdown(text: str) -> _Read:
    text = _FRONT_MATTER.sub("", text)
    heads = [
        _Heading(len(one[1]), _LINK.sub(r"\1", one[2]).strip(), *one.span())
        for one in _MARKDOWN.finditer(text)
    ]
    heads += [
        _Heading(1 if one["line"][0] == "=" else 2, _LINK.sub(r"\1", one["title"]).strip(), *one.span())
        for one in _UNDERLINED.finditer(text)
        if one["line"][0] in "=-" and not one["over"] and _begins(text, one.start())
        and not one["title"].startswith(("#", ">", "- ", "* ", "<"))
    ]  # fmt: skip
    return text, _outside(heads, _blocks(text, _FENCE)), _markdown_code


def _markdown_code(text: str) -> _Spans:
    fences = _blocks(text, _FENCE)
    indented = [found.span() for found in _INDENTED.finditer(text)]
    return sorted((*fences, *(one for one in indented if not _is_inside(one[0], fences))))


def _restructured(text: str) -> _Read:
    text = _REST_LINK.sub(lambda found: found[1].rstrip(), _SILENT.sub("", text))
    text = _ROLE.sub(lambda found: f"`{found[1].rstrip()}`", text)
    styles: list[tuple[str, bool]] = []
    heads: list[_Heading] = []
    for found in _UNDERLINED.finditer(text):
        title, style = found["title"], (found["line"][0], bool(found["over"]))
        if len(found["line"]) < len(title) or _SIGNS_ONLY.match(title) or not _begins(text, found.start()):
            continue
        if style not in styles:
            styles.append(style)
        heads.append(_Heading(styles.index(style), re.sub(r"[`*]", "", title).strip(), *found.span()))
    return text, heads, lambda body: _matches(body, _REST_CODE)


def _asciidoc(text: str) -> _Read:
    text = _ASCIIDOC_SILENT.sub("", text)
    heads = [
        _Heading(len(one[1]), re.sub(r"[`*_]", "", one[2]), *one.span()) for one in _ASCIIDOC.finditer(text)
    ]
    return text, _outside(heads, _blocks(text, _ASCIIDOC_BLOCK)), lambda body: _blocks(body, _ASCIIDOC_BLOCK)


def _capitals(text: str) -> _Read:
    heads = [
        _Heading(1, found[1].strip(" :").capitalize(), *found.span()) for found in _CAPITALS.finditer(text)
    ]
    return text, heads, lambda body: _matches(body, _SHOWN)


_READERS: Final[dict[str, Callable[[str], _Read]]] = {
    RESTRUCTURED: _restructured, ASCIIDOC: _asciidoc, PLAIN: _capitals,
}  # fmt: skip


def _told(text: str) -> str:
    """The markup of a plain text, by the headings that it has: many a `.txt` is reStructuredText or AsciiDoc."""
    if _restructured(text)[1]:
        return RESTRUCTURED
    if len(_ASCIIDOC.findall(text)) > 1:
        return ASCIIDOC
    return "markdown" if len(_MARKDOWN.findall(text)) > 1 else PLAIN


def _begins(text: str, at: int) -> bool:
    """Whether a paragraph begins there."""
    before = text[max(0, at - 200) : at].rstrip(" \t")
    return before.endswith("\n\n") or not before.strip()


def _matches(text: str, pattern: re.Pattern[str]) -> _Spans:
    return [found.span() for found in pattern.finditer(text)]


def _blocks(text: str, line: re.Pattern[str]) -> _Spans:
    """From each line that opens a block to the next that closes it, with the same `key` and nothing behind it.

    No expression looks for the end: a file of blocks that nothing closes would be read once a block.
    """
    lines = list(line.finditer(text))
    closing: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(lines):
        if not one["rest"].strip(" \t"):
            closing[one["key"]].append(number)
    found: list[tuple[int, int]] = []
    number = 0
    while number < len(lines):
        ends = closing[lines[number]["key"]]
        at = bisect_right(ends, number)
        if at < len(ends):
            found.append((lines[number].start(), lines[ends[at]].end()))
            number = ends[at]
        number += 1
    return found


def _without(text: str, spans: _Spans) -> str:
    """The text with an end of line for each span."""
    parts: list[str] = []
    last = 0
    for start, end in spans:
        parts.append(text[last:start])
        last = end
    return "\n".join((*parts, text[last:]))


def _is_inside(at: int, spans: _Spans) -> bool:
    """Whether a place stands behind the start of a span and before its end; `spans` are in order."""
    before = bisect_left(spans, (at,)) - 1
    return before >= 0 and at < spans[before][1]


def _outside(heads: Iterable[_Heading], spans: _Spans) -> list[_Heading]:
    """The headings in order that do not stand in code."""
    return sorted((head for head in heads if not _is_inside(head.start, spans)), key=lambda head: head.start)
