"""Before: `total = price * number` and after it `return total`. After: `return price * number`.

Limits: only where the two are all that speaks of the name in its function, nothing in the function looks at its variables
by name, and the value is no `yield`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from aifirst_compiler.edits import Edit
from aifirst_compiler.optimize.functions import blocks_of, functions_of, looks_at_its_variables
from aifirst_compiler.python_positions import Positions

_BOTH = 2


def drop_needless_names(tree: ast.Module, positions: Positions) -> list[Edit]:
    """The edits, in order."""
    found = [edit for function in functions_of(tree) for edit in _in_function(function, positions)]
    return sorted(found)


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, positions: Positions) -> Iterator[Edit]:
    if looks_at_its_variables(function):
        return
    counts = Counter(node.id for node in ast.walk(function) if isinstance(node, ast.Name))
    declared = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    parameters = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    for block in blocks_of(function):
        for first, second in pairwise(block):
            name = _returned(first, second)
            if name and counts[name] == _BOTH and name not in declared | parameters:
                yield from _joined(first, second, positions)


def _returned(first: ast.stmt, second: ast.stmt) -> str:
    """The name that one statement binds and the next returns; empty where that is not so."""
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.Return) or len(first.targets) != 1:
        return ""
    target, value = first.targets[0], second.value
    if not isinstance(target, ast.Name) or not isinstance(value, ast.Name) or target.id != value.id:
        return ""
    return "" if isinstance(first.value, ast.Yield | ast.YieldFrom) else target.id


def _joined(first: ast.stmt, second: ast.stmt, positions: Positions) -> Iterator[Edit]:
    start, end = positions.start(first), positions.end(first)
    equals = positions.data.index(b"=", start) + 1
    while positions.data[equals : equals + 1] in (b" ", b"\t"):
        equals += 1
    if b"\\" in positions.data[start:equals]:
        return
    gone = _line_of(second, positions) or Edit(end, positions.end(second))
    if b"#" not in positions.data[gone.start : gone.end]:
        yield Edit(start, equals, b"return ")
        yield gone


def _line_of(statement: ast.stmt, positions: Positions) -> Edit | None:
    """The edit that takes a statement's line away, None where something else stands on it."""
    data, start, end = positions.data, positions.start(statement), positions.end(statement)
    line, newline = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end)
    stop = newline + 1 if newline >= 0 else len(data)
    return None if data[line:start].strip() or data[end:stop].strip() else Edit(line, stop)
