"""Finds what a comment, ticket or document refers to: requirement ids, code positions, documents.

The explicit references that trace and connectivity checks compare. Meant for comments and documents of
files that take part (any text is safe). Left out: tags (`tags`), markers (`markers`), and whether the
target exists.
"""

import re
from typing import Literal

from msgspec import Struct

ReferenceKind = Literal["requirement", "anchor", "document"]

_REQUIREMENT = re.compile(r"(?<![A-Za-z0-9_-])N?FR[0-9]+(?![A-Za-z0-9_])")
_IN_NAME = re.compile(
    r"(?<![A-Za-z0-9])(n?fr)_?([0-9]+)(?![0-9a-z])|(?<![A-Z0-9])(N?F[Rr]|Nfr)_?([0-9]+)(?![0-9a-z])"
)
# The look-behind lets each run of path characters be tried once, so a long run costs linear time; the
# look-ahead keeps the host and port of a URL out.
_ANCHOR = re.compile(
    r"(?<![\w./-])(?!//)([\w./-]*[\w-]\.[A-Za-z]\w{0,11}):([0-9]{1,7})(?:-([0-9]{1,7}))?(?!\w)"
)
# Starting with a literal, these two find out quickly that a text has no such reference.
_ANCHOR_END = re.compile(r"\.[A-Za-z]\w{0,11}:[0-9]")
_DOCUMENT_END = re.compile(r"\.(?:md|rst|adoc|spec)\b")
_DOCUMENT = re.compile(
    r"(?<![\w./-])(?!//)([\w./-]*[\w-]\.(?:md|rst|adoc|spec))(?:#([\w.-]*\w))?(?!\w|/|:[0-9])"
)


class Reference(Struct, frozen=True):
    """One reference; `text[start:end]` is its spelling.

    `target` is the id (`FR1`) or the path. An anchor has a `line` and, for a range, an `end_line`, both
    counted from 1 as written; a document may have a `fragment`.
    """

    kind: ReferenceKind
    target: str
    start: int
    end: int
    line: int | None = None
    end_line: int | None = None
    fragment: str | None = None

    @property
    def well_formed(self) -> bool:
        """False for an anchor whose line is 0 or whose range runs backwards."""
        return self.line is None or (self.line >= 1 and (self.end_line is None or self.end_line >= self.line))


def find_references(text: str) -> list[Reference]:
    """The references of `text` in order of their place, offsets in characters. Never raises."""
    found: list[Reference] = []
    if "FR" in text:
        found.extend(
            Reference("requirement", match[0], match.start(), match.end())
            for match in _REQUIREMENT.finditer(text)
        )
    if _ANCHOR_END.search(text) is not None:
        found.extend(_anchor(match) for match in _ANCHOR.finditer(text))
    if _DOCUMENT_END.search(text) is not None:
        found.extend(
            Reference("document", match[1], match.start(), match.end(), fragment=match[2])
            for match in _DOCUMENT.finditer(text)
        )
    found.sort(key=lambda reference: (reference.start, reference.end))
    return found


def _anchor(match: re.Match[str]) -> Reference:
    end_line = None if match[3] is None else int(match[3])
    return Reference("anchor", match[1], match.start(), match.end(), int(match[2]), end_line)


def requirement_ids_in_name(name: str) -> tuple[str, ...]:
    """The requirement ids in a test's or function's name: `test_fr1_and_nfr2_hold` names FR1 and NFR2."""
    found = (match.group(1, 2) if match[1] else match.group(3, 4) for match in _IN_NAME.finditer(name))
    return tuple(f"{kind.upper()}{number}" for kind, number in found)
