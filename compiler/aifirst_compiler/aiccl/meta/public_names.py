"""Which of a file's units others may use: top-level functions and classes, by the custom of their language."""

from __future__ import annotations

import re

from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Unit

_MARKED = {
    "typescript": re.compile(rb"\bexport\b"),
    "tsx": re.compile(rb"\bexport\b"),
    "rust": re.compile(rb"\bpub\b"),
}
"""How a language marks what is public; a file that marks nothing shows everything."""


def public_names(reading: Reading) -> list[str]:
    """The names in the order of the file, each once."""
    units = [unit for unit in reading.units if _is_top_level(unit)]
    if reading.language.name == "go":
        units = [unit for unit in units if unit.name[0].isupper()]
    marks = _MARKED.get(reading.language.name)
    if marks is not None:
        marked = [unit for unit in units if marks.search(reading.data, unit.code_start, unit.name_start)]
        units = marked or units
    return list(dict.fromkeys(unit.name.partition("#")[0] for unit in units))


def _is_top_level(unit: Unit) -> bool:
    return (
        unit.kind in ("class", "function")
        and unit.parent == 0
        and unit.name.partition("#")[0].isidentifier()
        and not unit.name.startswith("_")
    )
