"""Go packages: an import path ends in the path of a folder of the project.

`go.mod` is no source file here, so the module's own path is not known: the folder that matches the most of the
import path is taken, with at most the host and two names before it (one name where there is no host).
"""

from __future__ import annotations

from aifirst_memory.graph.entity import IMPORTED, Entity, foreign
from aifirst_memory.graph.keys import folder_key
from aifirst_memory.graph.modules.lookup import Lookup
from aifirst_memory.graph.scope import Scope


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """The group of files in the package's folder, or what is foreign."""
    parts = [part for part in module.split("/") if part]
    if not parts:
        return None
    hosted = "." in parts[0]
    for start in range(min(len(parts), 4 if hosted else 2)):
        folder = "/".join(parts[start:])
        if any(f.folder == folder and f.family is scope.family for f in lookup.files(folder_key(folder))):
            return Entity("group", None, 0, IMPORTED, folder)
    if hosted and len(parts) <= 4:
        for found in lookup.files(folder_key("")):
            if not found.folder and found.part.package in parts[-2:]:
                return Entity("group", None, 0, IMPORTED, "")
    return foreign("/".join(parts[:3]) if hosted else parts[0])
