"""The version of a map that many documents share, and which documents still fit it.

A version is `GENERATION.ENTRIES-HASH`: entries are only ever added within a generation, and the hash is that of the
first so many. So a map fits every document that was made when it had fewer entries; a rebuilt map begins a new
generation and fits none made before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from aifirst_compiler.aiccl.notation.document import Entry, Map

_VERSION = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})-([0-9a-f]{8})")


def make_version(entries: Sequence[Entry], generation: int) -> str:
    """The version of a map with these entries."""
    text = "\n".join(
        f"{symbol}{int(literal)}{len(meaning)}:{meaning}" for symbol, meaning, literal in entries
    )
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{generation}.{len(entries)}-{digest[:8]}"


def generation_of(part: Map) -> int:
    """How often the map was built anew; 0 for one without such a version."""
    found = _VERSION.fullmatch(part.version)
    return int(found[1]) if found is not None else 0


def fits(part: Map, wanted: str) -> bool:
    """Whether a document that was made with version `wanted` of the map means the same with this one."""
    if wanted == part.version:
        return True
    found = _VERSION.fullmatch(wanted)
    if found is None or int(found[1]) != generation_of(part) or int(found[2]) > len(part.entries):
        return False
    return make_version(part.entries[: int(found[2])], int(found[1])) == wanted
