"""Finds `@TAG:CATEGORY[:value]` semantic anchors in any text, with roles and malformed ones as data.

Role rule. A tag that leads its line (after a comment marker, bullet or other tags) names what follows:
its category's `line_role` applies, and in a Markdown document `SPEC` defines there too. A tag inside
prose, or inside one of the `reference_spans` that the caller passes (sections of a ticket), refers.
Categories that only label (state, tests, global project) never define or refer, so uniqueness and
resolution leave them out.

Left out: where a reference resolves to, which needs the project's index.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from aifirst_codebase.tickets.calendar_date import read_date
from aifirst_codebase.tickets.categories import CATEGORIES, CATEGORY_NAMES, TagCategory, TagRole
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic, nearest_name

_TAG = re.compile(r"@TAG:([A-Za-z][A-Za-z0-9_-]*)?(:[^\s,;#\"'\])`<>*|{}\\]*)?")
_CATEGORY = re.compile(r"[A-Z][A-Z0-9-]*\Z")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_BUG = re.compile(r"bug-[0-9]+\Z")
_LINE_LEAD = re.compile(r"[ \t]*+(?:#+|//+!?|--|;+|/?\*+!?|<!--|\"\"\"|'''|>)?[ \t]*+(?:[-*+][ \t]+)?\Z")
_PLACEHOLDER = frozenset("{[<($%")
_VALUE_PLACEHOLDER = frozenset("[($%.…")
_TRAILING = ".:!?"


class Tag(Struct, frozen=True):
    """One tag; `text[start:end]` is its spelling without trailing punctuation.

    `alias` is true for a two-part tag (`@TAG:HYBRID-SEARCH`), read as `FEATURE:hybrid-search`.
    """

    category: str
    value: str | None
    role: TagRole
    start: int
    end: int
    alias: bool = False

    @property
    def unique(self) -> bool:
        """True when only one place of a project may define this category and value."""
        known = CATEGORIES.get(self.category)
        return known is not None and known.unique

    @property
    def target(self) -> tuple[str | None, str | None]:
        """The (category, value) that this tag names; a RELATED tag may name any category (None)."""
        if self.category != "RELATED" or self.value is None:
            return self.category, self.value
        category, colon, value = self.value.partition(":")
        return (category, value) if colon and _CATEGORY.match(category) else (None, self.value)


class TagScan(Struct, frozen=True):
    """The tags of a text in order, and what is malformed among them."""

    tags: tuple[Tag, ...] = ()
    diagnostics: tuple[GrammarDiagnostic, ...] = ()


_EMPTY = TagScan()


def find_tags(
    text: str, *, markdown: bool = False, reference_spans: Sequence[tuple[int, int]] = ()
) -> list[Tag]:
    """The well-formed tags of `text`, in order, offsets in characters. Never raises."""
    return list(scan_tags(text, markdown=markdown, reference_spans=reference_spans).tags)


def scan_tags(
    text: str, *, markdown: bool = False, reference_spans: Sequence[tuple[int, int]] = ()
) -> TagScan:
    """The tags of `text` with diagnostics; `reference_spans` are sorted, disjoint (start, end) pairs."""
    if "@TAG:" not in text:
        return _EMPTY
    starts = [span[0] for span in reference_spans]
    tags: list[Tag] = []
    diagnostics: list[GrammarDiagnostic] = []
    previous_end, leads = 0, True
    for match in _TAG.finditer(text):
        start = match.start()
        leads = _leads_line(text, previous_end, start, leads)
        previous_end = match.end()
        at = bisect_right(starts, start) - 1
        refers = at >= 0 and start < reference_spans[at][1]
        tag = _read_tag(text, match, leads, diagnostics)
        if tag is not None:
            tags.append(_with_role(tag, leads and not refers, markdown))
    return TagScan(tuple(tags), tuple(diagnostics))


def _leads_line(text: str, previous_end: int, start: int, previous_leads: bool) -> bool:
    # Only the text since the previous tag is looked at, so one long line of tags stays linear.
    newline = text.rfind("\n", previous_end, start)
    if newline >= 0 or previous_end == 0:
        return _LINE_LEAD.match(text[newline + 1 : start]) is not None
    return previous_leads and not text[previous_end:start].strip(" \t,;")


def _with_role(tag: Tag, leads: bool, markdown: bool) -> Tag:
    known = CATEGORIES.get(tag.category)
    role: TagRole = known.line_role if known is not None else "definition"
    if markdown and tag.category == "SPEC":
        role = "definition"
    if role == "definition" and not leads:
        role = "reference"
    return Tag(tag.category, tag.value, role, tag.start, tag.end, tag.alias)


def _read_tag(
    text: str, match: re.Match[str], leads: bool, diagnostics: list[GrammarDiagnostic]
) -> Tag | None:
    category: str | None = match[1]
    tail: str | None = match[2]
    start, end = match.span()
    if _is_template(text, end, tail):
        return None
    if category is None:
        if leads and (tail is not None or text[end : end + 1].strip() == ""):
            hint = "write @TAG:CATEGORY:value without spaces, for instance @TAG:FEATURE:hybrid-search"
            message = "the tag has no category"
            diagnostics.append(GrammarDiagnostic("tag-category-missing", message, hint, start, end))
        return None
    if _CATEGORY.match(category) is None:
        fixed = f"@TAG:{category.upper().replace('_', '-')}{tail or ''}"
        message = f"the tag category {category!r} is not in capitals"
        diagnostics.append(GrammarDiagnostic("tag-category-case", message, f"write {fixed}", start, end))
        return None
    if tail is None:
        return _checked(Tag(category, None, "label", start, end), diagnostics)
    raw = tail[1:]
    value = raw.rstrip(_TRAILING)
    if len(value) < len(raw):
        end -= len(raw) - len(value)
        if leads and value:
            message = f"the tag ends in punctuation {raw[len(value) :]!r}"
            suggestion = f"write {text[start:end]}"
            diagnostics.append(
                GrammarDiagnostic("tag-trailing-punctuation", message, suggestion, end, match.end())
            )
    if not value:
        end = match.end(1)
        return _empty_value(category, start, match.end(), end, leads, diagnostics)
    return _checked(Tag(category, value, "label", start, end), diagnostics)


def _is_template(text: str, end: int, tail: str | None) -> bool:
    """A template such as @TAG:FEATURE:{slug} or a pattern such as @TAG:FEATURE:\\S+."""
    following = text[end : end + 1]
    if following in _PLACEHOLDER or (following == "\\" and tail == ":"):
        return True
    return tail is not None and tail[1:2] in _VALUE_PLACEHOLDER


def _empty_value(
    category: str, start: int, raw_end: int, end: int, leads: bool, diagnostics: list[GrammarDiagnostic]
) -> Tag:
    if leads:
        message = f"the tag @TAG:{category} has a colon and no value after it"
        suggestion = f"write @TAG:{category}:value, or remove the colon"
        diagnostics.append(GrammarDiagnostic("tag-value-empty", message, suggestion, start, raw_end))
    return Tag(category, None, "label", start, end)


def _checked(tag: Tag, diagnostics: list[GrammarDiagnostic]) -> Tag:
    known = CATEGORIES.get(tag.category)
    if known is None:
        return _unknown_category(tag, diagnostics)
    found = _value_problem(known, tag.value)
    if found is not None:
        code, message, suggestion = found
        diagnostics.append(GrammarDiagnostic(code, message, suggestion, tag.start, tag.end))
    return tag


def _unknown_category(tag: Tag, diagnostics: list[GrammarDiagnostic]) -> Tag:
    near = nearest_name(tag.category, CATEGORY_NAMES)
    if near is not None:
        suffix = f":{tag.value}" if tag.value else ""
        message = f"the tag category {tag.category} is not known"
        suggestion = f"did you mean @TAG:{near}{suffix}?"
        diagnostics.append(GrammarDiagnostic("tag-category-unknown", message, suggestion, tag.start, tag.end))
        return tag
    if tag.value is not None:
        return tag
    slug = slugify(tag.category)
    message = f"@TAG:{tag.category} has no category; it is read as @TAG:FEATURE:{slug}"
    diagnostics.append(
        GrammarDiagnostic("tag-without-category", message, f"write @TAG:FEATURE:{slug}", tag.start, tag.end)
    )
    return Tag("FEATURE", slug, tag.role, tag.start, tag.end, alias=True)


def _value_problem(known: TagCategory, value: str | None) -> tuple[str, str, str] | None:
    name = known.name
    if value is None:
        if known.value == "optional":
            return None
        return "tag-value-missing", f"@TAG:{name} has no value", f"write @TAG:{name}:value"
    if known.value == "date" and read_date(value) is None:
        return "tag-value-date", f"{value!r} is not a calendar date", f"write @TAG:{name}:YYYY-MM-DD"
    if known.value == "bug" and _BUG.match(value) is None:
        return "tag-value-slug", f"{value!r} does not name a bug", f"write @TAG:{name}:bug-123"
    if known.value == "slug" and _SLUG.match(value) is None:
        message = f"the tag value {value!r} is not a slug of a-z, 0-9 and '-'"
        return "tag-value-slug", message, f"write @TAG:{name}:{slugify(value)}"
    if known.values and value not in known.values:
        near = nearest_name(value, known.values)
        if near is not None or known.closed:
            message = f"{value!r} is not a known value of @TAG:{name}"
            wanted = near if near is not None else " or ".join(known.values)
            return "tag-value-unknown", message, f"did you mean {wanted}?"
    return None


def slugify(text: str) -> str:
    """`text` as a slug: lower case, every run of other characters one '-'; 'unnamed' when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"
