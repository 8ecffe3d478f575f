"""From an expression whose documentation is read to the objects it can stand for.

A name of the file is that object, an imported one the object of that name, a parameter whatever the function is
called with or decorates, an element of a container whatever is put into it. What cannot be told is an unknown read,
which the person is warned of.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from aifirst_compiler.run_time_docs.scopes import FileScopes, Scope, last_part

_DEPTH = 12
_OWN = frozenset({"self", "cls", "klass", "mcs", "mcls", "__class__"})
_THROUGH = frozenset(
    {"__func__", "__wrapped__", "fget", "fset", "__call__", "__class__", "__origin__", "__objclass__"}
)
_MEMBERS = frozenset({"vars", "dir", "getmembers", "getmembers_static", "globals", "locals"})
_PASSING = frozenset({
    "sorted", "list", "tuple", "set", "frozenset", "zip", "enumerate", "filter", "map", "reversed", "chain",
    "iter", "next", "dict", "values", "items", "keys", "get", "pop", "copy", "union", "partial", "wraps",
    "unwrap", "cast", "deepcopy",
})  # fmt: skip
_DUNDER = "__"


@dataclass
class Found:
    """What a read leads to. `readers` are functions and classes that read what they are called with or put upon."""

    objects: set[str] = field(default_factory=set[str])
    readers: set[str] = field(default_factory=set[str])
    classes: set[str] = field(default_factory=set[str])
    """Classes that are read with those derived from them."""
    members: set[str] = field(default_factory=set[str])
    prefixes: set[tuple[str, str]] = field(default_factory=set["tuple[str, str]"])
    modules: set[str] = field(default_factory=set[str])
    """Modules, by their dotted names as imported, or `path::` for a file, of which everything is read."""
    instances: set[tuple[str, str]] = field(default_factory=set["tuple[str, str]"])
    """Modules of which the instances of a class are read, with the class."""
    unknown: set[int] = field(default_factory=set[int])
    """Lines."""


class Tracer:
    """Traces expressions of one file."""

    def __init__(self, file: FileScopes, found: Found) -> None:
        self.file = file
        self._found = found
        self._seen: set[tuple[int, str]] = set()
        self._kind = ""
        """The class that what is traced is known to be an instance of."""

    def trace(self, node: ast.expr, scope: Scope, depth: int = 0) -> None:
        """Note what an expression can stand for."""
        if depth > _DEPTH or not self._is_new(node, "object"):
            return
        match node:
            case ast.Name():
                self._name(node, scope, depth)
            case ast.Attribute():
                self._attribute(node, scope, depth)
            case ast.Call():
                self._call(node, scope, depth)
            case ast.Subscript():
                self.trace_elements(node.value, scope, depth + 1)
            case ast.IfExp():
                self._all([node.body, node.orelse], scope, depth)
            case ast.BoolOp():
                self._all(node.values, scope, depth)
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                self.trace(node.value, scope, depth + 1)
            case ast.Tuple() | ast.List() | ast.Set():
                self._all(node.elts, scope, depth)
            case ast.Dict():
                self._all([*node.values, *(key for key in node.keys if key is not None)], scope, depth)
            case ast.Constant() | ast.JoinedStr() | ast.Lambda() | ast.Compare():
                pass
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self.trace(node.elt, scope, depth + 1)
            case _:
                self._found.unknown.add(node.lineno)

    def trace_elements(self, node: ast.expr, scope: Scope, depth: int = 0) -> None:
        """Note what the elements of a container can stand for."""
        if depth > _DEPTH or not self._is_new(node, "elements"):
            return
        match node:
            case ast.Name():
                self._container(node, scope, depth)
            case ast.Attribute(attr="__dict__"):
                self.trace_members(node.value, scope)
            case ast.Attribute():
                self._stored(node.attr, depth)
            case ast.Call() if last_part(node.func) in _MEMBERS:
                self._members_of_call(node, scope)
            case ast.Call(func=ast.Attribute(attr="__subclasses__", value=value)):
                self._found.classes.add(last_part(value))
            case ast.Call() if last_part(node.func) in _PASSING:
                parts = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                for part in [*parts, *node.args]:
                    self.trace_elements(part, scope, depth + 1)
            case ast.Call():
                self._found.unknown.add(node.lineno)
            case ast.Subscript():
                self.trace_elements(node.value, scope, depth + 1)
            case _:
                self.trace(node, scope, depth + 1)

    def trace_members(self, node: ast.expr, scope: Scope) -> None:
        """Note that everything in an object is read: a module or a class."""
        if isinstance(node, ast.Name):
            if node.id in _OWN and scope.own_class is not None:
                self._found.members.add(scope.own_class.name)
            elif node.id in self.file.imports and self._kind:
                self._found.instances.add((self.file.imports[node.id], self._kind))
            elif node.id in self.file.imports:
                self._found.modules.add(self.file.imports[node.id])
            elif node.id in self.file.classes:
                self._found.members.add(node.id)
            else:
                self.trace(node, scope)
        elif isinstance(node, ast.Subscript):  # sys.modules[__name__]
            self._found.modules.add(f"{self.file.path}::")
        elif isinstance(node, ast.Call) and last_part(node.func) == "type":
            self._found.members.update([scope.own_class.name] if scope.own_class is not None else [])
        else:
            name = last_part(node)
            if name:
                self._found.modules.add(name)
                self._found.members.add(name)

    def _is_new(self, node: ast.expr, how: str) -> bool:
        key = (id(node), how)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _all(self, nodes: list[ast.expr], scope: Scope, depth: int) -> None:
        for node in nodes:
            self.trace(node, scope, depth + 1)

    def _name(self, node: ast.Name, scope: Scope, depth: int) -> None:
        name = node.id
        if name in _OWN and scope.own_class is not None:
            self._found.classes.add(scope.own_class.name)
            return
        for inner in scope.around():
            known = False
            if name in inner.narrowed:
                self._narrowed_name(node, inner, depth)
                return
            if name in inner.parameters:
                self._parameter(inner)
                known = True
            for value in inner.given.get(name, ()):
                self.trace(value, inner, depth + 1)
                known = True
            for iterated in inner.ranged.get(name, ()):
                self.trace_elements(iterated, inner, depth + 1)
                known = True
            if known and name not in self.file.defined:
                return
        if name in self.file.defined:
            self._found.objects.add(f"{self.file.path}::{name}")
        else:
            self._found.objects.add(self.file.imports.get(name, name).rpartition(".")[2])

    def _narrowed_name(self, node: ast.Name, scope: Scope, depth: int) -> None:
        """A name that is an instance of a class: what is not, of all it may stand for, is not read."""
        kind, self._kind = self._kind, scope.narrowed[node.id]
        outer = scope.outer
        if outer is not None:
            self._name(node, outer, depth + 1)
        self._found.objects.add(self._kind)
        self._kind = kind

    def _parameter(self, function: Scope) -> None:
        """Whatever a function is called with, or what it or the function around it decorates."""
        for scope in function.around():
            if scope.name and not (scope.name.startswith(_DUNDER) and scope.name.endswith(_DUNDER)):
                self._found.readers.add(scope.name)
                if scope.name[0].isupper() and isinstance(scope.node, ast.ClassDef):
                    break

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> None:
        base = node.value
        own = isinstance(base, ast.Name) and base.id in _OWN
        if node.attr in _THROUGH:
            self.trace(base, scope, depth + 1)
        elif own and node.attr not in self.file.defined:
            self._stored(node.attr, depth)
            if scope.own_class is not None:
                self._found.readers.add(scope.own_class.name)
        elif own:
            self._found.objects.add(f"{self.file.path}::{node.attr}")
        else:
            self._found.objects.add(node.attr)
            self._stored(node.attr, depth)

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> None:
        name = last_part(node.func)
        if name == "getattr" and len(node.args) > 1:
            self._getattr(node, scope, depth)
        elif name == "type" and len(node.args) == 1:
            self.trace(node.args[0], scope, depth + 1)
        elif name == "super" and scope.own_class is not None:
            self._found.objects.update(self.file.classes.get(scope.own_class.name, ()))
        elif name in _PASSING:
            self._all(node.args, scope, depth)
            if isinstance(node.func, ast.Attribute):
                self.trace_elements(node.func.value, scope, depth + 1)
        elif name:
            self._found.objects.add(name)
            self._all(node.args, scope, depth)
        else:
            self._found.unknown.add(node.lineno)

    def _getattr(self, node: ast.Call, scope: Scope, depth: int) -> None:
        asked = node.args[1]
        if isinstance(asked, ast.Constant):
            self._attribute(ast.Attribute(node.args[0], str(asked.value), ast.Load()), scope, depth)
            return
        prefix = _prefix_of(asked) or _tested_prefix(asked, scope)
        if prefix:
            self._found.prefixes.add(("", prefix))
        else:
            self.trace_members(node.args[0], scope)

    def _container(self, node: ast.Name, scope: Scope, depth: int) -> None:
        known = False
        for inner in scope.around():
            if node.id in inner.parameters:
                self._parameter(inner)
                known = True
            for value in (*inner.given.get(node.id, ()), *inner.ranged.get(node.id, ())):
                self.trace_elements(value, inner, depth + 1)
                known = True
            if known:
                break
        if self._stored(node.id, depth) or known:
            return
        imported = self.file.imports.get(node.id)
        if imported is None:
            self._found.unknown.add(node.lineno)
        else:
            self._found.objects.add(imported.rpartition(".")[2])

    def _stored(self, name: str, depth: int) -> bool:
        stored = self.file.stored.get(name, ())
        for value, scope in stored:
            self.trace(value, scope, depth + 1)
        return bool(stored)

    def _members_of_call(self, node: ast.Call, scope: Scope) -> None:
        if node.args:
            self.trace_members(node.args[0], scope)
        else:
            self._found.modules.add(f"{self.file.path}::")


def _prefix_of(node: ast.expr) -> str:
    """How a text that is put together begins, where that is written down."""
    while isinstance(node, ast.BinOp):
        node = node.left
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        node = node.func.value
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return ""
    return node.value.partition("%")[0].partition("{")[0]


def _tested_prefix(node: ast.expr, scope: Scope) -> str:
    """How a name's text begins where a test above says it; a name that is bound anew below the test tells nothing."""
    if not isinstance(node, ast.Name):
        return ""
    for inner in scope.around():
        if node.id in inner.prefixed:
            return "" if node.id in inner.given else inner.prefixed[node.id]
    return ""
