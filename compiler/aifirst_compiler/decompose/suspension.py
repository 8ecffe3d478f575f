"""Whether a part of a generator or coroutine that is suspended inside would end otherwise in a function of its own.

`yield from` and `await` hand on every value and exception. Two things are not handed on. A part that catches
GeneratorExit when it is closed and goes on, or waits once more in a `finally`: the function around does not know of it.
And StopIteration that leaves a generator or coroutine becomes RuntimeError (PEP 479): a handler around the part would
see that.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aifirst_compiler.decompose.names_used import in_scope
from aifirst_compiler.decompose.swallowing import NeverSwallows, may_stop_ending


def suspended_elsewhere(
    statements: Sequence[ast.stmt], around: Sequence[ast.stmt], never_swallows: NeverSwallows
) -> str:
    """What is in the way of a part that is suspended inside; empty where nothing is. `around` is what it stands in."""
    for statement in around:
        if isinstance(statement, ast.Try | ast.TryStar) and statement.handlers:
            return f"the handlers of line {statement.lineno} could see StopIteration become RuntimeError"
        if isinstance(statement, ast.With | ast.AsyncWith) and not _lets_go(statement, never_swallows):
            return f"the with of line {statement.lineno} could see StopIteration become RuntimeError"
    for part in in_scope(statements):
        if isinstance(part, ast.Try | ast.TryStar) and _stops(part):
            return f"the try of line {part.lineno} may go on after GeneratorExit"
        if (
            isinstance(part, ast.With | ast.AsyncWith)
            and _suspends(part.body)
            and not _lets_go(part, never_swallows)
        ):
            return f"the with of line {part.lineno} may swallow GeneratorExit"
    return ""


def _stops(part: ast.Try | ast.TryStar) -> bool:
    if _suspends(part.finalbody):
        return True
    if _suspends(part.body) and part.handlers and may_stop_ending(part.handlers):
        return True
    inside = [one for handler in part.handlers for one in handler.body]
    ends = any(isinstance(one, ast.Return | ast.Break | ast.Continue) for one in in_scope(part.finalbody))
    return ends and _suspends([*part.body, *inside, *part.orelse])


def _lets_go(statement: ast.With | ast.AsyncWith, never_swallows: NeverSwallows) -> bool:
    return isinstance(statement, ast.With) and all(
        never_swallows(item.context_expr) for item in statement.items
    )


def _suspends(statements: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(part, ast.Yield | ast.YieldFrom | ast.Await | ast.AsyncFor | ast.AsyncWith)
        or (isinstance(part, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
            and any(one.is_async for one in part.generators))
        for part in in_scope(statements)
    )  # fmt: skip
