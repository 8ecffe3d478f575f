"""Names of one Python file and what they stand for, as far as its syntax tells: enough to trace what is read.

Left out: what a name stands for at one moment. All that it is ever given in its scope counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, cast

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_KINDS_OF_FUNCTION = frozenset({
    "type", "object", "property", "staticmethod", "classmethod", "Callable", "FunctionType", "MethodType",
    "BuiltinFunctionType", "ModuleType", "str", "ABCMeta", "EnumMeta",
})  # fmt: skip
_TEMPLATE = re.compile(r"\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\.__doc__)[}!:]")
_STORES = frozenset({"append", "add", "setdefault", "insert", "update", "extend", "appendleft", "register"})


@dataclass
class Scope:
    """A function, a class or the file: parameters, and the expressions its names are given or run over."""

    node: ast.AST
    outer: Scope | None
    parameters: list[str] = field(default_factory=list[str])
    given: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])
    ranged: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])
    narrowed: dict[str, str] = field(default_factory=dict[str, str])
    """Names that are instances of a class here, for a test above says so, by the class's name."""

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


class Copy(NamedTuple):
    """Documentation of `source` is set on `target`."""

    source: ast.expr
    target: ast.expr
    scope: Scope


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
    copied: dict[ast.expr, Copy] = field(default_factory=dict["ast.expr", "Copy"])
    """Reads that only set another object's documentation, by the expression that reads."""
    stored: dict[str, list[tuple[ast.expr, Scope]]] = field(
        default_factory=dict[str, "list[tuple[ast.expr, Scope]]"]
    )
    """What is put into containers, by the last part of the container's name."""


_READ = frozenset({"__doc__", "__annotations__"})


_TAKEN = frozenset({
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Import, ast.ImportFrom, ast.Assign, ast.If,
    ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem, ast.Call,
    ast.Attribute, ast.Name, ast.Constant, ast.Subscript,
})  # fmt: skip


def read_scopes(path: str, tree: ast.Module) -> FileScopes:
    """Walk a file once."""
    found = FileScopes(path, tree)
    stack: list[tuple[ast.AST, Scope]] = [(tree, Scope(tree, None))]
    push, pop = stack.append, stack.pop
    while stack:
        node, scope = pop()
        inner = _take(found, node, scope) if node.__class__ in _TAKEN else scope
        opens = inner is not scope and not isinstance(node, ast.Lambda)
        for name in node._fields:
            value = getattr(node, name, None)
            around = inner if not opens or name == "body" else scope
            if value.__class__ is list:
                for part in cast("list[object]", value):
                    if isinstance(part, ast.AST) and part.__class__ not in _LEAVES:
                        push((part, around))
            elif isinstance(value, ast.AST) and value.__class__ not in _LEAVES:
                push((value, around))
    return found


_LEAVES = frozenset({ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.And, ast.Or})


def _take(found: FileScopes, node: ast.AST, scope: Scope) -> Scope:
    """Note what a node says; returns the scope of what stands inside it."""
    match node:
        case ast.If():
            narrowed = _narrowed(node.test)
            if narrowed:
                # What is bound below is bound in the function all the same.
                return Scope(scope.node, scope, given=scope.given, ranged=scope.ranged, narrowed=narrowed)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found.defined.add(node.name)
            found.decorated.append((node, scope))
            if isinstance(node, ast.ClassDef):
                found.classes.setdefault(node.name, []).extend(last_part(base) for base in node.bases)
                return Scope(node, scope)
            return _function_scope(node, scope)
        case ast.Lambda():
            return _function_scope(node, scope)
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
        case ast.Constant(value=str(text)) if "__doc__" in text:
            found.attributes.extend((read, scope) for read in _reads_in_template(text, node.lineno))
        case ast.Subscript() if isinstance(node.slice, ast.Constant) and node.slice.value in _READ:
            found.subscripts.append((node, scope))
        case _:
            pass
    return scope


def _function_scope(node: Function, outer: Scope) -> Scope:
    scope = Scope(node, outer, parameters_of(node.args))
    plain = [*node.args.posonlyargs, *node.args.args]
    defaults = list(zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True))
    defaults += [
        (part, default)
        for part, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    ]
    for part, default in defaults:
        scope.given.setdefault(part.arg, []).append(default)
    return scope


def _narrowed(test: ast.expr) -> dict[str, str]:
    """The names that a test makes sure to be instances of a class, with it."""
    found: dict[str, str] = {}
    for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
        match part:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]):
                if last_part(kind) and last_part(kind) not in _KINDS_OF_FUNCTION:
                    found[name] = last_part(kind)
            case _:
                pass
    return found


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
            source = _read_of(node.value, target.attr)
            if source is not None:
                found.copied[node.value] = Copy(source, target.value, scope)
        elif isinstance(target, ast.Subscript):
            found.stored.setdefault(last_part(target.value), []).append((node.value, scope))
        elif isinstance(target, ast.Attribute):
            found.stored.setdefault(target.attr, []).append((node.value, scope))


def _reads_in_template(text: str, line: int) -> Iterator[ast.Attribute]:
    """What a text that `str.format` fills reads: `{command.handler.__doc__}`."""
    for field_name in _TEMPLATE.findall(text):
        node = ast.parse(field_name, mode="eval").body
        if isinstance(node, ast.Attribute):
            for part in ast.walk(node):
                if isinstance(part, ast.expr):
                    part.lineno = line
            yield node


def _read_of(node: ast.expr, what: str) -> ast.expr | None:
    """What `node` reads `what` of, and nothing else."""
    match node:
        case ast.Attribute(value=value, attr=attr) if attr == what:
            return value
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=attr), *_]) if (
            attr == what
        ):
            return value
        case _:
            return None


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
