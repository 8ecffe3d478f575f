"""Files named by path: C and C++ includes, Ruby and PHP requires, sourced scripts, style sheets, links of pages.

First as seen from the file itself, then from the root, then by the end of the path where one file fits best.
"""

from __future__ import annotations

from aifirst_memory.graph.entity import IMPORTED, Entity
from aifirst_memory.graph.keys import folder_key, stem_key
from aifirst_memory.graph.modules.lookup import Lookup, joined, nearest
from aifirst_memory.graph.scope import Scope

_SUFFIXES = ("", ".rb", ".sh", ".scss", ".css")


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """The file that a path means; None where none fits."""
    if "://" in module or not module.strip("./"):
        return None
    found = _namesakes(lookup, module)
    best = _at(scope, module, found)
    if best is None and _may_be_anywhere(scope, module):
        ends = tuple(f"/{module.lstrip('/')}{suffix}" for suffix in _SUFFIXES)
        best = nearest(scope, (file for path, file in found.items() if path.endswith(ends)))
    return None if best is None else Entity("file", best, 0, IMPORTED)


def _namesakes(lookup: Lookup, module: str) -> dict[str, Scope]:
    """The files by path that have the last part of the path as their name, with or without a suffix."""
    name = module.rpartition("/")[2]
    keys = (stem_key("", name), stem_key("", name.partition(".")[0]))
    return {file.path: file for key in keys for file in lookup.files(key)}


def _at(scope: Scope, module: str, found: dict[str, Scope]) -> Scope | None:
    """The file at the path as seen from the asking file, or else from the root."""
    for path in (joined(scope.folder, module), joined("", module.lstrip("/"))):
        for suffix in _SUFFIXES if path else ():
            if f"{path}{suffix}" in found:
                return found[f"{path}{suffix}"]
    return None


def _may_be_anywhere(scope: Scope, module: str) -> bool:
    """Whether the path may be meant from a folder that only the build knows."""
    return not module.startswith(".") and ("/" in module or scope.family.name in ("c", "ruby"))


def find_folder(lookup: Lookup, scope: Scope, path: str) -> Scope | None:
    """The file that stands for a folder a page links to: its page, or the package's own file."""
    near = joined(scope.folder, path)
    if not near:
        return None
    own = ("readme.md", "__init__.py", "index.md", "index.ts", "index.js")
    inside = [f for f in lookup.files(folder_key(near)) if f.folder == near and f.file_name.lower() in own]
    return min(inside, key=lambda f: own.index(f.file_name.lower()), default=None)
