"""The known ticket sections and header keys: order, which are required, accepted other spellings.

A table; the parser accepts unknown sections and keys as they are, and only near misses are reported.
"""

from typing import Literal

from msgspec import Struct

TicketForm = Literal["full", "mini"]


class SectionKind(Struct, frozen=True):
    """One known section; `order` is its place, or None when it may stand anywhere."""

    name: str
    order: int | None
    required: bool
    aliases: tuple[str, ...] = ()


_FULL = (
    SectionKind("CONTEXT", 1, True),
    SectionKind("PROBLEM STATEMENT", 2, True, ("PROBLEM",)),
    SectionKind("ARCHITECTURAL CONTEXT", 3, True),
    SectionKind("REQUIREMENTS", 4, True),
    SectionKind("DESIGN DECISIONS", 5, True, ("DESIGN DECISION",)),
    SectionKind("IMPLEMENTATION GUIDANCE", 6, True),
    SectionKind("PATTERNS & BEST PRACTICES", 7, False, ("PATTERNS",)),
    SectionKind("TESTING STRATEGY", 8, True),
    SectionKind("RELATED TAGS & CROSS-REFERENCES", 9, False, ("RELATED TAGS", "TAGS")),
    SectionKind("EXPECTED OUTCOME", 10, True),
    SectionKind("SPECIFICATION", None, False),
    SectionKind("PSEUDOCODE", None, False),
    SectionKind("ARCHITECTURE DIAGRAM", None, False),
    SectionKind("PATTERNS & OPTIMIZATIONS", None, False),
    SectionKind("SEMANTIC CONTEXT", None, False),
)

_MINI = (
    SectionKind("CONTEXT", 1, True),
    SectionKind("PROBLEM", 2, False, ("PROBLEM STATEMENT",)),
    SectionKind("REQUIREMENTS", 3, True),
    SectionKind("DESIGN DECISION", 4, False, ("DESIGN DECISIONS",)),
    SectionKind("ALTERNATIVES REJECTED", 5, False, ("ALTERNATIVE REJECTED",)),
)

_KINDS: dict[TicketForm, tuple[SectionKind, ...]] = {"full": _FULL, "mini": _MINI}
_BY_NAME: dict[TicketForm, dict[str, SectionKind]] = {
    form: {name: kind for kind in kinds for name in (kind.name, *kind.aliases)}
    for form, kinds in _KINDS.items()
}

META_KEYS = ("Created", "Author", "Priority", "Complexity", "Estimated effort", "Component", "Related")
LOG_TITLE = "MODIFICATION LOG"


def section_kinds(form: TicketForm) -> tuple[SectionKind, ...]:
    """The known sections of a form, ordered ones first and in their order."""
    return _KINDS[form]


def section_kind(title: str, form: TicketForm) -> SectionKind | None:
    """The known section that `title` names, whatever its case or alias; None when it is unknown."""
    return _BY_NAME[form].get(" ".join(title.upper().split()))
