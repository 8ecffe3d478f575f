"""Rust paths: `crate`, `self` and `super` lead to files by folder, modules are files or `mod.rs` of folders."""

from __future__ import annotations

from aifirst_memory.graph.entity import IMPORTED, Entity, foreign
from aifirst_memory.graph.keys import stem_key
from aifirst_memory.graph.modules.lookup import Lookup, nearest
from aifirst_memory.graph.scope import Scope

_OWN = ("crate", "self", "super")


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """The file or the unit in it that a path without braces names."""
    parts = [part for part in module.replace("::", ".").split(".") if part]
    own = bool(parts) and parts[0] in _OWN
    rest = [part for part in parts if part not in _OWN]
    if not rest:
        return None
    for split in range(len(rest), 0, -1):
        found = _file(lookup, scope, rest[:split])
        if found is None:
            continue
        inner = ".".join(rest[split:])
        if not inner:
            return Entity("file", found, 0, IMPORTED)
        unit = found.index.get(inner)
        return None if unit is None else Entity("unit", found, unit, IMPORTED)
    return None if own else foreign(rest[0])


def _file(lookup: Lookup, scope: Scope, parts: list[str]) -> Scope | None:
    path = "/".join(parts)
    ends = (f"/{path}.rs", f"/{path}/mod.rs")
    key = stem_key(parts[-2], parts[-1]) if len(parts) > 1 else stem_key("", parts[-1])
    return nearest(scope, (f for f in lookup.files(key) if f"/{f.path}".endswith(ends)))
