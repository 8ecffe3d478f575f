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
    near = joined(scope.folder, module)
    rooted = joined("", module.lstrip("/"))
    name = module.rpartition("/")[2]
    found: dict[str, Scope] = {}
    for key in (stem_key("", name), stem_key("", name.partition(".")[0])):
        found.update({file.path: file for file in lookup.files(key)})
    for path in (near, rooted):
        for suffix in _SUFFIXES if path else ():
            if f"{path}{suffix}" in found:
                return Entity("file", found[f"{path}{suffix}"], 0, IMPORTED)
    if module.startswith(".") or ("/" not in module and scope.family.name not in ("c", "ruby")):
        return None
    ends = tuple(f"/{module.lstrip('/')}{suffix}" for suffix in _SUFFIXES)
    best = nearest(scope, (file for path, file in found.items() if path.endswith(ends)))
    return None if best is None else Entity("file", best, 0, IMPORTED)


def find_folder(lookup: Lookup, scope: Scope, path: str) -> Scope | None:
    """The file that stands for a folder a page links to: its page, or the package's own file."""
    near = joined(scope.folder, path)
    if not near:
        return None
    own = ("readme.md", "__init__.py", "index.md", "index.ts", "index.js")
    inside = [f for f in lookup.files(folder_key(near)) if f.folder == near and f.file_name.lower() in own]
    return min(inside, key=lambda f: own.index(f.file_name.lower()), default=None)
