"""Sections of prose, found by their headings.

A section reaches from its heading to the next one of its level or above, as a reader sees it; grammars
nest only some kinds of headings. Its name is the anchor that links use.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import tree_sitter

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_NO_ANCHOR = re.compile(r"[^\w\- ]+")


def find_sections(captures: Mapping[str, Sequence[tree_sitter.Node]], size: int) -> Iterator[tuple[int, int]]:
    """Start and negative end of the section under every heading captured; `size` is that of the text.

    Headings inside an `@aside` (a quotation, a list) open none.
    """
    levels = sorted(HEADINGS)
    headings = sorted(
        (node.start_byte, level) for level, name in enumerate(levels) for node in captures.get(name, ())
    )
    asides = sorted((node.start_byte, node.end_byte) for node in captures.get("aside", ()))
    # The furthest end so far, since asides stand inside asides.
    reach = list(accumulate((end for _, end in asides), max))
    ends = [size] * len(levels)
    for start, level in reversed(headings):
        aside = bisect_right(asides, (start, size))
        if aside and reach[aside - 1] > start:
            continue
        yield start, -ends[level]
        # Every deeper section ends here, and so does one of this level.
        ends[level:] = [start] * (len(levels) - level)


def heading_slug(text: str) -> str:
    """The anchor of a heading: the text in lower case without markup, words joined by hyphens."""
    plain = _NO_ANCHOR.sub("", _LINK.sub(r"\1", text)).strip().lower()
    return plain.replace(" ", "-")
