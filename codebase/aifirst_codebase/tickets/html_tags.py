"""Finds the HTML form of tags, `<!--TAG:id-->…<!--/TAG:id-->`, in Markdown documents.

The older of two tag systems: read so that existing documents keep their anchors, never written. Tags
inside fenced or inline code are examples and are left out. Never for source code.
"""

import re

from msgspec import Struct

from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic

MAX_TAGS = 6
CLOSING_NEEDED_ABOVE = 50
"""Characters of content after an opening tag above which it has to be closed."""

_HTML_TAG = re.compile(r"<!--[ \t]*+(/?)TAG:([^\s>]{0,200}?)[ \t]*-->")
_FENCE = re.compile(r"^[ ]{0,3}(```+|~~~+)", re.MULTILINE)
_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9_:]*\Z")
_DIMENSIONS = ("component", "type", "feature")


class HtmlTag(Struct, frozen=True):
    """One opening tag with its content; `closed` is false when no closing tag follows.

    `dimension` is `component`, `type` or `feature` when the id has the form `dimension:value`. For an
    open tag the content ends where the next tag starts, or with the text.
    """

    id: str
    dimension: str | None
    start: int
    end: int
    content_start: int
    content_end: int
    closed: bool


class HtmlTagScan(Struct, frozen=True):
    """The HTML tags of a document in order, and what is malformed among them."""

    tags: tuple[HtmlTag, ...] = ()
    diagnostics: tuple[GrammarDiagnostic, ...] = ()


def find_html_tags(text: str) -> HtmlTagScan:
    """The HTML tags of a Markdown text, offsets in characters. Never raises."""
    if "TAG:" not in text or "<!--" not in text:
        return HtmlTagScan()
    matches = _tags_outside_code(text)
    diagnostics: list[GrammarDiagnostic] = []
    closing_of = _pair(matches, diagnostics)
    tags: list[HtmlTag] = []
    seen: set[str] = set()
    for index, match in enumerate(matches):
        if match[1]:
            continue
        tag = _opening(text, matches, index, closing_of)
        diagnostics.extend(_problems(text, tag, seen))
        seen.add(tag.id)
        tags.append(tag)
    if len(tags) > MAX_TAGS:
        extra = tags[MAX_TAGS]
        message = f"the document has {len(tags)} tags, at most {MAX_TAGS} are meant"
        hint = "keep the tags that a reader would search for"
        diagnostics.append(GrammarDiagnostic("html-tag-count", message, hint, extra.start, extra.end))
    diagnostics.sort(key=lambda found: (found.start, found.code))
    return HtmlTagScan(tuple(tags), tuple(diagnostics))


def _tags_outside_code(text: str) -> list[re.Match[str]]:
    code: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]):
            code.append((opened.start(), fence.end()))
            opened = None
    if opened is not None:
        code.append((opened.start(), len(text)))
    found: list[re.Match[str]] = []
    at = 0
    for match in _HTML_TAG.finditer(text):
        while at < len(code) and code[at][1] <= match.start():
            at += 1
        fenced = at < len(code) and code[at][0] <= match.start()
        if not fenced and text[match.start() - 1 : match.start()] != "`":
            found.append(match)
    return found


def _pair(matches: list[re.Match[str]], diagnostics: list[GrammarDiagnostic]) -> dict[int, int]:
    """Index of each opening match to the index of its closing match."""
    open_by_id: dict[str, list[int]] = {}
    closing_of: dict[int, int] = {}
    for index, match in enumerate(matches):
        if not match[1]:
            open_by_id.setdefault(match[2], []).append(index)
            continue
        waiting = open_by_id.get(match[2])
        if waiting:
            closing_of[waiting.pop()] = index
            continue
        message = f"<!--/TAG:{match[2]}--> closes a tag that is not open"
        hint = f"remove it, or write <!--TAG:{match[2]}--> before the text it belongs to"
        diagnostics.append(GrammarDiagnostic("html-tag-unopened", message, hint, *match.span()))
    return closing_of


def _opening(text: str, matches: list[re.Match[str]], index: int, closing_of: dict[int, int]) -> HtmlTag:
    match = matches[index]
    dimension, colon, _ = match[2].partition(":")
    closing = closing_of.get(index)
    if closing is not None:
        content_end = matches[closing].start()
    else:
        content_end = matches[index + 1].start() if index + 1 < len(matches) else len(text)
    return HtmlTag(
        id=match[2],
        dimension=dimension if colon and dimension in _DIMENSIONS else None,
        start=match.start(),
        end=match.end(),
        content_start=match.end(),
        content_end=content_end,
        closed=closing is not None,
    )


def _problems(text: str, tag: HtmlTag, seen: set[str]) -> list[GrammarDiagnostic]:
    found: list[tuple[str, str, str]] = []
    if _ID.match(tag.id) is None:
        message = f"the tag id {tag.id!r} is not a letter followed by letters, digits, '_' or ':'"
        found.append(("html-tag-id", message, "rename it, for instance component:search"))
    if tag.id in seen:
        message = f"the tag id {tag.id!r} is used twice"
        found.append(("html-tag-repeated", message, "give the second one an id of its own"))
    content = "" if tag.closed else text[tag.content_start : tag.content_end].strip()
    if len(content) > CLOSING_NEEDED_ABOVE:
        message = f"the tag {tag.id!r} is not closed and {len(content)} characters follow it"
        found.append(("html-tag-unclosed", message, f"write <!--/TAG:{tag.id}--> after its text"))
    return [GrammarDiagnostic(*problem, tag.start, tag.end) for problem in found]
