"""Where import paths lead: one strategy a language family, each a function `(lookup, scope, module) -> Entity | None`."""

from __future__ import annotations

from collections.abc import Callable

from aifirst_memory.graph.entity import Entity
from aifirst_memory.graph.modules import by_path, ecmascript, go, packages, python, rust
from aifirst_memory.graph.modules.lookup import Lookup
from aifirst_memory.graph.scope import Scope

FindModule = Callable[[Lookup, Scope, str], Entity | None]

FINDERS: dict[str, FindModule] = {
    "python": python.find_module,
    "ecmascript": ecmascript.find_module,
    "go": go.find_module,
    "jvm": packages.find_module,
    "csharp": packages.find_module,
    "php": packages.find_module,
    "rust": rust.find_module,
}


def find_module(lookup: Lookup, scope: Scope, module: str) -> Entity | None:
    """What an import of `module` in the file means; None where the project does not say."""
    return FINDERS.get(scope.family.name, by_path.find_module)(lookup, scope, module)
