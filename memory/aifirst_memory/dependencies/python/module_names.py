"""Which dotted names a path may be imported by.

Where the roots are (`src/`, a folder of packages, the folder of a script) is not known when a file is read, so it
goes by every dotted tail of its path; which of them counts for an importing file is decided when that is resolved.
"""

from __future__ import annotations

from typing import Final

_MAX_PARTS: Final = 12
_ENDINGS: Final = (".py", ".pyi", ".pyw")


def module_of(path: str) -> str:
    """The path without its ending, and without `/__init__`; empty for what no import can name."""
    for ending in _ENDINGS:
        if path.endswith(ending):
            stem = path[: -len(ending)]
            return stem.removesuffix("/__init__") if stem != "__init__" else ""
    return ""


def keys_of(path: str) -> list[str]:
    """The keys that a file is found by, the longest first."""
    parts = module_of(path).split("/")
    if parts == [""]:
        return []
    last = [index for index, part in enumerate(parts) if not part.isidentifier()]
    first = last[-1] + 1 if last else 0
    first = max(first, len(parts) - _MAX_PARTS)
    return ["py:" + ".".join(parts[index:]) for index in range(first, len(parts))]
