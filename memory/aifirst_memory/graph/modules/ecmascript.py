"""JavaScript and TypeScript modules: relative paths, `paths` and `baseUrl` of tsconfig, packages of a workspace.

A path may name a file with or without its suffix, a folder's index, or `x.js` where the source is `x.ts`.
Left out: `exports` maps of `package.json`, configurations that extend others.
"""

from __future__ import annotations

import re

from aifirst_memory.graph.entity import IMPORTED, Entity, foreign
from aifirst_memory.graph.keys import setting_key, stem_key
from aifirst_memory.graph.modules.lookup import Lookup, joined, split_last
from aifirst_memory.graph.scope import Scope

_SUFFIX = re.compile(r"\.(?:d\.)?[cm]?[jt]sx?$|\.(?:json|css|scss|vue|svelte)$")
_ORDER = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs")


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """The file, or the package that it is foreign to."""
    if module.startswith("."):
        path = joined(scope.folder, module)
        found = None if path is None else _file_at(lookup, path)
        return None if found is None else Entity("file", found, 0, IMPORTED)
    module = module.removeprefix("node:")
    found = _mapped(lookup, scope, module) or _workspace(lookup, module)
    if found is not None:
        return Entity("file", found, 0, IMPORTED)
    parts = module.split("/")
    name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
    return foreign(name) if name else None


def _file_at(lookup: Lookup, path: str) -> Scope | None:
    """The file at a path that may lack its suffix; the exact one first, then by order of suffix."""
    best: tuple[int, Scope] | None = None
    bare = _SUFFIX.sub("", path)
    for stem in dict.fromkeys((path, bare)):
        parent, last = split_last(stem)
        for found in lookup.files(stem_key(parent, last.partition(".")[0] or last)):
            rank = _rank(found.path, path, bare)
            if rank is not None and (best is None or rank < best[0]):
                best = rank, found
    return None if best is None else best[1]


def _rank(found: str, path: str, bare: str) -> int | None:
    if found == path:
        return 0
    for base, first in ((path, 1), (bare, 20), (path + "/index" if path else "index", 40)):
        if found.startswith(base) and found[len(base) :] in _ORDER:
            return first + _ORDER.index(found[len(base) :])
    return None


def _mapped(lookup: Lookup, scope: Scope, module: str) -> Scope | None:
    """Where the nearest configuration above the file maps the module to."""
    above = [
        f
        for f in lookup.files(setting_key("paths"))
        if f"{scope.folder}/".startswith(f"{f.folder}/" if f.folder else "")
    ]
    for manifest in sorted(above, key=lambda f: (-len(f.folder), f.path)):
        settings = dict(manifest.part.settings)
        base = joined(manifest.folder, settings.get("base", "."))
        for name, target in manifest.part.settings:
            found = _through(lookup, base or "", name, target, module) if name.startswith("path:") else None
            if found is not None:
                return found
        if "base" in settings and base is not None:
            found = _file_at(lookup, f"{base}/{module}".lstrip("/"))
            if found is not None:
                return found
    return None


def _through(lookup: Lookup, base: str, name: str, target: str, module: str) -> Scope | None:
    before, star, after = name.removeprefix("path:").partition("*")
    if star:
        if not (
            module.startswith(before) and module.endswith(after) and len(module) >= len(before) + len(after)
        ):
            return None
        target = target.replace("*", module[len(before) : len(module) - len(after)])
    elif module != before:
        return None
    path = joined(base, target)
    return None if path is None else _file_at(lookup, path)


def _workspace(lookup: Lookup, module: str) -> Scope | None:
    """A package of the project itself, by the name in its manifest."""
    parts = module.split("/")
    length = 2 if module.startswith("@") else 1
    name, inside = "/".join(parts[:length]), "/".join(parts[length:])
    for manifest in lookup.files(setting_key(name)):
        settings = dict(manifest.part.settings)
        if settings.get("name") != name:
            continue
        mains = (settings.get(key, "") for key in ("source", "types", "module", "main"))
        tries = (inside, f"src/{inside}") if inside else ("src/index", "index", *mains)
        for path in (joined(manifest.folder, tried) for tried in tries if tried):
            found = None if path is None else _file_at(lookup, path)
            if found is not None:
                return found
    return None
