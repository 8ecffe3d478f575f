"""Names the code that makes the shadow's texts, so that what other code made is noticed without anybody's care.

By this program's version, and between versions by the sources of what writes the texts.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

import aifirst_codebase

_WRITERS: Final = (
    ("aifirst_compiler", ("aiccl/low", "aiccl/medium", "aiccl/outline")),
    ("aifirst_memory", ("shadow", "context/resolutions", "context/resolution.py", "context/unit_syntax.py")),
    ("aifirst_codebase", ("secrets",)),
)
"""Packages with those folders and files of theirs whose code decides what a text says."""


@cache
def maker() -> str:
    """Sixteen characters, the same for as long as the code is."""
    made = hashlib.sha256(aifirst_codebase.__version__.encode())
    for package, places in _WRITERS:
        top = files(package)
        for place in places:
            found = top.joinpath(place)
            sources = [found] if found.is_file() else sorted(found.iterdir(), key=lambda one: one.name)
            for source in sources:
                if source.is_file() and source.name.endswith(".py"):
                    made.update(f"\0{place}/{source.name}\0".encode())
                    made.update(source.read_bytes())
    return made.hexdigest()[:16]
