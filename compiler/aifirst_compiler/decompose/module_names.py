"""What the names of a module are bound to, found once for all that is asked of it."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from typing import Final, NamedTuple

from aifirst_compiler.python_scopes import bound_by_alias, names_bound_by

_WARNED: Final = 2
"""Arguments of `warn` before the level of the stack."""


class ModuleNames(NamedTuple):
    """How often each name is bound anywhere in a module, the full names of what is imported, and whether `*` is."""

    bound: Counter[str]
    imported: dict[str, str]
    star: bool
    counts_frames: frozenset[str]
    """Functions of the module that look further up the stack than at who called them, and those that call them."""

    def may_not_be_builtin(self) -> set[str]:
        """The names that may mean something else than a builtin."""
        return {*self.bound, *(dir(builtins) if self.star else ())}


def module_names(tree: ast.Module) -> ModuleNames:
    """The names of a module, those bound inside functions too."""
    bound: Counter[str] = Counter()
    imported: dict[str, str] = {}
    star = False
    for part in ast.walk(tree):
        bound.update(names_bound_by(part))
        if isinstance(part, ast.Import):
            imported.update(map(_imported, part.names))
        elif isinstance(part, ast.ImportFrom):
            star = star or part.names[0].name == "*"
            if part.module and not part.level:
                imported.update({bound_by_alias(one): f"{part.module}.{one.name}" for one in part.names})
    return ModuleNames(bound, imported, star, _counting_frames(tree))


def _counting_frames(tree: ast.Module) -> frozenset[str]:
    calls: dict[str, set[str]] = {}
    found: set[str] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [part for part in ast.walk(function) if isinstance(part, ast.Call)]
            calls.setdefault(function.name, set()).update(map(called_name, inside))
            if any(map(_looks_far_up, inside)):
                found.add(function.name)
    before = -1
    while before != len(found):
        before = len(found)
        found.update(name for name, called in calls.items() if called & found)
    return frozenset(found)


def called_name(call: ast.Call) -> str:
    """The last name of what is called, empty where it has none."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _looks_far_up(call: ast.Call) -> bool:
    """Whether a call looks at frames above the caller's; level 2 of a warning is the caller's own line."""
    if called_name(call) in ("_getframe", "currentframe"):
        return True
    levels = [keyword.value for keyword in call.keywords if keyword.arg in ("stacklevel", "stack_level")]
    if called_name(call) == "warn" and isinstance(call.func, ast.Attribute):
        levels += call.args[_WARNED:]
    return any(not isinstance(level, ast.Constant) or level.value not in (1, 2) for level in levels)


def _imported(alias: ast.alias) -> tuple[str, str]:
    name = bound_by_alias(alias)
    return name, alias.name if alias.asname else name
