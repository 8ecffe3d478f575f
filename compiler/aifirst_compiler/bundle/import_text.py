"""What stands in a bundle in the place of an import statement of a flat module."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from aifirst_compiler.bundle.bundle_names import BundleNames
from aifirst_compiler.bundle.modules import Module
from aifirst_compiler.bundle.plan import Plan
from aifirst_compiler.bundle.star_imports import star_names
from aifirst_compiler.python_scopes import bound_by_alias


class ImportWriter:
    """Writes the imports of one flat module."""

    def __init__(self, module: Module, plan: Plan, names: BundleNames) -> None:
        self._module = module
        self._plan = plan
        self._names = names
        self._plain = {id(node) for node in module.tree.body}
        self._global = {
            (id(site.node), name)
            for name, sites in module.names.sites.items()
            for site in sites
            if site.kind == "import"
        }

    def written(self, node: ast.Import | ast.ImportFrom, done: Mapping[str, str]) -> list[str] | None:
        """The statements in the place of an import; None where it stays as it is.

        `done` has what plain imports of things outside the bundle have bound so far, by the bundle's name.
        """
        if isinstance(node, ast.ImportFrom):
            made = self._from(node, done)
        else:
            made = [text for alias in node.names for text in self._import(node, alias, done)]
        return None if len(made) == 1 and _same(made[0], node) else made

    def bound_outside(self, node: ast.Import | ast.ImportFrom) -> dict[str, str]:
        """What a plain import of things outside the bundle binds: where it is from, by the bundle's name."""
        if id(node) not in self._plain:
            return {}
        if isinstance(node, ast.ImportFrom):
            source = self._module.absolute(node)
            if source in self._plan.known or source == "__future__":
                return {}
            return {
                self._called(node, alias): f"{source}:{alias.name}"
                for alias in node.names
                if alias.name != "*"
            }
        return {self._called(node, alias): alias.name for alias in node.names if not self._knows(alias.name)}

    def _called(self, node: ast.stmt, alias: ast.alias) -> str:
        name = bound_by_alias(alias)
        bound = name != "*" and (id(node), name) in self._global
        return self._names.called(self._module.name, name) if bound else name

    def _knows(self, name: str) -> bool:
        top = name.partition(".")[0]
        return any(known.partition(".")[0] == top for known in self._plan.known)

    def _import(self, node: ast.Import, alias: ast.alias, done: Mapping[str, str]) -> list[str]:
        called = self._called(node, alias)
        plain = id(node) in self._plain
        if plain and done.get(called) == alias.name:
            return []
        if alias.asname:
            if plain and self._plan.is_flat(alias.name):
                return [f'{called} = _aifirst_load("{alias.name}")']
            return [f"import {alias.name} as {called}"]
        top = alias.name.partition(".")[0]
        if plain and self._knows(alias.name):
            load = (
                []
                if self._plan.is_flat(alias.name) or alias.name == top
                else [f'_aifirst_load("{alias.name}")']
            )
            return [*load, f'{called} = _aifirst_load("{top}")']
        if called == top:
            return [f"import {alias.name}"]
        load = [f'_aifirst_load("{alias.name}")'] if alias.name != top else []
        return [*load, f"import {top} as {called}"]

    def _from(self, node: ast.ImportFrom, done: Mapping[str, str]) -> list[str]:
        source = self._module.absolute(node)
        if source == "__future__":
            return []
        plain = id(node) in self._plain
        if plain and node.names[0].name == "*" and self._plan.is_flat(source):
            return self._star(source)
        made: list[str] = []
        left: list[str] = []
        for alias in node.names:
            called = self._called(node, alias)
            direct = self._direct(source, alias.name) if plain else None
            if direct is not None:
                made += [f"{called} = {direct}"] if direct != called else []
            elif not plain or done.get(called) != f"{source}:{alias.name}":
                left.append(alias.name if called == alias.name else f"{alias.name} as {called}")
        if left:
            made.append(f"from {source or '.' * node.level} import {', '.join(left)}")
        return made

    def _direct(self, source: str, name: str) -> str | None:
        """An expression for a name of a module in the bundle, where no import is needed."""
        if self._plan.is_flat(source) and name in self._names.bound[source]:
            return self._names.called(source, name)
        if f"{source}.{name}" in self._plan.known:
            return f'_aifirst_load("{source}.{name}")'
        return None

    def _star(self, source: str) -> list[str]:
        pairs = [
            (self._names.called(self._module.name, name), self._names.called(source, name))
            for name in star_names(self._plan.known[source], self._plan.known) or ()
            if name in self._names.bound[source]
        ]
        return [f'_aifirst_copy("{to}", "{name}")' for to, name in pairs if to != name]


def _same(text: str, node: ast.stmt) -> bool:
    return ast.dump(ast.parse(text).body[0]) == ast.dump(node)
