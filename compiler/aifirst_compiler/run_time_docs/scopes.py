"""Names of one Python file and what they stand for, as far as its syntax tells: enough to trace what is read.

Left out: what a name stands for at one moment. All that it is ever given in its scope counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_STORES = frozenset({"append", "add", "setdefault", "insert", "update", "extend", "appendleft", "register"})


@dataclass
class Scope:
    """A function, a class or the file: parameters, and the expressions its names are given or run over."""

    node: ast.AST
    outer: Scope | None
    parameters: list[str] = field(default_factory=list[str])
    given: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])
    ranged: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])

    @property
    def name(self) -> str:
        """The name of the function or class; empty for a file and a lambda."""
        return getattr(self.node, "name", "")

    def around(self) -> Iterator[Scope]:
        """The scope and those around it, from the inside."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    @property
    def own_class(self) -> Scope | None:
        """The class around, if there is one."""
        return next((scope for scope in self.around() if isinstance(scope.node, ast.ClassDef)), None)


@dataclass
class FileScopes:
    """One file. `calls`, `attributes` and `names` are those looked at, each with the scope it stands in."""

    path: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict[str, str])
    """What is imported, by its local name, with dots."""
    stars: list[str] = field(default_factory=list[str])
    defined: set[str] = field(default_factory=set[str])
    classes: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list["tuple[ast.Call, Scope]"])
    attributes: list[tuple[ast.Attribute, Scope]] = field(default_factory=list["tuple[ast.Attribute, Scope]"])
    names: list[tuple[ast.Name, Scope]] = field(default_factory=list["tuple[ast.Name, Scope]"])
    subscripts: list[tuple[ast.Subscript, Scope]] = field(default_factory=list["tuple[ast.Subscript, Scope]"])
    decorated: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, Scope]] = field(
        default_factory=list["tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, Scope]"]
    )
    copied: dict[ast.Attribute, tuple[ast.expr, Scope]] = field(
        default_factory=dict[ast.Attribute, "tuple[ast.expr, Scope]"]
    )
    """Reads of `__doc__` that only set another object's: the object it is set on, and the scope."""
    stored: dict[str, list[tuple[ast.expr, Scope]]] = field(
        default_factory=dict[str, "list[tuple[ast.expr, Scope]]"]
    )
    """What is put into containers, by the last part of the container's name."""


_READ = frozenset({"__doc__", "__annotations__"})


def read_scopes(path: str, tree: ast.Module) -> FileScopes:
    """Walk a file once."""
    found = FileScopes(path, tree)
    stack: list[tuple[ast.AST, Scope]] = [(tree, Scope(tree, None))]
    while stack:
        node, scope = stack.pop()
        inner = _take(found, node, scope)
        stack.extend((child, inner) for child in ast.iter_child_nodes(node))
    return found


def _take(found: FileScopes, node: ast.AST, scope: Scope) -> Scope:
    """Note what a node says; returns the scope of what stands inside it."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found.defined.add(node.name)
            found.decorated.append((node, scope))
            if isinstance(node, ast.ClassDef):
                found.classes.setdefault(node.name, []).extend(last_part(base) for base in node.bases)
                return Scope(node, scope)
            return Scope(node, scope, parameters_of(node.args))
        case ast.Lambda():
            return Scope(node, scope, parameters_of(node.args))
        case ast.Import():
            for alias in node.names:
                found.imports[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        case ast.ImportFrom():
            _take_import(found, node)
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr() | ast.AugAssign():
            _take_assignment(found, node, scope)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            for name in _targets(node.target):
                scope.ranged.setdefault(name, []).append(node.iter)
        case ast.withitem() if node.optional_vars is not None:
            for name in _targets(node.optional_vars):
                scope.given.setdefault(name, []).append(node.context_expr)
        case ast.Call():
            found.calls.append((node, scope))
            if isinstance(node.func, ast.Attribute) and node.func.attr in _STORES:
                stored = found.stored.setdefault(last_part(node.func.value), [])
                stored.extend((argument, scope) for argument in node.args)
        case ast.Attribute() if node.attr in _READ and isinstance(node.ctx, ast.Load):
            found.attributes.append((node, scope))
        case ast.Name() if node.id in _READ and isinstance(node.ctx, ast.Load):
            found.names.append((node, scope))
        case ast.Subscript() if isinstance(node.slice, ast.Constant) and node.slice.value in _READ:
            found.subscripts.append((node, scope))
        case _:
            pass
    return scope


def _take_import(found: FileScopes, node: ast.ImportFrom) -> None:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            found.stars.append(module)
        else:
            found.imports[alias.asname or alias.name] = f"{module}.{alias.name}"


def _take_assignment(
    found: FileScopes, node: ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign, scope: Scope
) -> None:
    if node.value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        for name in _targets(target):
            scope.given.setdefault(name, []).append(node.value)
        if isinstance(target, ast.Attribute) and target.attr in _READ:
            if isinstance(node.value, ast.Attribute) and node.value.attr == target.attr:
                found.copied[node.value] = (target.value, scope)
        elif isinstance(target, ast.Subscript):
            found.stored.setdefault(last_part(target.value), []).append((node.value, scope))
        elif isinstance(target, ast.Attribute):
            found.stored.setdefault(target.attr, []).append((node.value, scope))


def _targets(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _targets(part)
    elif isinstance(target, ast.Starred):
        yield from _targets(target.value)


def parameters_of(arguments: ast.arguments) -> list[str]:
    """The names of all parameters, in order."""
    parts = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parts += [part for part in (arguments.vararg, arguments.kwarg) if part is not None]
    return [part.arg for part in parts]


def last_part(node: ast.expr) -> str:
    """The last part of a dotted name, of what is called or subscribed; empty for other expressions."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.expr, imports: dict[str, str]) -> str:
    """The full name of a dotted expression, its first part as imported; empty for other expressions."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([imports.get(node.id, node.id), *reversed(parts)])
