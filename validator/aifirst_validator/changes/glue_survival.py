"""What became of the comments whose code stayed.

Every comment block and docstring belongs to what it stands at: a line of code (the next one, or its own),
or the definition as a whole. A block counts where that is still there after the change; it is kept where
something still says something at the same place, or where its text stands elsewhere in the change.

Left out: resolved notes to oneself (TODO, FIXME) and code that was commented out, which are no glue worth
keeping, and comments whose code is gone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets import find_markers

from aifirst_validator.changes.changed_texts import bare_lines
from aifirst_validator.changes.line_diff import survivors
from aifirst_validator.changes.match_units import UnitPair

WHOLE = -1
_MANY = 3
_DEEPEST = 400
"""Bytes of indentation that are told apart."""
_RESOLVED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
_CODE_SIGNS = re.compile(r"[=(){};\[\]]|\b(?:return|import|pass|raise)\b")


class Block(msgspec.Struct, frozen=True):
    """Comments that read as one. `line` is the line of code it stands at, from 0, or `WHOLE` definition."""

    start: int
    end: int
    line: int
    text: str
    tokens: int
    markers: tuple[str, ...] = ()


class Survival(msgspec.Struct, frozen=True):
    """Blocks whose code stayed: how many, how many tokens, which markers, and how much of it was kept.

    `lost` are the blocks that are gone; beside each, `places` has the line after the change where its code
    stands, from 0 (`WHOLE` for a definition), `units` the index after the change, and `stayed` the share of the
    unit's lines of code that are still there. `stripped` are units after the change that had at least three
    blocks and kept none.
    """

    blocks: int = 0
    blocks_kept: int = 0
    tokens: int = 0
    tokens_kept: int = 0
    markers: tuple[tuple[str, int, int], ...] = ()
    lost: tuple[Block, ...] = ()
    places: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    stayed: tuple[float, ...] = ()
    stripped: tuple[int, ...] = ()


def measure_survival(
    before: Reading,
    after: Reading,
    pairs: Sequence[UnitPair],
    changed: Collection[UnitPair],
    lines: tuple[list[bytes], list[bytes]],
    count: Callable[[str], int],
    stands: Callable[[str], bool],
) -> Survival:
    """Compare the glue of all pairs, of which only `changed` differ.

    `lines` is the code of both files line by line. `stands` says whether a comment's text still stands
    somewhere in the change.
    """
    tally = _Tally()
    differ = frozenset(changed)
    for pair in pairs:
        old = _blocks(before, pair.before, lines[0], count)
        if not old:
            continue
        if pair not in differ:
            tally.add_whole(old)
            continue
        new = _blocks(after, pair.after, lines[1], count)
        moved, share = _moved_lines(before, after, pair, lines)
        tally.add(pair, old, new, moved, share, stands)
    return tally.survival()


class _Tally:
    def __init__(self) -> None:
        self._sums = [0, 0, 0, 0]
        self._markers: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._lost: list[tuple[Block, int, int, float]] = []
        self._stripped: list[int] = []

    def add_whole(self, blocks: Sequence[Block]) -> None:
        """Count the blocks of a unit that did not change."""
        for block in blocks:
            self._count(block, 1, block.tokens, Counter(block.markers))

    def add(
        self,
        pair: UnitPair,
        old: Sequence[Block],
        new: Sequence[Block],
        moved: dict[int, int],
        share: float,
        stands: Callable[[str], bool],
    ) -> None:
        at_old: dict[int, list[Block]] = defaultdict(list)
        at_new: dict[int, list[Block]] = defaultdict(list)
        for block in old:
            place = block.line if block.line == WHOLE else moved.get(block.line)
            if place is not None:
                at_old[place].append(block)
        for block in new:
            at_new[block.line].append(block)
        was, was_kept = self._sums[0], self._sums[1]
        for place, blocks in at_old.items():
            for block in self._add_at(blocks, at_new[place], stands):
                self._lost.append((block, place, pair.after, share))
        if self._sums[0] - was >= _MANY and self._sums[1] == was_kept:
            self._stripped.append(pair.after)

    def _add_at(
        self, old: Sequence[Block], new: Sequence[Block], stands: Callable[[str], bool]
    ) -> Iterator[Block]:
        """Count what stood and stands at one place; yields the blocks that nothing took the place of."""
        room = len(new)
        budget = sum(block.tokens for block in new)
        markers = Counter(kind for block in new for kind in block.markers)
        for block in old:
            kept, tokens = min(room, 1), min(budget, block.tokens)
            said = Counter(block.markers) & markers
            if tokens < block.tokens and stands(block.text):
                kept, tokens, said = 1, block.tokens, Counter(block.markers)
            elif not kept:
                yield block
            room, budget, markers = room - kept, budget - tokens, markers - said
            self._count(block, kept, tokens, said)

    def _count(self, block: Block, kept: int, tokens: int, said: Counter[str]) -> None:
        for slot, amount in enumerate((1, kept, block.tokens, tokens)):
            self._sums[slot] += amount
        self._markers[0].update(block.markers)
        self._markers[1].update(said)

    def survival(self) -> Survival:
        self._lost.sort(key=lambda item: item[0].start)
        return Survival(
            *self._sums,
            markers=tuple((kind, n, self._markers[1][kind]) for kind, n in sorted(self._markers[0].items())),
            lost=tuple(block for block, _, _, _ in self._lost),
            places=tuple(place for _, place, _, _ in self._lost),
            units=tuple(unit for _, _, unit, _ in self._lost),
            stayed=tuple(share for _, _, _, share in self._lost),
            stripped=tuple(self._stripped),
        )


def _moved_lines(
    before: Reading, after: Reading, pair: UnitPair, lines: tuple[list[bytes], list[bytes]]
) -> tuple[dict[int, int], float]:
    """Where the lines of code that are still there stand now, and their share of the lines before."""
    old = _lines_with_code(before, pair.before, lines[0])
    new = _lines_with_code(after, pair.after, lines[1])
    same = survivors([lines[0][n] for n in old], [lines[1][n] for n in new])
    return {old[a]: new[b] for a, b in same.items()}, len(same) / len(old) if old else 1.0


def _lines_with_code(reading: Reading, index: int, lines: list[bytes]) -> list[int]:
    numbers: set[int] = set()
    for start, end in reading.units[index].spans:
        if end > start:
            numbers.update(range(reading.lines.line_of(start), reading.lines.line_of(end - 1) + 1))
    return sorted(n for n in numbers if n < len(lines) and lines[n])


def _blocks(reading: Reading, index: int, lines: list[bytes], count: Callable[[str], int]) -> list[Block]:
    """The glue of one unit as blocks that read as one, each at its line of code."""
    comments = [c for c in reading.comments_of_units.get(index, ()) if not c.kept]
    if not comments:
        return []
    code = _lines_with_code(reading, index, lines)
    unit = reading.units[index]
    blocks: list[Block] = []
    first = 0
    for number, comment in enumerate(comments):
        following = comments[number + 1] if number + 1 < len(comments) else None
        if (
            following is not None and comment.own_line and following.own_line
            and comment.kind == following.kind == "comment"
            and reading.data.count(b"\n", comment.end, following.start) == 1
        ):  # fmt: skip
            continue
        start, end = comments[first].start, comment.end
        first = number + 1
        text = reading.data[start:end].decode("utf-8", "replace")
        if _is_worthless(reading, text, comment.kind == "docstring"):
            continue
        if comment.kind == "docstring" or (end <= unit.code_start and index):
            line = WHOLE
        else:
            line = _line_at(reading, start, end, comment.own_line, code)
        kinds = tuple(marker.kind for marker in find_markers(text))
        blocks.append(Block(start, end, line, text, count(text), kinds))
    return blocks


def _line_at(reading: Reading, start: int, end: int, own_line: bool, code: list[int]) -> int:
    """The line of code a comment stands at: its own, else the next, else (at a block's end) the one before."""
    first, last = reading.lines.line_of(start), reading.lines.line_of(end)
    if not own_line:
        return first
    at = bisect_right(code, last)
    following = code[at] if at < len(code) else None
    at = bisect_left(code, first)
    preceding = code[at - 1] if at else None
    if following is None or (preceding is not None and _indent(reading, following) < _indent(reading, first)):
        return preceding if preceding is not None else WHOLE
    return following


def _indent(reading: Reading, line: int) -> int:
    # No one indents further, and the line may be the whole file.
    start = reading.lines.line_start(line)
    text = reading.data[start : min(reading.lines.line_end(line), start + _DEEPEST)]
    return len(text) - len(text.lstrip())


def _is_worthless(reading: Reading, text: str, docstring: bool) -> bool:
    """A resolved note, commented-out code, or a comment without a word."""
    bare = bare_lines(text)
    if docstring:
        return False
    if len(_WORDS.findall(bare)) < 2 or _RESOLVED.search(bare):
        return True
    if not _CODE_SIGNS.search(bare):
        return False
    bare = bare.removesuffix("*/").strip()
    tree = reading.language.parse(bare.encode("utf-8", "replace"))
    return tree is not None and not tree.root_node.has_error
