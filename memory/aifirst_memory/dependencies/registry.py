"""The languages that the dependency graph resolves in depth, each loaded when a file of it is first met.

All other languages keep what the index's own graph says of them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from typing import Final, cast

from aifirst_memory.dependencies.resolver import LanguageResolver

_LANGUAGES: Final = {
    "python": "python", "javascript": "ecmascript", "typescript": "ecmascript", "tsx": "ecmascript", "go": "go",
    "java": "java",
}  # fmt: skip
"""Which package reads a language of `aifirst_codebase.languages`."""
_MANIFESTS: Final = {
    "package.json": "ecmascript", "tsconfig*.json": "ecmascript", "jsconfig*.json": "ecmascript", "go.mod": "go",
    "go.work": "go",
}  # fmt: skip


def resolver_for(language: str) -> LanguageResolver | None:
    """What resolves files of a language by its name in the registry of languages; None where nothing does."""
    package = _LANGUAGES.get(language)
    return resolver_named(package) if package else None


def resolver_of_manifest(path: str) -> LanguageResolver | None:
    """What reads a file that is no source but says how names are found; None for any other file."""
    name = path.rpartition("/")[2]
    package = next((owner for pattern, owner in _MANIFESTS.items() if fnmatchcase(name, pattern)), None)
    return resolver_named(package) if package else None


@cache
def resolver_named(name: str) -> LanguageResolver:
    """The resolver of a family of languages. Raises `ImportError` for a name that is none."""
    module = import_module(f"aifirst_memory.dependencies.{name}.resolver")
    return cast("LanguageResolver", module.RESOLVER)
