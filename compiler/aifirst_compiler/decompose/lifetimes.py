"""Objects that a variable keeps alive: in a function of its own they would be let go when that returns.

CPython ends an object when nothing holds it any more. Where something depends on that, a temporary folder, a guard that
is never read, a part of the function must not end its variable's life. Limit: only what says so by its name, or by a
variable that nothing reads, is seen.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence, Set
from typing import Final

from aifirst_compiler.decompose.names_used import Function, in_scope

_ENDING: Final = frozenset({
    "TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "open", "socket", "Popen",
    "ThreadPoolExecutor", "ProcessPoolExecutor", "connect", "cursor", "acquire", "Timer", "fdopen", "popen", "ExitStack",
    "create_connection", "makefile", "urlopen", "create_task", "ensure_future", "catch_warnings", "SharedMemory",
    "Pool", "mmap",
})  # fmt: skip
"""Last names of calls whose result does something when it is let go, or is held weakly by others."""


def ends_earlier(function: Function, statements: Sequence[ast.stmt], results: Set[str]) -> str:
    """A variable of a part whose object would be let go earlier than now; empty where none is seen."""
    given = [
        found for part in in_scope(statements) for found in _given_calls(part) if found[0] not in results
    ]
    if not given:
        return ""
    read = {
        part.id
        for part in ast.walk(function)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }
    for name, called in given:
        if name not in read and name != "_":
            return f"{name}, which nothing reads"
        if called in _ENDING:
            return f"{name}, the result of {called}()"
    return ""


def _given_calls(part: ast.AST) -> list[tuple[str, str]]:
    """The variables that are given the result of a call, each with the last name of what is called."""
    if not isinstance(part, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return []
    call = _call_of(part.value)
    if call is None:
        return []
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    targets = part.targets if isinstance(part, ast.Assign) else [part.target]
    return [(target.id, called) for target in targets if isinstance(target, ast.Name)]


def _call_of(value: ast.expr | None) -> ast.Call | None:
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None
