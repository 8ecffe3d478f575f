"""Compares two programs as the running Python reads them, node by node, positions left out.

Only docstrings that were asked to go may differ: gone, `pass` in their place, or cut to their first line. The trees
are those of `ast`, so everything that can change what the program does is compared: names, constants with their
types, annotations, order.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, cast

from aifirst_compiler.proof.same_trees import BODIED, Lists, are_surely_same

Stretch = tuple[int, int]
Body = list[ast.stmt]
Getter = Callable[[object], tuple[Any, ...]]


def parse_python(text: str) -> ast.Module | None:
    """The syntax tree; None where the running Python cannot have it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def first_difference(
    source: ast.Module, output: ast.Module, line_starts: Sequence[int], removed: Sequence[Stretch]
) -> str:
    """What the first difference is and on which line of the source, empty where there is none.

    `line_starts` are offsets of the source's lines, `removed` the stretches of docstrings that were asked to go.
    """
    gone = _Gone(line_starts, removed)
    if are_surely_same(source, output, gone.lists if removed else None):
        return ""
    around: object = source
    stack: list[tuple[Any, Any]] = [(source, output)]
    pop, push, extend = stack.pop, stack.append, stack.extend
    while stack:
        ours, theirs = pop()
        kind = ours.__class__
        if kind is not theirs.__class__:
            return _told(ours, around, f"{kind.__name__} became {theirs.__class__.__name__}")
        getter = _getter_of(kind)
        if getter is None:
            if _differ(ours, theirs):
                return _told(ours, around, f"{str(ours)[:40]!r} became {str(theirs)[:40]!r}")
            continue
        mine, its = getter(ours), getter(theirs)
        if kind is ast.Constant and mine[0].__class__ is not its[0].__class__:
            return _told(ours, around, f"a constant became one of type {its[0].__class__.__name__}")
        if mine == its:  # compares names and such; nodes are never equal but to themselves
            continue
        around = ours
        if kind in BODIED:
            mine = gone.fields(mine, ours.body, theirs.body)
        for pair in zip(mine, its):  # noqa: B905 - fields of one kind of node, in the innermost loop
            one, other = pair
            if one is other:  # what the running Python shares need not be looked into
                continue
            if one.__class__ is not list:
                push(pair)
            elif len(one) == len(other):
                extend(zip(one, other))  # noqa: B905 - as above
            else:
                return _told(ours, around, f"the parts of {kind.__name__} are others")
    return ""


def _differ(ours: object, theirs: object) -> bool:
    """Whether two values are others; nodes without fields are alike where their kinds are."""
    return not isinstance(ours, ast.AST) and ours != theirs


@cache
def _getter_of(kind: type) -> Getter | None:
    """How the fields of a kind of node are had, all in one call; None for what has none or is no node."""
    fields = cast("tuple[str, ...]", getattr(kind, "_fields", ())) if issubclass(kind, ast.AST) else ()
    # With one name alone it would give the value and no tuple.
    return cast("Getter", attrgetter(*fields, "__class__")) if fields else None


def _told(node: object, around: object, what: str) -> str:
    line = getattr(node, "lineno", None) or getattr(around, "lineno", 1)
    return f"line {line}: {what}"


class _Gone:
    """The docstrings that were asked to go."""

    def __init__(self, line_starts: Sequence[int], removed: Sequence[Stretch]) -> None:
        self._line_starts = line_starts
        self._ends = dict(removed)
        self._starts = sorted(self._ends)

    def has(self, body: Body) -> bool:
        """Whether the body opens with one of them."""
        if not self._starts or not body or _text_of(body[0]) is None:
            return False
        at = self._line_starts[body[0].lineno - 1] + body[0].col_offset
        if at in self._ends:
            return True
        before = bisect_right(self._starts, at) - 1  # the string of one in parentheses begins later
        return before >= 0 and at < self._ends[self._starts[before]]

    def lists(self, node: Any, other: Any, lists: Lists) -> Lists:
        """The lists of a node as they may stand in the output."""
        return self.fields(lists, node.body, other.body)

    def fields(self, fields: tuple[Any, ...], body: Body, output: Body) -> tuple[Any, ...]:
        """The fields of a node with its body as it may stand in the output."""
        if not self.has(body):
            return fields
        return tuple(self.expected(one, output) if one is body else one for one in fields)

    def expected(self, body: Body, output: Body) -> list[object]:
        """The body as it may stand in the output."""
        if len(output) == len(body):
            first, whole, cut = output[0], _text_of(body[0]), _text_of(output[0])
            if whole is not None and cut is not None and whole.strip().startswith(cut.strip()):
                return [first, *body[1:]]
            if isinstance(first, ast.Pass) and (len(body) == 1 or _text_of(body[1]) is not None):
                return [first, *body[1:]]
        return list(body[1:])


def _text_of(node: ast.stmt) -> str | None:
    """The string that a statement is and nothing else."""
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return node.value.value
    return None


def misplaced_future(output: ast.Module) -> bool:
    """Whether something but a docstring stands above an import from `__future__`."""
    seen = False
    for index, node in enumerate(output.body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            if seen:
                return True
        elif index or _text_of(node) is None:
            seen = True
    return False
