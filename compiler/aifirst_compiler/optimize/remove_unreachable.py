"""Before: `return found` with statements below it in the same block, and `if False:` blocks. After: without them.

Limits: what binds a name that nothing reachable in the function binds stays, because it makes the name a local one; so
do `yield` (it makes a generator), `global` and `nonlocal`, and blocks with a comment a tool may read at their border.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from aifirst_compiler.edits import Edit
from aifirst_compiler.optimize.functions import blocks_of, bound_in, functions_of
from aifirst_compiler.python_positions import Positions

_ENDS: Final = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_SCOPES: Final = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_MARKS: Final = (ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal)


def remove_unreachable(tree: ast.Module, positions: Positions) -> list[Edit]:
    """The edits, in order."""
    found: list[Edit] = []
    end = -1
    for edit in sorted(edit for function in functions_of(tree) for edit in _in_function(function, positions)):
        if edit.start >= end:
            found.append(edit)
            end = edit.end
    return found


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, positions: Positions) -> Iterator[Edit]:
    for block in blocks_of(function):
        dead = _after_end(block)
        if dead and _may_go(function, dead):
            last = block[len(block) - len(dead) - 1]
            yield Edit(positions.end(last), positions.end(dead[-1]))
        for statement in block:
            if _never_runs(statement) and _may_go(function, [statement]):
                yield Edit(positions.start(statement), positions.end(statement), b"pass")


def _after_end(block: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    for place, statement in enumerate(block):
        if isinstance(statement, _ENDS):
            return block[place + 1 :]
    return ()


def _never_runs(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.If | ast.While) or statement.orelse:
        return False
    value = statement.test.value if isinstance(statement.test, ast.Constant) else True
    return value is False or (type(value) is int and value == 0)


def _may_go(function: ast.AST, dead: Sequence[ast.stmt]) -> bool:
    parts = [part for statement in dead for part in ast.walk(statement)]
    if any(map(_means_something_unreached, parts)):
        return False
    bound = {name for statement in dead for name in bound_in(statement)}
    gone = set(map(id, parts))
    left = [part for part in ast.walk(function) if isinstance(part, ast.Name) and id(part) not in gone]
    inner = _inside_other_scopes(function)
    live = {part.id for part in left if not isinstance(part.ctx, ast.Load) and id(part) not in inner}
    return bound <= live or not bound & {part.id for part in left}


def _means_something_unreached(part: ast.AST) -> bool:
    return isinstance(part, _MARKS) or bool(getattr(part, "is_async", 0))


def _inside_other_scopes(function: ast.AST) -> set[int]:
    scopes = (node for node in ast.walk(function) if _is_scope(node, function))
    return {id(part) for scope in scopes for part in ast.walk(scope)}


def _is_scope(node: ast.AST, function: ast.AST) -> bool:
    """Whether what is bound in a node inside a function is bound for that node alone."""
    return isinstance(node, _SCOPES) and node is not function
