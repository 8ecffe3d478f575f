"""Before: `def _area(w, h): return w * h` and `return _area(width, 3)`. After: `return (width * 3)`; the function stays.

Limits: private functions of the module that are bound once, have no decorator and plain parameters, and return one
expression without calls, scopes of its own, or names that anything in the module binds as a local one. Of their calls
those with plain arguments that are constants or parameters of the caller that nothing binds again. Who replaces the
function from outside (a test that patches a private name) reaches the calls that were not inlined only.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from aifirst_compiler.edits import Edit, apply_edits
from aifirst_compiler.optimize.functions import bound_in, functions_of, looks_at_its_variables
from aifirst_compiler.python_positions import Positions

_REFUSED: Final = (
    ast.Call, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr, ast.Yield,
    ast.YieldFrom, ast.Await, ast.JoinedStr, ast.IfExp, ast.BoolOp, ast.Starred,
)  # fmt: skip
_MOST: Final = 120
"""Bytes of an expression that is inlined."""


class _Small(NamedTuple):
    """A function that can be inlined."""

    parameters: list[str]
    value: ast.expr
    start: int
    end: int


def inline_small_functions(tree: ast.Module, positions: Positions) -> list[Edit]:
    """The edits, in order."""
    small = _small_functions(tree, positions)
    if not small or looks_at_its_variables(tree):
        return []
    inside = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    found: list[Edit] = []
    end = -1
    edits = (edit for function in functions_of(tree) for edit in _calls(function, small, inside, positions))
    for edit in sorted(set(edits)):
        if (
            edit.start >= end
        ):  # of a call in a call's arguments there is none: arguments are names and constants
            found.append(edit)
            end = edit.end
    return found


def _small_functions(tree: ast.Module, positions: Positions) -> dict[str, _Small]:
    bindings = Counter(name for node in tree.body for name in bound_in(node))
    local = {name for function in functions_of(tree) for name in _bound_inside(function)}
    local |= {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    found: dict[str, _Small] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and bindings[node.name] == 1 and node.name not in local:
            small = _small(node, local, positions)
            if small is not None:
                found[node.name] = small
    return found


def _small(node: ast.FunctionDef, local: set[str], positions: Positions) -> _Small | None:
    """A function as it can be inlined; `local` are the names that mean something else inside some function."""
    value = _returned(node)
    if value is None or not node.name.startswith("_") or node.name.startswith("__"):
        return None
    parameters = [one.arg for one in node.args.args]
    names = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
    start, end = positions.start(value), positions.end(value)
    if not names.issuperset(parameters) or (names - set(parameters)) & local or end - start > _MOST:
        return None
    return _Small(parameters, value, start, end)


def _bound_inside(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {name for statement in function.body for name in bound_in(statement)} | bound_in(function.args)


def _returned(node: ast.FunctionDef) -> ast.expr | None:
    """The expression that a function is, None where it is more."""
    arguments = node.args
    extra = (
        arguments.posonlyargs
        or arguments.kwonlyargs
        or arguments.defaults
        or arguments.vararg
        or arguments.kwarg
    )
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if node.decorator_list or extra or getattr(node, "type_params", None) or len(body) != 1:
        return None
    statement = body[0]
    if not isinstance(statement, ast.Return) or statement.value is None:
        return None
    refused = any(isinstance(part, _REFUSED) or _is_private(part) for part in ast.walk(statement.value))
    return None if refused else statement.value


def _is_private(node: ast.AST) -> bool:
    """Whether it is a name that Python reads as another one inside a class (`__name`)."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.startswith("__") and not name.endswith("__")


def _calls(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    small: Mapping[str, _Small],
    inside: set[int],
    positions: Positions,
) -> Iterator[Edit]:
    bound = {name for statement in function.body for name in bound_in(statement)}
    fixed = {
        one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    } - bound
    for node in (part for statement in function.body for part in ast.walk(statement)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or id(node) in inside:
            continue
        one = small.get(node.func.id)
        if one is None or node.keywords or len(node.args) != len(one.parameters):
            continue
        texts = [_argument(argument, fixed, positions) for argument in node.args]
        if all(texts):
            text = _filled(one, dict(zip(one.parameters, texts, strict=True)), positions)
            yield Edit(positions.start(node), positions.end(node), text)


def _argument(node: ast.expr, fixed: set[str], positions: Positions) -> bytes:
    """The text of an argument that means the same wherever it is evaluated; empty for others."""
    plain = isinstance(node, ast.Constant) and isinstance(node.value, int | str | bytes | None)
    if plain or (isinstance(node, ast.Name) and node.id in fixed):
        text = positions.data[positions.start(node) : positions.end(node)]
        number = isinstance(node, ast.Constant) and type(node.value) is int
        return b"(%s)" % text if number else text
    return b""


def _filled(one: _Small, texts: Mapping[str, bytes], positions: Positions) -> bytes:
    names = (part for part in ast.walk(one.value) if isinstance(part, ast.Name) and part.id in texts)
    edits = sorted(
        Edit(positions.start(part) - one.start, positions.end(part) - one.start, texts[part.id])
        for part in names
    )
    return b"(%s)" % apply_edits(positions.data[one.start : one.end], edits)
