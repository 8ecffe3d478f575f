"""Finds comment markers (`WHY:`, `STEP 2:`, `EDGE CASE:`, `TODO`) at the start of comments.

A marker is written in capitals and ends in a colon; `STEP` has a number; `TODO`, `FIXME`, `HACK` and
`NOTE` may do without the colon and may name a person. Other spellings of the same (`Step1:`, `why -`)
are found too and carry the canonical one, unless they read as prose (`# note that …`).

Left out: whether a `#` starts a comment, which the syntax tree knows; pass comment spans where it matters.
"""

import re

from msgspec import Struct

MARKERS = (
    "WHY",
    "STEP",
    "HOW",
    "EDGE CASE",
    "ALTERNATIVE CONSIDERED",
    "PERFORMANCE",
    "TODO",
    "FIXME",
    "FORMULA",
    "GUARANTEE",
    "COMPLEXITY",
    "PATTERN",
    "HACK",
    "NOTE",
)
_COLON_OPTIONAL = frozenset(("TODO", "FIXME", "HACK", "NOTE"))
# Spellings reduced to their letters, so that EDGE_CASES and edge-case agree.
_KINDS = {kind.replace(" ", ""): kind for kind in MARKERS} | {
    "STEPS": "STEP",
    "EDGECASES": "EDGE CASE",
    "ALTERNATIVESCONSIDERED": "ALTERNATIVE CONSIDERED",
}

_MARKER = re.compile(
    r"(?:#|//|--|;|\*|<!--)[!/]?[ \t]*(?:[-*][ \t]+)?"
    r"((?i:WHY|STEPS?|HOW|EDGE[ _-]?CASES?|ALTERNATIVES?[ _-]?CONSIDERED|PERFORMANCE|TODO|FIXME|FORMULA"
    r"|GUARANTEE|COMPLEXITY|PATTERN|HACK|NOTE))"
    r"(?:[ \t_-]*([0-9]{1,9}(?:\.[0-9]{1,9}){0,9}[a-z]?))?(?![A-Za-z0-9_])"
    r"(\([^)\n]{0,200}\))?([ \t]*(?::|[–—-](?=[ \t])|[.)](?=[ \t])))?[ \t]*"
)
_LEADS = re.compile(r"[ \t]*+(?:[/*#;]|--|<!--)*+\Z")
_LONGEST_LEAD = 1000
"""Characters before a marker that are looked at: indentation is shorter, and a file may be one line."""


class Marker(Struct, frozen=True):
    """One marker; `text[start:end]` is its spelling up to the colon, the statement begins at `text_start`.

    `number` is the step's number as written, None without one. `canonical` is how it should be spelled;
    `well_formed` says that it is. `own_line` is false when code stands before the comment.
    """

    kind: str
    number: str | None
    start: int
    end: int
    text_start: int
    text_end: int
    canonical: str
    well_formed: bool
    own_line: bool


def find_markers(text: str, start: int = 0, end: int | None = None) -> list[Marker]:
    """The markers of `text[start:end]` in order, offsets in characters of `text`. Never raises."""
    stop = len(text) if end is None else end
    found: list[Marker] = []
    line_end, said_end = -1, 0
    for match in _MARKER.finditer(text, start, stop):
        if match.start() > line_end:
            # Once a line, so that many markers on one long line cost linear time.
            newline = text.find("\n", match.start(), stop)
            line_end = stop if newline < 0 else newline
            said_end = match.start() + len(text[match.start() : line_end].rstrip(" \t\r"))
            own_line = _stands_first(text, match.start())
        else:
            own_line = False
        marker = _read_marker(text, match, said_end, own_line)
        if marker is not None:
            found.append(marker)
    return found


def _stands_first(text: str, start: int) -> bool:
    """Whether nothing but blanks and comment marks stand before `start` on its line."""
    earliest = max(start - _LONGEST_LEAD, 0)
    newline = text.rfind("\n", earliest, start)
    return (newline >= 0 or not earliest) and _LEADS.match(text, newline + 1, start) is not None


def _read_marker(text: str, match: re.Match[str], said_end: int, own_line: bool) -> Marker | None:
    word = match[1]
    kind = _KINDS["".join(filter(str.isalpha, word)).upper()]
    number, person, separator = match.group(2, 3, 4)
    end, text_start = (
        match.end(4) if separator else max(match.end(1), match.end(2), match.end(3)),
        match.end(),
    )
    if number is not None and kind != "STEP":
        # Only steps are numbered: in 'TODO 3 cases' the number belongs to the statement.
        number = person = separator = None
        end = text_start = match.end(1)
    mark = "" if separator is None else separator.strip()
    bare_allowed = kind in _COLON_OPTIONAL and word.isupper()
    if not mark and not word.isupper() and number is None:
        return None  # prose that begins with the word
    canonical = f"{kind} {number or 'n'}:" if kind == "STEP" else f"{kind}{person or ''}:"
    spelled = text[match.start(1) : end]
    return Marker(
        kind=kind,
        number=number,
        start=match.start(1),
        end=end,
        text_start=(first := _skip_blanks(text, text_start, match.end())),
        text_end=max(first, said_end),
        canonical=canonical,
        well_formed=spelled == canonical or (bare_allowed and not mark and f"{spelled}:" == canonical),
        own_line=own_line,
    )


def _skip_blanks(text: str, start: int, stop: int) -> int:
    while start < stop and text[start] in " \t":
        start += 1
    return start
