"""Before: `SECONDS = 7 * 24 * 3600`. After: `SECONDS = 604800`.

Python itself says what an expression of constants is: its compiler folds those that cannot raise and do not grow.

Limits: numbers and strings only, where the result is written in no more characters; not in f-strings, patterns and
annotations, whose text may be read.
"""

from __future__ import annotations

import ast
import dis
import math
from typing import Final

from aifirst_compiler.edits import Edit
from aifirst_compiler.python_positions import Positions

_LOADING: Final = frozenset({"RESUME", "LOAD_CONST", "LOAD_SMALL_INT", "RETURN_VALUE", "RETURN_CONST"})
_PARTS: Final = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
_MOST_PARTS: Final = 200
_NOT_ASCII: Final = 0x80


def fold_constants(tree: ast.Module, positions: Positions) -> list[Edit]:
    """The edits, in order: of nested expressions the outermost."""
    found: list[Edit] = []
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.JoinedStr | ast.pattern) or type(node).__name__ == "TemplateStr":
            continue
        if isinstance(node, ast.BinOp):
            start, end = positions.start(node), positions.end(node)
            text = _folded(node)
            if text and len(text) <= end - start and not _joins(positions.data, start, end):
                found.append(Edit(start, end, text))
                continue
        annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
        stack += [child for child in ast.iter_child_nodes(node) if child not in annotations]
    return sorted(found)


def _joins(data: bytes, start: int, end: int) -> bool:
    """Whether a number written there would become one word with what stands beside it: `return(1)+1`."""
    around = data[max(0, start - 1) : start] + data[end : end + 1]
    return any(chr(byte).isalnum() or byte in b"_." or byte >= _NOT_ASCII for byte in around)


def _folded(node: ast.BinOp) -> bytes:
    """The text of what an expression of constants gives; empty where it is none, or is not written plainly."""
    for count, part in enumerate(ast.walk(node)):
        if count > _MOST_PARTS or not isinstance(part, _PARTS):
            return b""
    try:
        code = compile(ast.Expression(node), "", "eval", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b""
    steps = [step for step in dis.get_instructions(code) if step.opname != "RESUME"]
    if any(step.opname not in _LOADING for step in steps):
        return b""
    value: object = steps[0].argval
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return repr(value).encode()
    return repr(value).encode() if isinstance(value, str) and value.isprintable() else b""
