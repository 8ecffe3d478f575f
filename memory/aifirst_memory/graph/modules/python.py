"""Python modules: relative ones by folder; absolute ones from any folder that is no package itself.

That covers projects laid out flat, under `src/`, or as several distributions. Where two roots hold a module
of one name, the one nearer to the importing file is meant.
"""

from __future__ import annotations

import sys

from aifirst_memory.graph.entity import IMPORTED, Entity, foreign
from aifirst_memory.graph.keys import folder_key, stem_key
from aifirst_memory.graph.modules.lookup import Lookup, nearest, split_last
from aifirst_memory.graph.scope import Scope

_SUFFIXES = (".py", ".pyi", "/__init__.py", "/__init__.pyi", ".pyw")
_ROOTS = ("", "src", "lib")


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """The file, the folder (a package without its own file), or what is foreign."""
    name = module.lstrip(".")
    ups = len(module) - len(name)
    if not ups:
        return _absolute(lookup, scope, name)
    parts = scope.folder.split("/") if scope.folder else []
    if ups - 1 > len(parts):
        return None
    parts = parts[: len(parts) - (ups - 1)] + (name.split(".") if name else [])
    return find_at(lookup, "/".join(parts))


def find_at(lookup: Lookup, path: str) -> Entity:
    """The module at a path without its suffix; a folder where no file is there."""
    for found in lookup.files(stem_key(*split_last(path))):
        if found.path.startswith(path) and found.path[len(path) :] in _SUFFIXES:
            return Entity("file", found, 0, IMPORTED)
    for found in lookup.files(stem_key("", "__init__.py")) if not path else ():
        if found.path == "__init__.py":
            return Entity("file", found, 0, IMPORTED)
    return Entity("folder", None, 0, IMPORTED, path)


def _absolute(lookup: Lookup, scope: Scope, name: str) -> Entity | None:
    path = name.replace(".", "/")
    parent, last = split_last(path)
    top = name.partition(".")[0]
    standard = top in sys.stdlib_module_names
    candidates: list[Scope] = []
    for found in lookup.files(stem_key(parent, last)):
        root = _root_of(found.path, path)
        if root is None or (standard and root not in _ROOTS and root != scope.folder):
            continue
        if not is_package(lookup, root):
            candidates.append(found)
    best = nearest(scope, candidates)
    if best is not None:
        return Entity("file", best, 0, IMPORTED)
    if top != name:
        around = _absolute(lookup, scope, name.rpartition(".")[0])
        if around is None or around.kind == "foreign":
            return around
        if around.kind == "folder":
            return Entity("folder", None, 0, IMPORTED, f"{around.place}/{last}")
        return None
    folder = _namespace(lookup, scope, top) if not standard else None
    return folder or foreign(top)


def _root_of(path: str, suffix: str) -> str | None:
    """The folder from which `path` is the module `suffix`; None where it is not."""
    for ending in _SUFFIXES:
        if path.endswith(suffix + ending):
            root = path[: -len(suffix + ending)]
            if not root or root.endswith("/"):
                return root.rstrip("/")
    return None


def is_package(lookup: Lookup, folder: str) -> bool:
    """Whether the folder holds an `__init__.py`."""
    if not folder:
        return False
    return any(f.path == folder + "/__init__.py" for f in lookup.files(stem_key(*split_last(folder))))


def _namespace(lookup: Lookup, scope: Scope, top: str) -> Entity | None:
    """A top folder with Python files below but no file of its own, seen from the roots of the project."""
    for root in _ROOTS:
        folder = f"{root}/{top}" if root else top
        if any(f.folder == folder and f.family is scope.family for f in lookup.files(folder_key(folder))):
            return Entity("folder", None, 0, IMPORTED, folder)
    return None
