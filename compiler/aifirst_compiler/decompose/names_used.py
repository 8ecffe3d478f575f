"""Which variables of the scopes around it a nested scope uses: lambdas, comprehensions, functions and classes.

As the Python reference says (4.2): what a class binds is seen by its own statements only, `global` and `nonlocal` cross
scopes, and `:=` in a comprehension binds in the function around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final, NamedTuple

from aifirst_compiler.python_scopes import COMPREHENSIONS, defaults_of, parameters_of, scope_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp
Nested = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | Comprehension
NESTED: Final = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, *COMPREHENSIONS)


class Outside(NamedTuple):
    """Names of the scopes around: those a scope reads or holds, and those it binds there."""

    used: frozenset[str]
    bound: frozenset[str]


_NOTHING: Final = Outside(frozenset(), frozenset())


def used_outside(node: Nested) -> Outside:
    """What the inside of a nested scope uses of the scopes around it.

    Decorators, defaults, bases and the first iterable of a comprehension are not inside.
    """
    if isinstance(node, ast.Lambda):
        return _without(
            _of_nodes([node.body]), {one.arg for one in parameters_of(node.args)} | _walruses(node.body)
        )
    if isinstance(node, ast.ClassDef):
        return _of_class(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _of_function(node)
    return _of_comprehension(node)


def _of_function(node: Function) -> Outside:
    inside = _of_nodes(node.body)
    scope = scope_of("function", node.body)
    outer = declared_nonlocal(node)
    bound = scope.bound | {one.arg for one in parameters_of(node.args)}
    used = (inside.used | outer) - bound - scope.declared
    return Outside(frozenset(used), inside.bound - bound - scope.declared | (outer & _stored(node)))


def _of_class(node: ast.ClassDef) -> Outside:
    scope = scope_of("class", node.body)
    own = {part.id for part in in_scope(node.body) if isinstance(part, ast.Name)} - scope.bound
    nested = [used_outside(part) for part in in_scope(node.body) if isinstance(part, NESTED)]
    used = own.union(*(one.used for one in nested)) - scope.declared
    return Outside(frozenset(used), frozenset().union(*(one.bound for one in nested)))


def _of_comprehension(node: Comprehension) -> Outside:
    targets: set[str] = set()
    parts: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    for place, generator in enumerate(node.generators):
        targets |= {part.id for part in ast.walk(generator.target) if isinstance(part, ast.Name)
                    and isinstance(part.ctx, ast.Store)}  # fmt: skip
        parts += [generator.target, *generator.ifs, *([generator.iter] if place else [])]
    found = _without(_of_nodes(parts), targets)
    walruses = _walruses(*parts)
    return Outside(found.used | walruses, found.bound | walruses)


def _of_nodes(nodes: Iterable[ast.AST]) -> Outside:
    used: set[str] = set()
    bound: set[str] = set()
    for part in in_scope(nodes):
        if isinstance(part, ast.Name):
            used.add(part.id)
        elif isinstance(part, NESTED):
            found = used_outside(part)
            used |= found.used
            bound |= found.bound
    return Outside(frozenset(used), frozenset(bound))


def _without(found: Outside, names: set[str]) -> Outside:
    return Outside(found.used - names, found.bound - names)


def in_scope(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """The nodes of one scope in no order: nested scopes themselves, and of what is in them only what belongs outside."""
    found: list[ast.AST] = []
    stack = list(nodes)
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(outer_parts(node) if isinstance(node, NESTED) else ast.iter_child_nodes(node))
    return found


def outer_parts(node: Nested) -> list[ast.AST]:
    """The parts of a nested scope that are evaluated in the scope around it, where it stands, in order."""
    if isinstance(node, ast.Lambda):
        return [*defaults_of(node.args)]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        annotations = [one.annotation for one in parameters_of(node.args) if one.annotation is not None]
        returned = [node.returns] if node.returns is not None else []
        return [*node.decorator_list, *defaults_of(node.args), *annotations, *returned]
    return [node.generators[0].iter]


def declared_nonlocal(node: Function) -> set[str]:
    """The names that a function itself declares `nonlocal`."""
    return {name for part in in_scope(node.body) if isinstance(part, ast.Nonlocal) for name in part.names}


def _stored(node: Function) -> set[str]:
    """The names that the statements of a function itself bind or delete, `nonlocal` ones too."""
    body = [part for part in in_scope(node.body) if not isinstance(part, ast.Nonlocal | ast.Global)]
    names = {part.id for part in body if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    return (
        names | scope_of("function", [part for part in node.body if not isinstance(part, ast.Nonlocal)]).bound
    )


def _walruses(*nodes: ast.AST) -> frozenset[str]:
    """The names that `:=` in some parts of a comprehension or lambda binds, not in scopes of functions inside."""
    found: set[str] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.NamedExpr):
            found.add(node.target.id)
        if isinstance(node, ast.Lambda):
            stack += defaults_of(node.args)
        else:
            stack += ast.iter_child_nodes(node)
    return frozenset(found)
