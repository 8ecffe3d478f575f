"""Reads the names and scopes of one Python file off its syntax tree, in one walk."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any, TypeGuard, cast

from aifirst_compiler.proof.python_trees import parse_python
from aifirst_compiler.run_time_docs.scopes import Copy, FileScopes, Function, Scope, last_part, parameters_of

_KINDS_OF_FUNCTION = frozenset({
    "type", "object", "property", "staticmethod", "classmethod", "Callable", "FunctionType", "MethodType",
    "BuiltinFunctionType", "ModuleType", "str", "ABCMeta", "EnumMeta",
})  # fmt: skip
_TEMPLATE = re.compile(r"\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\.__doc__)[}!:]")
_STORES = frozenset({"append", "add", "setdefault", "insert", "update", "extend", "appendleft", "register"})
_READ = frozenset({"__doc__", "__annotations__"})
_LEAVES = frozenset({ast.Constant, ast.Name, ast.alias, ast.Global, ast.Nonlocal, ast.MatchSingleton})
_SILENT = frozenset(
    {type(None), ast.alias, ast.Global, ast.Nonlocal, ast.MatchSingleton, ast.Pass, ast.Break, ast.Continue}
)
_NO_NODES = frozenset({
    "ctx", "op", "ops", "id", "attr", "names", "name", "arg", "kind", "type_comment", "conversion", "level", "module",
    "asname", "rest", "kwd_attrs", "simple", "is_async", "type_ignores",
})  # fmt: skip
"""Fields that hold texts and numbers, or nodes that say nothing alone."""


def read_scopes(path: str, tree: ast.Module) -> FileScopes:
    """Walk a file once."""
    found = FileScopes(path, tree)
    stack: list[tuple[ast.AST, Scope]] = [(tree, Scope(tree, None))]
    pop, push, taker_of = stack.pop, stack.append, _TAKERS.get
    while stack:
        node, scope = pop()
        kind = type(node)
        take = taker_of(kind)
        inner = scope if take is None else take(found, node, scope)
        if inner is not scope and kind is not ast.Lambda:
            stack += _parts_of_scope(node, inner, scope)
            continue
        children: list[Any] = []
        get, is_one = _parts_of(kind)
        for part in (get(node),) if is_one else get(node):
            if part.__class__ is list:
                children += part
            else:
                children.append(part)
        # Most nodes are names and constants of which nothing is noted, so they are looked at before they are put by.
        for child in children:
            kind = child.__class__
            if kind is ast.Name:
                if child.id in _READ:
                    push((child, inner))
            elif kind not in _SILENT and (kind is not ast.Constant or _may_tell(child)):
                push((child, inner))
    return found


def _parts_of_scope(node: ast.AST, inner: Scope, around: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """The nodes in one that opens a scope: decorators, defaults, bases and tests belong to what is around."""
    for name in _fields_of(type(node)):
        scope = inner if name == "body" else around
        part = getattr(node, name, None)
        for one in cast("list[Any]", part) if isinstance(part, list) else [part]:
            if _may_tell(one):
                yield one, scope


def _may_tell(node: Any) -> TypeGuard[ast.AST]:
    """Whether a node, or something in it, may be noted."""
    kind = node.__class__
    if kind is ast.Name:
        return node.id in _READ
    if kind is ast.Constant:
        return type(node.value) is str and "__doc__" in node.value
    return kind not in _SILENT


@cache
def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes in which something may be read."""
    if kind in _LEAVES:
        return ()
    return tuple(name for name in kind._fields if name not in _NO_NODES)


@cache
def _parts_of(kind: type[ast.AST]) -> tuple[Callable[[ast.AST], Any], bool]:
    """How to get what those fields hold, in one call; whether that is the value of one field and no tuple."""
    fields = _fields_of(kind)
    return (attrgetter(*fields), len(fields) == 1) if fields else (_nothing, False)


def _nothing(_: ast.AST) -> tuple[()]:
    return ()


def _take_test(_: FileScopes, node: ast.If, scope: Scope) -> Scope:
    narrowed, prefixed = _narrowed(node.test), _prefixed(node.test)
    if not narrowed and not prefixed:
        return scope
    # What is bound below is bound in the function all the same.
    return Scope(
        scope.node, scope, given=scope.given, ranged=scope.ranged, narrowed=narrowed, prefixed=prefixed
    )


