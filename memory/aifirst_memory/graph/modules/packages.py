"""Packages and namespaces that files declare: Java, Kotlin, C#, PHP.

A path names a package, then a class in it, then what is nested in that; where one ends and the next begins
is found from the right.
"""

from __future__ import annotations

from aifirst_memory.graph.entity import IMPORTED, Entity, foreign
from aifirst_memory.graph.keys import shared_key
from aifirst_memory.graph.modules.lookup import Lookup, nearest
from aifirst_memory.graph.scope import Scope


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """The class or function, or the group of names in a package (which may have none)."""
    parts = [part for part in module.replace("\\", ".").split(".") if part]
    family = scope.family.name
    for split in range(len(parts) - 1, 0, -1):
        package = ".".join(parts[:split])
        found = find_shared(lookup, scope, package, parts[split])
        if found is not None and found.scope is not None:
            inner = found.scope.index.get(".".join(parts[split:]))
            if inner is not None:
                return Entity("unit", found.scope, inner, IMPORTED)
            return found if split == len(parts) - 1 else None
    if family == "csharp":
        return Entity("group", None, 0, IMPORTED, ".".join(parts))
    return foreign(".".join(parts[:2])) if parts else None


def find_shared(lookup: Lookup, scope: Scope, package: str, name: str) -> Entity | None:
    """A name of a package; the nearest file's where several define it."""
    key = shared_key(scope.family.name, package, name)
    found = [
        f
        for f in lookup.files(key)
        if f.family is scope.family and name in f.index and f.part.package.replace("\\", ".") == package
    ]
    best = nearest(scope, found)
    return None if best is None else Entity("unit", best, best.index[name], IMPORTED)
