"""The known tag categories: their group, what values they take and whether a tag line defines or refers.

A table, so that completion, the index and the checks agree. Unknown categories stay legal; only a near
miss of a known one is reported.
"""

from typing import Literal

from msgspec import Struct

TagRole = Literal["definition", "reference", "label"]
ValueKind = Literal["slug", "free", "date", "bug", "optional"]


class TagCategory(Struct, frozen=True):
    """One category.

    `line_role` is the role of a tag that stands on its own comment line in code; `unique` says that only
    one place in a project may define a value; `values` lists the known values, which are all there are
    when `closed`.
    """

    name: str
    group: str
    line_role: TagRole
    value: ValueKind
    unique: bool = False
    values: tuple[str, ...] = ()
    closed: bool = False


_STAGES = ("stage-1-mind-refactoring", "stage-2-digital-twin", "stage-3-asi-component")
_TWIN = ("memory", "decision-making", "communication", "perception", "planning", "learning")

_TABLE = (
    TagCategory("FEATURE", "core", "definition", "slug"),
    TagCategory("COMPONENT", "core", "definition", "slug"),
    TagCategory("FUNCTION", "core", "definition", "free", unique=True),
    TagCategory("TICKET", "core", "definition", "slug", unique=True),
    TagCategory("STEP", "core", "definition", "slug"),
    TagCategory("PATTERN", "core", "definition", "slug"),
    TagCategory("OPTIMIZATION", "core", "definition", "slug"),
    TagCategory("SPEC", "core", "reference", "free"),
    TagCategory("RELATED", "core", "reference", "free"),
    TagCategory("GLOBAL-PROJECT", "global", "label", "slug", values=_STAGES, closed=True),
    # The founding tickets also use other values here, so the list completes and corrects but is not closed.
    TagCategory("DIGITAL-TWIN", "global", "label", "slug", values=_TWIN),
    TagCategory("ASI-COMPONENT", "global", "label", "slug"),
    TagCategory("MODIFIED", "state", "label", "date"),
    *(
        TagCategory(n, "state", "label", "optional")
        for n in ("AUTO-GENERATED", "CRITICAL", "MIGRATION", "ADAPTER")
    ),
    TagCategory("REGRESSION-TESTING", "tests", "label", "bug"),
    *(
        TagCategory(n, "tests", "label", "optional")
        for n in ("FUZZY-TESTING", "PROPERTY-TESTING", "METAMORPHIC-TESTING", "ADVERSARIAL-TESTING")
    ),
    *(
        TagCategory(n, "hardware", "label", "optional")
        for n in ("HARDWARE", "HARDWARE-OPTIMIZED", "ALGORITHM", "COMPLEXITY", "IO", "API")
    ),
    *(
        TagCategory(n, "config", "label", "optional")
        for n in ("ARCHITECTURE", "PERFORMANCE", "SECURITY", "BUSINESS-LOGIC")
    ),
)

CATEGORIES: dict[str, TagCategory] = {category.name: category for category in _TABLE}
CATEGORY_NAMES: tuple[str, ...] = tuple(CATEGORIES)
