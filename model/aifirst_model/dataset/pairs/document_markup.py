"""A document's sections as its markup has them: Markdown, reStructuredText, AsciiDoc, or headings of plain text.

A section is its headings from the outermost on, and the text up to the next heading as it stands, but for what shows
nothing to a reader: comments, link targets, tables of contents, what only a site generator acts on. A role such as
`:func:` is told by its text. Tables, includes and substitutions are not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
_FENCE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
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
_ROLE = re.compile(r":[\w:+.-]+:`~?!?([^`<]+?)\s*(?:<[^`>]*>)?`")
_REST_LINK = re.compile(r"`([^`<]+?)\s*(?:<[^`>]*>)?`_{1,2}")
_REST_CODE = re.compile(
    r"""(?x)^(?:[ \t]*\.\.[ \t]+(?:code(?:-block)?|sourcecode|literalinclude|parsed-literal
    |math|console|testcode|doctest)::[^\n]*
    |[^\n]*::)[ \t]*\n(?:[ \t]*\n|[ \t]+[^\n]*(?:\n|\Z))+|^>>>[^\n]*(?:\n(?!\n)[^\n]*)*""",
    re.MULTILINE,
)

_ASCIIDOC = re.compile(r"^(={1,6})[ \t]+(\S[^\n]{0,200}?)[ \t=]{0,20}$", re.MULTILINE)
_ASCIIDOC_BLOCK = re.compile(
    r"^(-{4,}+|\.{4,}+|/{4,}+|`{3,}+)[^\n]*\n(?:.*?\n)??\1[ \t]*$", re.MULTILINE | re.DOTALL
)
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
            prose = code.sub("\n", body)
            yield Section(tuple(one.title for one in trail), body, prose, prose != body)


_Read = tuple[str, list[_Heading], re.Pattern[str]]


def _markdown(text: str) -> _Read:
    text = _FRONT_MATTER.sub("", text)
    fences = [found.span() for found in _FENCE.finditer(text)]
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
    return text, _outside(heads, fences), re.compile(f"{_FENCE.pattern}|{_INDENTED.pattern}", re.M | re.S)


def _restructured(text: str) -> _Read:
    text = _ROLE.sub(r"`\1`", _REST_LINK.sub(r"\1", _SILENT.sub("", text)))
    styles: list[tuple[str, bool]] = []
    heads: list[_Heading] = []
    for found in _UNDERLINED.finditer(text):
        title, style = found["title"], (found["line"][0], bool(found["over"]))
        if len(found["line"]) < len(title) or _SIGNS_ONLY.match(title) or not _begins(text, found.start()):
            continue
        if style not in styles:
            styles.append(style)
        heads.append(_Heading(styles.index(style), re.sub(r"[`*]", "", title).strip(), *found.span()))
    return text, heads, _REST_CODE


def _asciidoc(text: str) -> _Read:
    text = _ASCIIDOC_SILENT.sub("", text)
    blocks = [found.span() for found in _ASCIIDOC_BLOCK.finditer(text)]
    heads = [
        _Heading(len(one[1]), re.sub(r"[`*_]", "", one[2]), *one.span()) for one in _ASCIIDOC.finditer(text)
    ]
    return text, _outside(heads, blocks), _ASCIIDOC_BLOCK


def _capitals(text: str) -> _Read:
    heads = [
        _Heading(1, found[1].strip(" :").capitalize(), *found.span()) for found in _CAPITALS.finditer(text)
    ]
    return text, heads, _SHOWN


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


def _outside(heads: list[_Heading], spans: list[tuple[int, int]]) -> list[_Heading]:
    """The headings in order that do not stand in code."""
    return sorted(
        (head for head in heads if not any(start < head.start < end for start, end in spans)),
        key=lambda head: head.start,
    )
