"""What several passes ask of functions and their bodies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from aifirst_compiler.python_scopes import names_bound_by

_BLOCKS: Final = ("body", "orelse", "finalbody")
_LOOKERS: Final = frozenset({"locals", "vars", "dir", "eval", "exec", "globals", "_getframe", "currentframe"})


def functions_of(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions in a tree, those inside others too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def blocks_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[list[ast.stmt]]:
    """The lists of statements of a function itself, not of functions and classes in it."""
    stack: list[ast.AST] = [function]
    while stack:
        node = stack.pop()
        for name in _BLOCKS:
            block: list[ast.stmt] = getattr(node, name, [])
            if not block:
                continue
            yield block
            stack += [
                one
                for one in block
                if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            ]
        stack += [*getattr(node, "handlers", []), *getattr(node, "cases", [])]


def looks_at_its_variables(node: ast.AST) -> bool:
    """Whether something in it may look at local variables by name."""
    return any(
        (isinstance(part, ast.Name) and part.id in _LOOKERS)
        or (isinstance(part, ast.Attribute) and part.attr in _LOOKERS)
        for part in ast.walk(node)
    )


def bound_in(node: ast.AST) -> set[str]:
    """The names that are bound anywhere in a node, in whatever scope."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            found.add(part.arg)
        else:
            found.update(names_bound_by(part))
    return found
