"""Before: two loops over the same `range` one after the other. After: one loop with both bodies.

Limits: bodies that only append to, or add to, local lists and numbers that the function itself makes of literals, of
arithmetic on the loop's variable and constants; each loop its own lists and numbers. So neither can see the other, and
nothing else can see when each runs. Not inside `try`, nor where `global` or
`nonlocal` stands.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from aifirst_compiler.edits import Edit
from aifirst_compiler.optimize.functions import blocks_of, bound_in, functions_of, looks_at_its_variables
from aifirst_compiler.python_positions import Positions

_PURE: Final = (ast.Add, ast.Sub, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)


def fuse_loops(tree: ast.Module, positions: Positions) -> list[Edit]:
    """The edits, in order: of three loops in a row the first two become one; none where `range` may be another."""
    if {"range", "*"} & bound_in(tree):
        return []
    return sorted(edit for function in functions_of(tree) for edit in _in_function(function, positions))


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, positions: Positions) -> Iterator[Edit]:
    if any(
        isinstance(node, ast.Try | ast.With | ast.AsyncWith | ast.Global | ast.Nonlocal)
        or type(node).__name__ == "TryStar"
        for node in ast.walk(function)
    ):
        return
    if looks_at_its_variables(function):
        return
    for block in blocks_of(function):
        made: set[str] = set()
        fused: ast.stmt | None = None
        for first, second in pairwise(block):
            if not isinstance(first, ast.For):
                made = _made_by(first, made)
            elif first is not fused and isinstance(second, ast.For) and _may_fuse(first, second, made):
                fused = second
                yield from _fused(first, second, positions)
            elif first is not fused:
                made -= {part.id for part in ast.walk(first) if isinstance(part, ast.Name)}


def _made_by(statement: ast.stmt, made: set[str]) -> set[str]:
    """The names that hold an empty list or a number of the function's own after a statement, and nobody else has."""
    if (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
    ):
        value = statement.value
        if (isinstance(value, ast.List) and not value.elts) or (
            isinstance(value, ast.Constant) and type(value.value) is int
        ):
            return made | {statement.targets[0].id}
    return made - {part.id for part in ast.walk(statement) if isinstance(part, ast.Name)}


def _may_fuse(first: ast.For, second: ast.For, made: set[str]) -> bool:
    if first.orelse or second.orelse or not isinstance(first.target, ast.Name):
        return False
    if ast.dump(first.target) != ast.dump(second.target) or ast.dump(first.iter) != ast.dump(second.iter):
        return False
    if not _is_range(first.iter) or first.body[0].col_offset != second.body[0].col_offset:
        return False
    if first.body[0].lineno == first.lineno or second.body[0].lineno == second.lineno:
        return False
    name = first.target.id
    written = [_written(statement, name) for statement in (*first.body, *second.body)]
    if not all(one in made and one != name for one in written):
        return False
    return not set(written[: len(first.body)]) & set(written[len(first.body) :])


def _is_range(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and not node.keywords
        and all(isinstance(one, ast.Constant) and type(one.value) is int for one in node.args)
    )  # fmt: skip


def _written(statement: ast.stmt, loop: str) -> str:
    """The list or number that a statement adds to, empty where it does anything else."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return (
            statement.target.id if isinstance(statement.op, _PURE) and _is_pure(statement.value, loop) else ""
        )
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.keywords:
        return ""
    holder = call.func.value
    one = len(call.args) == 1 and _is_pure(call.args[0], loop)
    return holder.id if one and call.func.attr == "append" and isinstance(holder, ast.Name) else ""


def _is_pure(node: ast.expr, loop: str) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, _PURE) and _is_pure(node.left, loop) and _is_pure(node.right, loop)
    if isinstance(node, ast.Name):
        return node.id == loop
    return isinstance(node, ast.Constant) and type(node.value) is int


def _fused(first: ast.For, second: ast.For, positions: Positions) -> Iterator[Edit]:
    start, stop = positions.end(first.body[-1]), positions.start(second.body[0])
    line = positions.data.rfind(b"\n", 0, stop) + 1
    between = positions.data[start:line]
    if b"#" not in between and b";" not in between:
        yield Edit(start, line, b"\n")
