"""Tells functions and classes which module they are of, where they are made after that module's text has run.

Python takes the name from the namespace that the code runs in, and all flat modules share one. Left out: lambdas, which
nobody asks for their module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from aifirst_compiler.bundle.modules import Module
from aifirst_compiler.edits import Edit

_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_CLASS_MAKERS: Final = {
    "type": 3, "namedtuple": 2, "NamedTuple": 2, "TypedDict": 2, "make_dataclass": 2, "NewType": 2, "TypeVar": 1,
    "Enum": 2, "IntEnum": 2, "StrEnum": 2, "Flag": 2, "IntFlag": 2,
}  # fmt: skip
"""What makes a class by a call, and how many arguments it takes for that."""


def late_definitions(module: Module) -> Iterator[Edit]:
    """The edits of a module that tell what its functions make of which module it is, in no order."""
    functions = (node for node in ast.walk(module.tree) if isinstance(node, _FUNCTIONS))
    inside = {node: None for one in functions for part in one.body for node in ast.walk(part)}
    for node in inside:
        if isinstance(node, ast.ClassDef):
            yield _told_its_module(module, node)
        elif isinstance(node, _FUNCTIONS):
            yield _told_by_decorator(module, node)
        elif isinstance(node, ast.Call) and _makes_class(node):
            start, end = module.positions.start(node), module.positions.end(node)
            yield Edit(start, start, f'_aifirst_made("{module.name}", '.encode())
            yield Edit(end, end, b")")


def _makes_class(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return len(call.args) >= _CLASS_MAKERS.get(name, len(call.args) + 1)


def _told_by_decorator(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Edit:
    """The innermost decorator: those of its own see a function of the right module."""
    start = module.positions.start(node)
    told = f'@_aifirst_of["{module.name}"]\n{module.data[_line_start(module, start) : start].decode()}'
    return Edit(start, start, told.encode())


def _told_its_module(module: Module, node: ast.ClassDef) -> Edit:
    told = f'__module__ = "{module.name}"'
    text = isinstance(first := node.body[0], ast.Expr) and isinstance(first.value, ast.Constant)
    if text and len(node.body) == 1:
        end = module.positions.end(first)
        return Edit(end, end, f"; {told}".encode())
    after = node.body[1] if text else first
    decorators: list[ast.expr] = getattr(after, "decorator_list", [])
    start = min(map(module.positions.start, (after, *decorators)))
    start = module.data.rfind(b"@", 0, start) if decorators else start
    indent = module.data[_line_start(module, start) : start]
    gap = f"\n{indent.decode()}" if not indent.strip() else "; "
    return Edit(start, start, f"{told}{gap}".encode())


def _line_start(module: Module, byte: int) -> int:
    return module.data.rfind(b"\n", 0, byte) + 1
