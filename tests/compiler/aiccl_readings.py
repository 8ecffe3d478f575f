"""What the tests of AICCL's resolutions read and how they write it."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Final

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl.exact import ExactOptions

STDLIB: Final = Path(sysconfig.get_paths()["stdlib"])
PLAIN: Final = ExactOptions(max_entries=0)
"""Without a map, so that names stand as the code has them."""


def reading_of(path: str, text: str) -> Reading:
    """A text read as the file that its path says."""
    source = decode_source(path, text.encode())
    language = language_of(path, source.data)
    assert language is not None
    return read(source, language, get_counter())


def readings_of_package(name: str) -> list[Reading]:
    """The modules of a package of the standard library."""
    files = sorted((STDLIB / name).glob("*.py"))
    return [reading_of(f"{name}/{path.name}", path.read_text(encoding="utf-8")) for path in files]
