"""Scopes of Python: which names the statements of one bind, and whether a name in it is a global.

As the Python reference says (4.2, Naming and binding): functions, lambdas and comprehensions nest, a class body is one
that only its own statements see, `global` and `nonlocal` cross them.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal, NamedTuple

COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NAMED: Final = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)


class Scope(NamedTuple):
    """A scope, the names it binds, and those it declares to be globals."""

    kind: Literal["module", "class", "function"]
    bound: set[str]
    declared: set[str]


def scope_of(
    kind: Literal["module", "class", "function"], body: Sequence[ast.AST], but: Collection[ast.AST] = ()
) -> Scope:
    """The scope that some statements are the body of; parameters come on top. The nodes `but` bind nothing."""
    bound: set[str] = set()
    declared: set[str] = set()
    outer: set[str] = set()
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global):
            declared.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outer.update(node.names)
        if node not in but:
            bound.update(names_bound_by(node))
        stack.extend(_in_same_scope(node))
    return Scope(kind, bound - outer - declared, declared)


def names_bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node binds itself, not what is in it."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from map(bound_by_alias, node.names)
    elif isinstance(node, COMPREHENSIONS):
        yield from (inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
    elif isinstance(node, _NAMED) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def bound_by_alias(alias: ast.alias) -> str:
    """The name that a part of an import binds: of a dotted module the first part."""
    return alias.asname or alias.name.partition(".")[0]


def _in_same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in a node that belong to the scope around it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from node.decorator_list
        yield from defaults_of(node.args)
    elif isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *node.keywords)
    elif isinstance(node, ast.Lambda):
        yield from defaults_of(node.args)
    elif isinstance(node, COMPREHENSIONS):
        yield node.generators[0].iter
    else:
        yield from ast.iter_child_nodes(node)


def defaults_of(arguments: ast.arguments) -> list[ast.expr]:
    """The default values of parameters: they are evaluated around the function."""
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def parameters_of(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters in order."""
    extra = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def where_bound(stack: Sequence[Scope], name: str) -> Scope:
    """The scope that a name in the innermost of nested scopes belongs to; the module's where none binds it."""
    inner = stack[-1]
    for scope in reversed(stack):
        if name in scope.declared:
            return stack[0]
        if name in scope.bound and (scope is inner or scope.kind != "class"):
            return scope
    return stack[0]
