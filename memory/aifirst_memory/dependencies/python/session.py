"""The facts of a project as one resolving sees them: modules found by name, names by module, units by path.

A session lives as long as the facts stay as they are, for one file after the other where that is long. Unpacked entries
are kept beyond it by their bytes, which say it all.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from aifirst_memory.dependencies.model import PACKAGE
from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.facts import (
    Bindings,
    ClassFacts,
    FunctionFacts,
    ModuleFacts,
    unpack_bindings,
    unpack_module,
    unpack_names,
    unpack_unit,
)
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.module_names import module_of
from aifirst_memory.dependencies.python.scopes import ModuleScope, Scope
from aifirst_memory.dependencies.python.summaries import Summaries
from aifirst_memory.dependencies.python.values import NOTHING, Value, Values, joined
from aifirst_memory.dependencies.resolver import ProjectView
from aifirst_memory.dependencies.unpacked import remembering

_KEPT: Final = 1 << 16
_bindings_of = remembering(_KEPT, unpack_bindings)
_unit_of = remembering(_KEPT, unpack_unit)
_module_of = remembering(1 << 13, unpack_module)
_names_of = remembering(1 << 13, unpack_names)
_STANDARD: Final = sys.stdlib_module_names
_SOURCE_FOLDERS: Final = ("src", "lib", "python", "source")
_MAX_STARS: Final = 24
Reference = tuple[str, bool]
"""A node that a name refers to, and whether it is a unit (a file otherwise)."""


class Session(Summaries):
    """Asks the project's view, and keeps what it is told."""

    def __init__(self, project: ProjectView) -> None:
        self.scopes: dict[tuple[Any, ...], Scope] = {}
        self.own_scopes: dict[tuple[Any, ...], Scope] = {}
        super().__init__(project)

    def begin_file(self, project: ProjectView) -> None:
        """Forget what hangs on the file before."""
        super().begin_file(project)
        for scope in self.own_scopes.values():
            scope.close()
        self.own_scopes.clear()

    def forget(self) -> None:
        """Let go of everything that is kept for all files."""
        super().forget()
        for scope in self.scopes.values():
            scope.close()
        self.scopes.clear()

    # What the parts of the interpreter above give.

    def evaluate(self, form: Form, scope: Scope) -> Values:
        """The values of an expression."""
        raise NotImplementedError

    def scope_of(self, path: str, unit: str) -> Scope:
        """The scope of a unit's body as a summary knows it."""
        raise NotImplementedError

    def defined(self, path: str, unit: str, is_class: bool, scope: Scope | None) -> Values:
        """What a definition's name stands for, its decorators applied."""
        raise NotImplementedError

    def declared(self, annotation: Form, scope: Scope) -> Values:
        """The instances that an annotation speaks of."""
        raise NotImplementedError

    def parameter_values(self, facts: FunctionFacts, parameter: forms.Parameter, scope: Scope) -> Values:
        """What a parameter holds where no call tells."""
        raise NotImplementedError

    # Facts

    def unit(self, path: str, name: str) -> FunctionFacts | ClassFacts | None:
        """The facts of a unit."""
        return self.entry(path, name, _unit_of)

    def function(self, path: str, name: str) -> FunctionFacts | None:
        """The facts of a function; None for what is none."""
        node = self.summaries.get((path, name))
        if node is None:
            found = self.entry(path, name, _unit_of)
        else:
            self.asked.add(node)
            found = node.value
        return found if isinstance(found, FunctionFacts) else None

    def class_(self, path: str, name: str) -> ClassFacts | None:
        """The facts of a class; None for what is none."""
        node = self.summaries.get((path, name))
        if node is None:
            found = self.entry(path, name, _unit_of)
        else:
            self.asked.add(node)
            found = node.value
        return found if isinstance(found, ClassFacts) else None

    def bindings(self, path: str, name: str) -> Bindings | None:
        """What a module's name is bound to."""
        return self.entry(path, f"={name}", _bindings_of)

    def module(self, path: str) -> ModuleFacts | None:
        """What a module passes on."""
        return self.entry(path, "*", _module_of)

    def subclasses_named(self, path: str, base: str) -> list[str]:
        """Classes of a file that name a base so."""
        return self.entry(path, f"sub:{base}", _names_of) or []

    # Modules

    def module_file(self, stem: str) -> str | None:
        """The file of a module by its path without ending."""
        exists = self.exists
        if not stem:
            return "__init__.py" if exists("__init__.py") else None
        for ending in ("/__init__.py", ".py", ".pyi", "/__init__.pyi"):
            if exists(stem + ending):
                return stem + ending
        return None

    def find_module(self, path: str, level: int, dotted: str) -> Value | None:
        """The module that an import in the file `path` loads; None for a part of the project that is not there."""
        # An absolute name is looked for from the importing file's folder.
        start = path.rpartition("/")[0]
        if level:
            return self.once(("relative", start, level, dotted), self._relative, None, start, level, dotted)
        return self.once(("module", start, dotted), self._absolute, None, start, dotted)

    def _relative(self, folder: str, level: int, dotted: str) -> Value | None:
        for _ in range(level - 1):
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        stem = "/".join(part for part in (folder, dotted.replace(".", "/")) if part)
        found = self.module_file(stem)
        return (values.MODULE, found) if found else (values.NAMESPACE, stem)

    def _absolute(self, own: str, dotted: str) -> Value | None:
        found = self._choose(own, dotted)
        if found is not None:
            return (values.MODULE, found)
        top = dotted.partition(".")[0]
        if top != dotted and self._choose(own, top) is not None:
            return None
        return (values.OUTSIDE, dotted)

    def _choose(self, own: str, dotted: str) -> str | None:
        best: list[tuple[tuple[int, int, int], str]] = []
        for candidate in self.find(f"py:{dotted}"):
            rank = self._rank(own, dotted, candidate)
            if rank is not None:
                best.append((rank, candidate))
        best.sort()
        if not best:
            return None
        if len(best) > 1 and best[0][0] == best[1][0] and best[0][0][0] == 3:
            return None
        return best[0][1]

    def _rank(self, own: str, dotted: str, candidate: str) -> tuple[int, int, int] | None:
        root = module_of(candidate)[: -len(dotted)].rstrip("/")
        form = 2 * candidate.endswith(".pyi") + (not candidate.endswith(("/__init__.py", "/__init__.pyi")))
        if root and (self.exists(f"{root}/__init__.py") or self.exists(f"{root}/__init__.pyi")):
            return None
        if dotted.partition(".")[0] in _STANDARD and root not in ("", own):
            return None
        if not root or own == root or own.startswith(f"{root}/"):
            return (0, -len(root), form)
        if root.rpartition("/")[2] in _SOURCE_FOLDERS:
            return (1, root.count("/"), form)
        if module_of(candidate).count("/") > root.count("/") + 1 or "/__init__." in candidate:
            return (2, root.count("/"), form)
        return (3, 0, form)

    def submodule(self, value: Value, name: str) -> Value | None:
        """The module `name` inside a package or namespace folder; None where there is none."""
        return self.once(("inner", value, name), self._submodule, None, value, name)

    def _submodule(self, value: Value, name: str) -> Value | None:
        if value[0] == values.MODULE:
            path: str = value[1]
            if not path.endswith(("__init__.py", "__init__.pyi")):
                return None
            folder = path.rpartition("/")[0]
        else:
            folder = value[1]
        found = self.module_file(f"{folder}/{name}" if folder else name)
        return (values.MODULE, found) if found else None

    # Names

    def module_scope(self, path: str) -> Scope:
        """The scope of a module's names."""
        scope = self.scopes.get((path, ""))
        if scope is None:
            scope = self.scopes[path, ""] = ModuleScope(self, path)
        return scope

    def container_calls(self, path: str, name: str) -> Bindings:
        """The calls on what functions put into a module's container."""
        return self.entry(path, f"@{name}", _bindings_of) or []

    def member(self, path: str, name: str) -> Values:
        """What a module's name stands for."""
        if self.overridden:
            given = self.overridden.get((path, "", name))
            if given:
                return joined([given, self._plain_member(path, name)])
        return self._plain_member(path, name)

    def _plain_member(self, path: str, name: str) -> Values:
        return self.at_depth(("member", path, name), self._member, path, name)

    def _member(self, path: str, name: str) -> Values:
        bindings = self.bindings(path, name)
        if bindings is not None:
            scope = self.module_scope(path)
            return joined([self.bound(path, binding, scope) for binding in bindings])
        for origin in self.star_origins(path, name):
            found = self.member(origin, name)
            if found:
                return found
        inner = self.submodule((values.MODULE, path), name)
        return (inner,) if inner is not None else NOTHING

    def star_origins(self, path: str, name: str) -> list[str]:
        """Files whose star imports may give a module the name, the last import first."""
        facts = self.module(path)
        found: list[str] = []
        for level, dotted in reversed(facts.stars if facts is not None else []):
            origin = self.find_module(path, level, dotted)
            if origin is not None and origin[0] == values.MODULE and origin[1] != path:
                exported = self.exported(origin[1])
                if name in exported if exported is not None else not name.startswith("_"):
                    found.append(origin[1])
        return found[:_MAX_STARS]

    def exported(self, path: str) -> frozenset[str] | None:
        """The names in a module's `__all__`; None where it has none that can be read."""
        facts = self.module(path)
        if facts is None or facts.exported is None:
            return None
        return self.once(("all", path, ""), self._exported, None, path, facts.exported)

    def _exported(self, path: str, form: Form) -> frozenset[str] | None:
        names = self._texts(form, path)
        return None if names is None else frozenset(names)

    def _texts(self, form: Form, path: str) -> list[str] | None:
        if form is None:
            return None
        if form[0] == forms.LIST:
            return [part[1] for part in form[1] if part is not None and part[0] == forms.TEXT]
        if form[0] == forms.BINARY:
            left, right = self._texts(form[2], path), self._texts(form[3], path)
            return None if left is None or right is None else left + right
        if form[0] == forms.ATTRIBUTE and form[2] == "__all__":
            modules = [
                value[1]
                for value in self.evaluate(form[1], self.module_scope(path))
                if value[0] == values.MODULE
            ]
            found = self.exported(modules[0]) if modules else None
            return None if found is None else sorted(found)
        return None

    def bound(self, path: str, binding: list[Any], scope: Scope) -> Values:
        """What a binding gives, in the scope it stands in."""
        kind = binding[0]
        if kind == forms.B_DEFINED:
            return self.defined(path, binding[1], binding[2], scope.maker())
        if kind == forms.B_MODULE:
            return self.imported(path, binding[1], whole=binding[2])
        if kind == forms.B_FROM:
            return self.imported_name(path, binding[1], binding[2], binding[3])
        inner = scope if binding[3] == scope.unit else self.scope_of(path, binding[3])
        found = self.evaluate(binding[1], inner) if binding[1] is not None else NOTHING
        return self.refined(found, binding[2], inner) if binding[2] is not None else found

    def refined(self, found: Values, annotation: Form, scope: Scope) -> Values:
        """What an annotated name holds: what it was given where that is of the project, else what it is declared as."""
        if found and values.matters(found):
            return found
        return self.declared(annotation, scope) or found

    def imported(self, path: str, dotted: str, *, whole: bool) -> Values:
        """What `import dotted` binds: the module itself under an alias, the topmost one without."""
        found = self.find_module(path, 0, dotted)
        if whole or "." not in dotted:
            return NOTHING if found is None else (found,)
        top = self.find_module(path, 0, dotted.partition(".")[0])
        if top is not None and top[0] == values.MODULE:
            return (top,)
        if found is not None and found[0] == values.MODULE:
            root = module_of(found[1])[: -len(dotted)]
            return ((values.NAMESPACE, root + dotted.partition(".")[0]),)
        return NOTHING if top is None else (top,)

    def imported_name(self, path: str, level: int, dotted: str, name: str) -> Values:
        """What `from dotted import name` binds."""
        origin = self.find_module(path, level, dotted)
        if origin is None:
            return NOTHING
        if origin[0] == values.OUTSIDE:
            inner = self.find_module(path, 0, f"{dotted}.{name}")
            if inner is not None and inner[0] == values.MODULE:
                return (inner,)
            return ((values.OUTSIDE, f"{dotted}.{name}"),)
        if origin[0] == values.NAMESPACE:
            inner = self.submodule(origin, name)
            return (inner,) if inner is not None else NOTHING
        if origin[1] == path:
            inner = self.submodule(origin, name)
            if inner is not None:
                return (inner,)
        return self.member(origin[1], name)

    def references(self, path: str, name: str) -> tuple[Reference, ...]:
        """The nodes that a module's name refers to: units, or the file that holds a variable; through re-exports."""
        return self.once(("references", path, name), self._find_references, (), path, name)

    def _find_references(self, path: str, name: str) -> tuple[Reference, ...]:
        bindings = self.bindings(path, name)
        if bindings is None:
            for origin in self.star_origins(path, name):
                found = self.references(origin, name)
                if found:
                    return found
            return ()
        found: tuple[Reference, ...] = ()
        for binding in bindings:
            found += tuple(reference for reference in self.referred(path, binding) if reference not in found)
        return found

    def referred(self, path: str, binding: list[Any]) -> tuple[Reference, ...]:
        """The nodes that a name with this binding refers to."""
        if binding[0] == forms.B_DEFINED:
            return ((f"{path}::{binding[1]}", True),)
        if binding[0] == forms.B_VALUE:
            return ((path, False),)
        if binding[0] == forms.B_FROM:
            origin = self.find_module(path, binding[1], binding[2])
            if origin is not None and origin[0] == values.MODULE and origin[1] != path:
                return self.references(origin[1], binding[3])
        return ()


def module_node(value: Value) -> str:
    """The node of a module: its file or package; empty for a folder."""
    if value[0] == values.MODULE:
        return value[1]
    if value[0] == values.OUTSIDE:
        return PACKAGE + value[1].partition(".")[0]
    return ""
