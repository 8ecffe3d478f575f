"""What an expression is made of: its parts, and the same with its parts renumbered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import msgspec

from aifirst_memory.dependencies.ecmascript.facts import (
    NONE,
    Arr,
    ArrayType,
    Await,
    Call,
    Cast,
    Context,
    Either,
    Element,
    Expected,
    Expr,
    Guarded,
    Iterated,
    LookupType,
    Member,
    Narrowed,
    Obj,
    This,
    TupleType,
    TypeName,
    Without,
)

_ONE: Final[dict[type, tuple[str, ...]]] = {
    Member: ("of",), Element: ("of", "key"), Iterated: ("of",), Call: ("callee",), Await: ("of",), Cast: ("to", "of"),
    Context: ("call",), Expected: ("of",), ArrayType: ("of",), LookupType: ("of",), Without: ("of",),
    Narrowed: ("of",), Guarded: ("of", "name"),
}  # fmt: skip
_MANY: Final[dict[type, tuple[str, ...]]] = {
    Call: ("args", "types"), Obj: ("values", "spread"), Arr: ("items",), Either: ("of",), TypeName: ("args",),
    TupleType: ("items",),
}  # fmt: skip


def parts(expr: Expr) -> Iterator[int]:
    """The expressions that one is directly made of."""
    kind = type(expr)
    for field in _ONE.get(kind, ()):
        at = cast("int", getattr(expr, field))
        if at != NONE:
            yield at
    for field in _MANY.get(kind, ()):
        for at in cast("list[int]", getattr(expr, field)):
            if at != NONE:
                yield at
    if kind is This and cast("This", expr).kind == "o":
        yield cast("This", expr).at


def renumbered(expr: Expr, number: Callable[[int], int]) -> Expr:
    """A copy whose parts are renumbered; the expression itself where it has none."""
    kind = type(expr)
    ones, many = _ONE.get(kind, ()), _MANY.get(kind, ())
    if kind is This and cast("This", expr).kind == "o":
        return This("o", number(cast("This", expr).at))
    if not ones and not many:
        return expr
    changed: dict[str, Any] = {field: number(cast("int", getattr(expr, field))) for field in ones}
    for field in many:
        changed[field] = [number(at) for at in cast("list[int]", getattr(expr, field))]
    return msgspec.structs.replace(expr, **changed)
