"""What a statement with all that is in it holds that decides whether it may move to another function."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from aifirst_compiler.decompose.names_used import in_scope
from aifirst_compiler.decompose.outcome import Why

_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_WARNINGS: Final = frozenset(
    {"warn", "warn_explicit", "stack", "extract_stack", "format_stack", "print_stack", "walk_stack"}
)
_WARNED: Final = 2
"""Arguments of `warn` without a level of the stack."""


class StatementFacts(NamedTuple):
    """`returns`, `yields` and `awaits` leave scopes inside out; `continues` are those of a loop around the statement.

    `forbidden` says why it can never move, None where it can.
    """

    returns: bool
    continues: tuple[ast.Continue, ...]
    breaks: bool
    yields: bool
    awaits: bool
    forbidden: tuple[Why, str] | None


def statement_facts(statement: ast.stmt) -> StatementFacts:
    """The facts of one statement."""
    parts = in_scope([statement])
    kinds = {type(part) for part in parts}
    exits = list(_loop_exits(statement))
    return StatementFacts(
        ast.Return in kinds,
        tuple(one for one in exits if isinstance(one, ast.Continue)),
        any(isinstance(one, ast.Break) for one in exits),
        ast.Yield in kinds or ast.YieldFrom in kinds,
        any(_awaits(part) for part in ast.walk(statement)),
        _forbidden(statement, parts),
    )


def together(known: Sequence[StatementFacts]) -> StatementFacts:
    """The facts of statements that follow each other."""
    return StatementFacts(
        any(one.returns for one in known),
        tuple(exit for one in known for exit in one.continues),
        any(one.breaks for one in known),
        any(one.yields for one in known),
        any(one.awaits for one in known),
        next((one.forbidden for one in known if one.forbidden is not None), None),
    )


def _awaits(part: ast.AST) -> bool:
    if isinstance(part, _COMPREHENSIONS):
        return any(one.is_async for one in part.generators)
    return isinstance(part, ast.Await | ast.AsyncFor | ast.AsyncWith)


def _loop_exits(statement: ast.stmt) -> Iterator[ast.Break | ast.Continue]:
    """The `break` and `continue` of loops around a statement."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Break | ast.Continue):
            yield node
        elif isinstance(node, _LOOPS):
            stack += node.orelse
        elif not isinstance(node, (*_DEFINITIONS, ast.expr)):
            stack += ast.iter_child_nodes(node)


def _forbidden(statement: ast.stmt, parts: list[ast.AST]) -> tuple[Why, str] | None:
    for part in parts:
        if isinstance(part, ast.Global | ast.Nonlocal):
            return "declaration", ", ".join(part.names)
        if isinstance(part, _DEFINITIONS):
            return "inner-definition", part.name
        if isinstance(part, ast.Name) and part.id.startswith("__") and not isinstance(part.ctx, ast.Load):
            return "looks-at-its-variables", part.id
    for part in ast.walk(statement):
        name = _name_in(part)
        if name.startswith("__") and not name.endswith("__"):
            return "private-name", name
        if name == "__class__" and isinstance(part, ast.Name):
            return "class-cell", name
        if isinstance(part, ast.Call):
            found = _call_forbidden(part)
            if found is not None:
                return found
    return None


def _call_forbidden(call: ast.Call) -> tuple[Why, str] | None:
    called = _name_in(call.func)
    if called == "super" and not call.args:
        return "class-cell", "super()"
    if any(keyword.arg in ("stacklevel", "stack_level") for keyword in call.keywords):
        return "frame-depth", f"{called}(stacklevel=…)"
    if called in _WARNINGS and (called != "warn" or len(call.args) > _WARNED):
        root = call.func.value if isinstance(call.func, ast.Attribute) else None
        rooted = root is not None and _name_in(root) in ("inspect", "traceback", "warnings")
        if rooted or root is None:
            return "frame-depth", f"{called}()"
    return None


def _name_in(part: ast.AST) -> str:
    """The identifier that a node holds itself, empty where it holds none."""
    if isinstance(part, ast.Name):
        return part.id
    if isinstance(part, ast.Attribute):
        return part.attr
    if isinstance(part, ast.keyword | ast.arg):
        return part.arg or ""
    if isinstance(part, ast.alias):
        return part.asname or part.name
    if isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return part.name or ""
    if isinstance(part, ast.MatchMapping):
        return part.rest or ""
    return ""
