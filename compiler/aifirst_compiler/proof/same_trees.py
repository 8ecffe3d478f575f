"""Whether two of Python's syntax trees are surely the same: the fast look that nearly every proof ends with.

It knows from the grammar's own description of each kind of node what its fields hold, and looks at the commonest kinds
first. A doubt is no difference: who needs to know which it is asks `python_trees.first_difference`, at twice the cost.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, cast

_FIELD = re.compile(r"(\w+)([*?]?) (\w+)")
_PLAIN = frozenset({
    "identifier", "string", "int", "constant", "expr_context", "operator", "unaryop", "boolop", "cmpop",
})  # fmt: skip
"""What is compared as it is: the running Python has one object for each operator and each context."""
_NAME, _ATTRIBUTE, _CONSTANT, _NONE = ast.Name, ast.Attribute, ast.Constant, type(None)

_KIND_OF = cast("Callable[[object], type[Any]]", type)

Getter = Callable[[object], Any] | None
Lists = tuple[list[Any], ...]
Expected = Callable[[Any, Any, Lists], Lists]
Shape = tuple[Getter, Getter, Getter, Getter, Getter]
BODIED = frozenset({ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
"""What may open with a docstring."""


def are_surely_same(source: ast.Module, output: ast.Module, expected: Expected | None = None) -> bool:
    """Whether the output's tree is the source's; False where in doubt.

    `expected` gives the lists of one of the `BODIED` as they may stand in the output.
    """
    stack: list[tuple[Any, Any]] = [(source, output)]
    kind_of = _KIND_OF
    pop, push = stack.pop, stack.append
    while stack:
        ours, theirs = pop()
        kind = kind_of(ours)
        if kind is not kind_of(theirs):
            return False
        if kind is _NAME:  # these are three in four of all nodes
            if ours.id is not theirs.id or ours.ctx is not theirs.ctx:
                return False
            continue
        if kind is _ATTRIBUTE:
            if ours.attr is not theirs.attr or ours.ctx is not theirs.ctx:
                return False
            push((ours.value, theirs.value))
            continue
        if kind is _CONSTANT:
            if ours.value is not theirs.value and not _is_same_value(ours.value, theirs.value):
                return False
            if ours.kind != theirs.kind:
                return False
            continue
        if kind is not _NONE and not _take_fields(ours, theirs, kind, stack, expected):
            return False
    return True


def _is_same_value(one: object, other: object) -> bool:
    """Whether two constants are equal and of one type: 1, 1.0 and True are equal."""
    return type(one) is type(other) and one == other


def _take_fields(
    ours: object, theirs: object, kind: type[Any], stack: list[tuple[Any, Any]], expected: Expected | None
) -> bool:
    """Put by the pairs of nodes in two of one kind; whether all else in them is the same."""
    plain, node, nodes, one_list, lists = _shape_of(kind)
    if plain is not None and plain(ours) != plain(theirs):
        return False
    # The fields of one kind of node are as many in both, so the pairs need no check.
    if node is not None:
        stack.append((node(ours), node(theirs)))
    elif nodes is not None:
        stack.extend(zip(nodes(ours), nodes(theirs)))  # noqa: B905 - told above
    if one_list is not None:
        one, other = one_list(ours), one_list(theirs)
        if len(one) != len(other):
            return False
        stack.extend(zip(one, other))  # noqa: B905 - told above
    elif lists is not None:
        mine = lists(ours)
        if expected is not None and kind in BODIED:
            mine = expected(ours, theirs, mine)
        for one, other in zip(mine, lists(theirs)):  # noqa: B905 - told above
            if len(one) != len(other):
                return False
            if one:
                stack.extend(zip(one, other))  # noqa: B905 - told above
    return True


@cache
def _shape_of(kind: type) -> Shape:
    """How to get, of a kind of node, its plain values, its only node, its nodes, its only list and its lists.

    What the running Python does not describe, and what is no node, is compared as it is.
    """
    fields = cast("tuple[str, ...]", getattr(kind, "_fields", ())) if issubclass(kind, ast.AST) else None
    if fields == ():
        return (None, None, None, None, None)
    told = _FIELD.findall((kind.__doc__ or "").partition("(")[2])
    if fields is None or tuple(name for _, _, name in told) != fields:
        return (_itself, None, None, None, None)
    plain = [name for what, _, name in told if what in _PLAIN]
    nodes = [name for what, many, name in told if what not in _PLAIN and many != "*"]
    lists = [name for what, many, name in told if what not in _PLAIN and many == "*"]
    return (_all(plain), *_one_or_all(nodes), *_one_or_all(lists))


def _itself(value: object) -> object:
    return value


def _all(names: Sequence[str]) -> Getter:
    return attrgetter(*names) if names else None


def _one_or_all(names: Sequence[str]) -> tuple[Getter, Getter]:
    getter = _all(names)
    return (getter, None) if len(names) == 1 else (None, getter)
