"""Finds the interruption behind an error: C code turns what a signal raised in it into an error of its own.

A query of tree-sitter that is compiled when Ctrl-C is pressed fails with a `QueryError`, say.
"""

from __future__ import annotations


def interruption_in(error: BaseException) -> KeyboardInterrupt | SystemExit | None:
    """The interruption that an error was made of, None where it is an error of its own."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, KeyboardInterrupt | SystemExit):
            return cause
        if id(cause) not in seen:
            seen.add(id(cause))
            waiting += [above for above in (cause.__context__, cause.__cause__) if above is not None]
    return None
