"""Which part of a function becomes a function of its own: much of what is too much, few values, one thing.

Parts are looked at from the most promising on: a part is worth the tokens it takes away that are too many, over what it
costs to read: its values, and an end in the middle of a paragraph. A step comment, an empty line, a whole branch or
loop body are where the person has cut already.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from aifirst_compiler.decompose.function_facts import FunctionFacts
from aifirst_compiler.decompose.outcome import DecomposeOptions, Reason, Why
from aifirst_compiler.decompose.region import Block, Refused, Region, Regions, blocks_of
from aifirst_compiler.decompose.region_text import RegionText, region_text
from aifirst_compiler.python_positions import Positions

_PIECE: Final = 70
_PARAMETER: Final = 9
_RESULT: Final = 16
_FEW_PARAMETERS: Final = 4
_FEW_RESULTS: Final = 2
_MID_PARAGRAPH: Final = 40
_AT_BLANK: Final = 8
_AT_COMMENT: Final = 3
_PARAGRAPH: Final = 8
_DEEPER: Final = 10
_NEVER_ENDS: Final = 45
_SUSPENDED: Final = 15
_HEAD_TOKENS: Final = 18
_CALL_TOKENS: Final = 8
_VALUE_TOKENS: Final = 2
_DONE: Final = 1.25
_SLACK: Final = 5
"""A function that is a fifth of its limit below it may grow again."""
_MOST_LOOKED_AT: Final = 3000
_MOST_REASONS: Final = 5


class Candidate(NamedTuple):
    """A part that can move, with its text and what it is worth."""

    region: Region
    text: RegionText
    tokens: int
    score: float


class _Part(NamedTuple):
    block: Block
    first: int
    last: int
    tokens: int
    cost: int
    bound: float


class Choice(NamedTuple):
    """The parts that can move, best first, and why others cannot, the most promising of them first."""

    candidates: list[Candidate]
    reasons: list[Reason]


class Room(NamedTuple):
    """How many tokens a function has too many, and how many a new one may have."""

    excess: int
    limit: int
    least: int
    most_values: int


def room_of(tokens: int, options: DecomposeOptions) -> Room:
    """The room of a function of so many tokens: a small part is worth it where it is all that is too much."""
    excess = tokens - options.limit
    return Room(excess, options.limit, min(options.least_tokens, excess), options.most_values)


def choose(
    facts: FunctionFacts, positions: Positions, count: Callable[[str], int], room: Room, most: int = 6
) -> Choice:
    """The best parts to move, at most `most`."""
    regions = Regions(facts)
    parts = sorted(
        _parts(facts, positions, count, room),
        key=lambda one: (-one.bound, one.block.statements[one.first].lineno),
    )
    found: list[Candidate] = []
    reasons: dict[Why, Reason] = {}
    for part in parts[:_MOST_LOOKED_AT]:
        if len(found) >= most and part.bound <= found[-1].score:
            break
        judged = _judge(regions, positions, part, room)
        if isinstance(judged, Candidate):
            found.append(judged)
            found.sort(key=lambda one: -one.score)
            del found[most:]
        elif judged.why not in reasons:
            begin, end = part.block.statements[part.first], part.block.statements[part.last]
            reasons[judged.why] = Reason(
                judged.why, begin.lineno, end.end_lineno or end.lineno, judged.detail
            )
    return Choice(found, list(reasons.values())[:_MOST_REASONS])


def _parts(
    facts: FunctionFacts, positions: Positions, count: Callable[[str], int], room: Room
) -> Iterator[_Part]:
    for block in blocks_of(facts):
        sums = _token_sums(positions, block, count)
        cuts = [_cut_cost(positions, block, at) for at in range(len(block.statements) + 1)]
        depth = len(block.around) * _DEEPER
        begin = _first_statement(block)
        for first in range(begin, len(block.statements)):
            for last in range(first, len(block.statements)):
                tokens = sums[last + 1] - sums[first]
                if tokens + _HEAD_TOKENS > room.limit:
                    break
                if tokens - _CALL_TOKENS < room.least:
                    continue
                if not block.around and first == begin and last == len(block.statements) - 1:
                    continue  # the whole function under another name
                paragraphs = sum(cost < _MID_PARAGRAPH for cost in cuts[first + 1 : last + 1])
                cost = _PIECE + cuts[first] + cuts[last + 1] + depth + paragraphs * _PARAGRAPH
                yield _Part(block, first, last, tokens, cost, _worth(tokens - _CALL_TOKENS, cost, room))


def _worth(removed: int, cost: int, room: Room) -> float:
    return min(removed, room.excess + room.limit // _SLACK) / cost * (_DONE if removed >= room.excess else 1)


def _first_statement(block: Block) -> int:
    """The first statement that may move: below the docstring of a function."""
    first = block.statements[0]
    documented = not block.around and isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return int(documented and isinstance(getattr(first, "value").value, str))  # noqa: B009 - an Expr here


def _token_sums(positions: Positions, block: Block, count: Callable[[str], int]) -> list[int]:
    sums = [0]
    statements = block.statements
    at = positions.data.rfind(b"\n", 0, positions.start(statements[0])) + 1
    for place, statement in enumerate(statements):
        end = positions.end(statement)
        if place + 1 < len(statements):
            end = max(end, positions.data.rfind(b"\n", 0, positions.start(statements[place + 1])))
        sums.append(sums[-1] + count(positions.data[at:end].decode("utf-8")))
        at = end
    return sums


def _cut_cost(positions: Positions, block: Block, at: int) -> int:
    """What a cut before a statement costs: nothing at a step, a little at a paragraph, much inside one."""
    statements = block.statements
    if at == 0 or at == len(statements):
        return _AT_BLANK
    between = positions.data[positions.end(statements[at - 1]) : positions.start(statements[at])]
    lines = between.split(b"\n")[1:-1]
    if any(line.lstrip().upper().startswith((b"# STEP", b"#STEP")) for line in lines):
        return 0
    comment = any(line.lstrip().startswith(b"#") for line in lines)
    blank = any(not line.strip() for line in lines)
    return _AT_COMMENT if comment and blank else _AT_BLANK if comment or blank else _MID_PARAGRAPH


def _judge(regions: Regions, positions: Positions, part: _Part, room: Room) -> Candidate | Refused:
    region = regions.judge(part.block, part.first, part.last)
    if isinstance(region, Refused):
        return region
    values = len(region.parameters) + len(region.results)
    if values > room.most_values:
        return Refused("too-many-values", f"{len(region.parameters)} in, {len(region.results)} out")
    if part.tokens + _HEAD_TOKENS + _VALUE_TOKENS * (values + len(region.results)) > room.limit:
        return Refused("one-statement")
    text = region_text(positions, part.block.statements, part.first, part.last)
    if text is None:
        return Refused("shared-line")
    cost = part.cost + _cost_of_values(len(region.parameters), len(region.results))
    cost += _NEVER_ENDS * region.never_ends + _SUSPENDED * (region.yields or region.awaits)
    removed = part.tokens - _CALL_TOKENS - _VALUE_TOKENS * values
    if removed < room.least:
        return Refused("one-statement")
    return Candidate(region, text, part.tokens, _worth(removed, cost, room))


def _cost_of_values(parameters: int, results: int) -> int:
    """What values cost to read: those above a handful twice."""
    many = max(0, parameters - _FEW_PARAMETERS) * _PARAMETER + max(0, results - _FEW_RESULTS) * _RESULT
    return parameters * _PARAMETER + results * _RESULT + many


def only_needed(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons without those that say nothing a person can act on, where there are others."""
    telling = [one for one in reasons if one.why not in ("one-statement", "never-reached")]
    return tuple(telling or reasons)
