"""Proves that two texts of Python compile to the same program but for the names of local variables.

Compared is what the running Python executes: instructions, constants, the names of everything else. Local variables
are numbers in there, so a name that was given to two of them, or hid another one, shows.
"""

from __future__ import annotations

import warnings
from types import CodeType
from typing import cast

_SAME = (
    "co_code", "co_names", "co_freevars", "co_cellvars", "co_name", "co_flags", "co_argcount",
    "co_posonlyargcount", "co_kwonlyargcount",
)  # fmt: skip
_VARARGS, _VARKEYWORDS = 4, 8


def compile_quietly(data: bytes) -> CodeType | None:
    """The code of a module, None where the running Python has none for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return compile(data, "<module>", "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def is_same_code(first: bytes, second: bytes) -> bool:
    """Whether both texts (UTF-8) compile, to the same but for the names of local variables."""
    ours, theirs = compile_quietly(first), compile_quietly(second)
    if ours is None or theirs is None:
        return False
    stack = [(ours, theirs)]
    while stack:
        one, other = stack.pop()
        if any(getattr(one, name) != getattr(other, name) for name in _SAME):
            return False
        if len(one.co_varnames) != len(other.co_varnames) or len(one.co_consts) != len(other.co_consts):
            return False
        if one.co_varnames[: _given(one)] != other.co_varnames[: _given(one)]:
            return False
        for mine, its in zip(one.co_consts, other.co_consts, strict=True):
            if isinstance(mine, CodeType) and isinstance(its, CodeType):
                stack.append((mine, its))
            elif spelled(mine) != spelled(its):
                return False
    return True


def spelled(constant: object) -> str:
    """A constant with its type: `1`, `1.0` and `True` are equal and not the same. Sets have no order of their own."""
    if isinstance(constant, frozenset):
        return f"frozenset({sorted(map(spelled, cast('frozenset[object]', constant)))})"
    if isinstance(constant, tuple):
        return f"({','.join(map(spelled, cast('tuple[object, ...]', constant)))})"
    return repr(constant)


def _given(code: CodeType) -> int:
    """How many of the local variables are parameters."""
    named = code.co_argcount + code.co_kwonlyargcount
    return named + bool(code.co_flags & _VARARGS) + bool(code.co_flags & _VARKEYWORDS)
