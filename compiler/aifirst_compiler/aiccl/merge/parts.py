"""The parts of a change of one unit: its name, its signature, and each run of its key lines.

Where a change cannot be made as a whole, those of its parts that can be are, and only what is left is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from aifirst_compiler.aiccl.merge.find_changes import Change, Node
from aifirst_compiler.aiccl.merge.line_hunks import line_hunks
from aifirst_compiler.aiccl.outline.read import UnitLine

_MOST = 24
"""Parts that are tried one by one: each costs a reading of the file."""


class _Part(NamedTuple):
    """The name, the head, or lines `left` to `left_end` of the body, which become others."""

    what: str
    left: int = 0
    left_end: int = 0
    lines: tuple[str, ...] = ()


def largest_part(change: Change, can_be_made: Callable[[Change], bool]) -> Change | None:
    """The change with all of its parts that can be made together, tried in their order; None where that is none."""
    if change.before is None or change.after is None:
        return None
    before, after = change.before.line, change.after.line
    parts = list(_parts(before, after))
    if not 1 < len(parts) <= _MOST:
        return None
    best: Change | None = None
    chosen: list[_Part] = []
    for part in parts:
        tried = _with_parts(change, [*chosen, part])
        if can_be_made(tried):
            chosen.append(part)
            best = tried
    return best


def _parts(before: UnitLine, after: UnitLine) -> Iterator[_Part]:
    if before.own != after.own:
        yield _Part("name")
    if before.head != after.head:
        yield _Part("head")
    if before.body == after.body:
        return
    if not (before.body.startswith("\n") and after.body.startswith("\n")):
        yield _Part("flow")
        return
    old, new = before.body.split("\n"), after.body.split("\n")
    for left, left_end, right, right_end in line_hunks(old, new):
        yield _Part("lines", left, left_end, tuple(new[right:right_end]))


def _with_parts(change: Change, parts: Sequence[_Part]) -> Change:
    assert change.before is not None  # noqa: S101 - asked before
    assert change.after is not None  # noqa: S101 - asked before
    before, after = change.before.line, change.after.line
    what = {part.what for part in parts}
    lines = before.body.split("\n")
    for part in reversed([part for part in parts if part.what == "lines"]):
        lines[part.left : part.left_end] = part.lines
    body = after.body if "flow" in what else "\n".join(lines)
    line = after._replace(
        own=after.own if "name" in what else before.own,
        name=after.name if "name" in what else before.name,
        text=(after.head if "head" in what else before.head) + body,
    )
    return change._replace(
        kind="renamed" if "name" in what else "changed", after=Node(line, change.after.children)
    )
