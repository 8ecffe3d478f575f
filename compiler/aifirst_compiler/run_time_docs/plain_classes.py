"""Which classes of a project read no annotations: nothing decorates them that might, and all their bases are such.

A class is known by its name alone, so it is plain only where all of that name are, and where no file imports the name
from a module that is not the project's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aifirst_compiler.run_time_docs.frameworks import PLAIN_BASES, PLAIN_DECORATORS
from aifirst_compiler.run_time_docs.scopes import last_part

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_UNKNOWN = ""


class ClassBases(NamedTuple):
    """A class with the names that have to be plain for it to be; an empty name never is."""

    name: str
    needed: frozenset[str]


def needed_to_be_plain(node: Definition) -> frozenset[str]:
    """The names of classes that have to read no annotations for a definition to be read by none of its takers."""
    if any(last_part(decorator) not in PLAIN_DECORATORS for decorator in node.decorator_list):
        return frozenset({_UNKNOWN})
    if not isinstance(node, ast.ClassDef):
        return frozenset()
    if node.keywords:
        return frozenset({_UNKNOWN})
    others = (base for base in node.bases if last_part(base) not in PLAIN_BASES)
    return frozenset(base.id if isinstance(base, ast.Name) else _UNKNOWN for base in others)


def plain_classes(
    classes: Iterable[ClassBases], imports: Iterable[tuple[str, str]], modules: Sequence[str]
) -> frozenset[str]:
    """The names of plain classes. `imports` are pairs of a module and a name, `modules` the project's own."""
    needs: dict[str, set[str]] = {}
    for one in classes:
        needs.setdefault(one.name, set()).update(one.needed)
    own = _endings(modules)
    for module, name in imports:
        if name in needs and not module.startswith(".") and module not in own:
            needs[name].add(_UNKNOWN)
    while True:
        broken = [name for name, needed in needs.items() if not needed <= needs.keys()]
        if not broken:
            return frozenset(needs)
        for name in broken:
            del needs[name]


def _endings(modules: Iterable[str]) -> set[str]:
    """The dotted names under which modules may be imported: from the project's root, or from a folder in it."""
    found: set[str] = set()
    for module in modules:
        ending = module
        while ending and ending not in found:
            found.add(ending)
            ending = ending.partition(".")[2]
    return found
