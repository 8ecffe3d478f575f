"""What the names of a module are bound to, found once for all that is asked of it."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from typing import NamedTuple

from aifirst_compiler.python_scopes import bound_by_alias, names_bound_by


class ModuleNames(NamedTuple):
    """How often each name is bound anywhere in a module, the full names of what is imported, and whether `*` is."""

    bound: Counter[str]
    imported: dict[str, str]
    star: bool

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
    return ModuleNames(bound, imported, star)


def _imported(alias: ast.alias) -> tuple[str, str]:
    name = bound_by_alias(alias)
    return name, alias.name if alias.asname else name
