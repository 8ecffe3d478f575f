"""What every global of the flat modules is called in the bundle: as it was, or with its module where that is taken.

In a program a name that an import only passes on is the same as what it was imported from, as long as nobody in it binds
it anew. In a package it is not: who uses the package may bind one of the two anew, in a test for instance.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections.abc import Iterable
from typing import Final, NamedTuple

from aifirst_compiler.bundle.global_names import Site
from aifirst_compiler.bundle.inlinable import cannot_be_renamed
from aifirst_compiler.bundle.modules import Module
from aifirst_compiler.bundle.plan import Plan
from aifirst_compiler.bundle.star_imports import star_names
from aifirst_compiler.python_scopes import bound_by_alias

_BUILTINS: Final = frozenset(dir(builtins))
_OF_A_MODULE: Final = frozenset({"__name__", "__doc__", "__package__"})


class Global(NamedTuple):
    """A global by its module and its name there; for what comes from outside the bundle what it is imported from."""

    module: str
    name: str


class CannotBeFlatError(Exception):
    """A module whose names cannot be made different from those of others."""

    def __init__(self, module: str, why: str) -> None:
        super().__init__(why)
        self.module = module
        self.why = why


class BundleNames:
    """The names of a planned bundle. Raises CannotBeFlatError for a module that has to be held."""

    def __init__(self, plan: Plan, *, is_package: bool) -> None:
        self._plan = plan
        self._is_package = is_package
        self._modules = [plan.known[name] for name in plan.flat]
        self.bound = {module.name: self._bound(module) for module in self._modules}
        self._same: dict[Global, Global] = {}
        self._join()
        self._called: dict[Global, str] = {}
        self._give_names()
        self._check()

    def called(self, module: str, name: str) -> str:
        """What a global of a flat module is called in the bundle."""
        return self._called[self._first(Global(module, name))]

    def renamed(self, module: str) -> dict[str, str]:
        """The globals of a flat module that are called otherwise in the bundle."""
        names = {name: self.called(module, name) for name in sorted(self.bound[module])}
        return {name: called for name, called in names.items() if called != name}

    def hidden_builtins(self, module: Module) -> set[str]:
        """The names that a module means a builtin by although the bundle's root binds them."""
        root = self.bound[self._plan.root.name]
        return {
            name
            for name in module.names.sites
            if name in root & _BUILTINS and name not in self.bound[module.name]
        }

    # What a module binds

    def _bound(self, module: Module) -> set[str]:
        bound = set(module.names.bound) - {"*"}
        for star in self._stars(module):
            bound.update(star_names(star, self._plan.known) or ())
        prefix = f"{module.name}."
        children = {
            name[len(prefix) :] for name in self._plan.known if module.is_package and name.startswith(prefix)
        }
        if module is self._plan.root:  # the import of each is going to bind it in the bundle itself
            return bound | {child for child in children if "." not in child}
        return bound | (children & module.names.sites.keys())

    def _stars(self, module: Module) -> Iterable[Module]:
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                origin = self._plan.known.get(module.absolute(node))
                if origin is not None:
                    yield origin

    # Names that mean the same

    def _first(self, one: Global) -> Global:
        while one in self._same:
            one = self._same[one]
        return one

    def _join(self) -> None:
        bound_anew = _attributes_bound(self._plan.known.values())
        for module in self._modules:
            for name in sorted(self.bound[module.name]):
                one = Global(module.name, name)
                if f"{module.name}.{name}" in self._plan.known:
                    continue  # its import binds this name, too: `from .run import run`
                origin = self._origin(module, name)
                if origin is None or (
                    origin.module in self.bound and (self._is_package or name in bound_anew)
                ):
                    continue
                if self._first(origin) != one and self._may_join(module, name, origin):
                    self._same[one] = self._first(origin)

    def _origin(self, module: Module, name: str) -> Global | None:
        """What a global was imported from, where that is all that ever binds it."""
        binding = [site for site in module.names.sites.get(name, ()) if site.kind != "read"]
        if not binding:
            return self._star_origin(module, name)
        if len(binding) != 1 or not binding[0].top or binding[0].node not in module.tree.body:
            return None
        node = binding[0].node
        if isinstance(node, ast.ImportFrom):
            return self._origin_of_from(module.absolute(node), node, name)
        return self._origin_of_import(node, name) if isinstance(node, ast.Import) else None

    def _origin_of_from(self, source: str, node: ast.ImportFrom, name: str) -> Global | None:
        there = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
        if not self._plan.is_flat(source):
            return None if source in self._plan.known else Global(f"from {source}", there)
        bound = there in self.bound[source] and f"{source}.{there}" not in self._plan.known
        return Global(source, there) if bound and self._is_bound_once(source, there) else None

    def _origin_of_import(self, node: ast.Import, name: str) -> Global | None:
        alias = next(alias for alias in node.names if bound_by_alias(alias) == name)
        top = alias.name.partition(".")[0]
        if any(known.partition(".")[0] == top for known in self._plan.known):
            return None
        return Global("import", alias.name if alias.asname else top)

    def _star_origin(self, module: Module, name: str) -> Global | None:
        origins = [star for star in self._stars(module) if name in (star_names(star, self._plan.known) or ())]
        if len(origins) == 1 and self._is_bound_once(origins[0].name, name):
            return Global(origins[0].name, name)
        return None

    def _is_bound_once(self, module: str, name: str) -> bool:
        sites: list[Site] = self._plan.known[module].names.sites.get(name, [])
        return sum(site.kind != "read" for site in sites) <= 1

    def _may_join(self, module: Module, name: str, origin: Global) -> bool:
        """Whether no local name of the module would hide what the global is going to be called."""
        hides = origin.name in module.names.words or cannot_be_renamed(module, (name,))
        return name == origin.name or not hides

    # Giving names

    def _give_names(self) -> None:
        """Names for all: the root keeps its own, then who comes first."""
        words = {word for module in self._modules for word in module.names.words} | _BUILTINS
        free = self._free_names()
        taken: dict[str, Global] = {}
        root = self._plan.root
        for module in [root, *(module for module in self._modules if module is not root)]:
            for name in sorted(self.bound[module.name]):
                first = self._first(Global(module.name, name))
                if first in self._called:
                    continue
                plain = name if module is root or first.module not in self.bound else first.name
                if module is not root and (plain in taken or plain in free or _is_special(plain)):
                    owner = first.module if first.module in self.bound else module.name
                    plain = _other(plain, owner, words | taken.keys())
                self._called[first] = plain
                taken[plain] = first

    def _check(self) -> None:
        """Refuse a module in which a name that has to change cannot."""
        for module in self._modules:
            renamed = self.renamed(module.name)
            why = cannot_be_renamed(module, renamed) or self._reads_of_root(module)
            for name, called in renamed.items():
                if called in module.names.words and called not in self.bound[module.name]:
                    why = why or f"{called}, what {name} is called in the bundle, is a word of it"
            if why:
                raise CannotBeFlatError(module.name, why)

    def _reads_of_root(self, module: Module) -> str:
        """That a module reads a name that nothing gives it in Python, and the bundle's root would; empty where not."""
        root = self._plan.root
        if module is root:
            return ""
        free = module.names.sites.keys() - self.bound[module.name] - _OF_A_MODULE - _BUILTINS
        found = sorted(free & self.bound[root.name])
        return f"it reads {found[0]}, which only the entry point binds" if found else ""

    def _free_names(self) -> dict[str, set[str]]:
        """Names that modules read and do not bind, builtins among them, and which modules they are."""
        found: dict[str, set[str]] = {}
        for module in self._modules:
            for name in module.names.sites.keys() - self.bound[module.name] - _OF_A_MODULE:
                found.setdefault(name, set()).add(module.name)
        return found


def _attributes_bound(modules: Iterable[Module]) -> set[str]:
    """The names that some code binds or deletes as attributes, of what may be a module."""
    found: set[str] = set()
    for module in modules:
        with contextlib.suppress(SyntaxError):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                    if not isinstance(node.value, ast.Name) or node.value.id not in ("self", "cls"):
                        found.add(node.attr)
                elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("setattr", "delattr"):
                    named = node.args[1] if len(node.args) > 1 else None
                    found.add(str(named.value) if isinstance(named, ast.Constant) else "")
    return found


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _other(name: str, module: str, taken: Iterable[str]) -> str:
    used = set(taken)
    stem = module.rpartition(".")[2].strip("_") or "module"
    found = f"{name.strip('_')}_{stem}" if _is_special(name) else f"{name}_{stem}"
    number = 2
    while found in used:
        found = f"{name.strip('_')}_{module.replace('.', '_')}" + (f"_{number}" if number > 2 else "")
        number += 1
    return found