def _take_function(found: FileScopes, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Scope:
    found.defined.add(node.name)
    found.decorated.append((node, scope))
    return _function_scope(found, node, scope)


def _take_class(found: FileScopes, node: ast.ClassDef, scope: Scope) -> Scope:
    found.defined.add(node.name)
    found.decorated.append((node, scope))
    found.classes.setdefault(node.name, []).extend(last_part(base) for base in node.bases)
    return Scope(node, scope)


def _take_import(found: FileScopes, node: ast.Import, scope: Scope) -> Scope:
    for alias in node.names:
        first = alias.name.partition(".")[0]
        found.imports[alias.asname or first] = alias.name if alias.asname else first
    return scope


def _take_import_from(found: FileScopes, node: ast.ImportFrom, scope: Scope) -> Scope:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            found.stars.append(module)
        else:
            found.imports[alias.asname or alias.name] = f"{module}.{alias.name}"
    return scope


def _take_loop(_: FileScopes, node: ast.For | ast.AsyncFor | ast.comprehension, scope: Scope) -> Scope:
    for name in _targets(node.target):
        scope.ranged.setdefault(name, []).append(node.iter)
    return scope


def _take_with(_: FileScopes, node: ast.withitem, scope: Scope) -> Scope:
    for name in _targets(node.optional_vars) if node.optional_vars is not None else ():
        scope.given.setdefault(name, []).append(node.context_expr)
    return scope


def _take_call(found: FileScopes, node: ast.Call, scope: Scope) -> Scope:
    found.calls.append((node, scope))
    found.by_name.setdefault(last_part(node.func), []).append((node, scope))
    if isinstance(node.func, ast.Attribute) and node.func.attr in _STORES:
        stored = found.stored.setdefault(last_part(node.func.value), [])
        stored.extend((argument, scope) for argument in node.args)
    return scope


def _take_attribute(found: FileScopes, node: ast.Attribute, scope: Scope) -> Scope:
    if node.attr in _READ and isinstance(node.ctx, ast.Load):
        found.attributes.append((node, scope))
    return scope


def _take_name(found: FileScopes, node: ast.Name, scope: Scope) -> Scope:
    if node.id in _READ and isinstance(node.ctx, ast.Load):
        found.names.append((node, scope))
    return scope


def _take_constant(found: FileScopes, node: ast.Constant, scope: Scope) -> Scope:
    if isinstance(node.value, str) and "__doc__" in node.value:
        found.attributes.extend((read, scope) for read in _reads_in_template(node.value, node.lineno))
    return scope


def _take_subscript(found: FileScopes, node: ast.Subscript, scope: Scope) -> Scope:
    if isinstance(node.slice, ast.Constant) and node.slice.value in _READ:
        found.subscripts.append((node, scope))
    return scope


def _function_scope(_: FileScopes, node: Function, outer: Scope) -> Scope:
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


def _prefixed(test: ast.expr) -> dict[str, str]:
    """The name that a test makes sure to begin in one way, with that beginning."""
    match test:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="startswith"),
            args=[ast.Constant(value=str(prefix))],
        ):
            return {name: prefix}
        case ast.Compare(
            left=ast.Subscript(
                value=ast.Name(id=name),
                slice=ast.Slice(lower=None, upper=ast.Constant(value=int(end)), step=None),
            ),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value=str(prefix))],
        ) if end == len(prefix):
            return {name: prefix}
        case _:
            return {}


def _take_assignment(
    found: FileScopes, node: ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign, scope: Scope
) -> Scope:
    if node.value is None:
        return scope
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
    return scope


def _reads_in_template(text: str, line: int) -> Iterator[ast.Attribute]:
    """What a text that `str.format` fills reads: `{command.handler.__doc__}`."""
    for field_name in _TEMPLATE.findall(text):
        tree = parse_python(field_name)  # a keyword in it makes it no name
        node = tree.body[0].value if tree is not None and isinstance(tree.body[0], ast.Expr) else None
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


_TAKERS: dict[type, Callable[[FileScopes, Any, Scope], Scope]] = {
    ast.If: _take_test,
    ast.FunctionDef: _take_function,
    ast.AsyncFunctionDef: _take_function,
    ast.ClassDef: _take_class,
    ast.Lambda: _function_scope,
    ast.Import: _take_import,
    ast.ImportFrom: _take_import_from,
    ast.Assign: _take_assignment,
    ast.AnnAssign: _take_assignment,
    ast.NamedExpr: _take_assignment,
    ast.AugAssign: _take_assignment,
    ast.For: _take_loop,
    ast.AsyncFor: _take_loop,
    ast.comprehension: _take_loop,
    ast.withitem: _take_with,
    ast.Call: _take_call,
    ast.Attribute: _take_attribute,
    ast.Name: _take_name,
    ast.Constant: _take_constant,
    ast.Subscript: _take_subscript,
}
"""What notes each kind of node, and gives the scope of what stands inside it."""
