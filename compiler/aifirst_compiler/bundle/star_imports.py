"""Imports of all names: which modules use them, and what they bring as far as the text says it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from aifirst_compiler.bundle.modules import Module


def star_names(
    module: Module, known: Mapping[str, Module], seen: frozenset[str] = frozenset()
) -> list[str] | None:
    """What `from module import *` binds, where the text says it; None where only running it would."""
    if "__all__" in module.names.sites:
        return _told(module)
    found = {name for name in module.names.bound if name != "*"}
    for star in star_imports(module, known):
        more = star_names(known[star], known, seen | {module.name}) if star and star not in seen else None
        if more is None and star not in seen:
            return None
        found.update(more or ())
    return sorted(name for name in found if not name.startswith("_"))


def _told(module: Module) -> list[str] | None:
    """What `__all__` says, where it is bound once to plain strings and nothing changes it."""
    literal: list[str] | None = None
    for site in module.names.sites.get("__all__", ()):
        if site.kind == "read" and not _only_looked_at(module, site.node):
            return None
        if site.kind == "read":
            continue
        literal = _literal_names(module.tree, site.node) if literal is None else None
        if literal is None:
            return None
    return literal


def _only_looked_at(module: Module, name: ast.AST) -> bool:
    """Whether a read of `__all__` stands in no call of a method and in no `+=`."""
    return not any(
        isinstance(node, ast.Attribute | ast.AugAssign | ast.Subscript)
        and name in (getattr(node, "value", None), getattr(node, "target", None))
        for node in ast.walk(module.tree)
    )


def _literal_names(tree: ast.Module, target: ast.AST) -> list[str] | None:
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if target in targets and isinstance(value, ast.List | ast.Tuple):
            found = [part.value for part in value.elts if isinstance(part, ast.Constant)]
            return (
                [name for name in found if isinstance(name, str)] if len(found) == len(value.elts) else None
            )
    return None


def star_imports(module: Module, known: Mapping[str, Module]) -> list[str]:
    """The modules that a module imports all names of; an empty name stands for one outside the bundle."""
    return [
        name if (name := module.absolute(node)) in known else ""
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
