"""Counts the tokens of units and glue, every byte once where the tokenizer allows it.

The counts of pieces add up to the count of the whole where no token reaches over a cut. Units and glue
mostly begin and end at such places, so one pass over the pieces gives the units' counts, the glue's and
the file's. Where a token may reach over a cut, the few characters around it are counted in both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from aifirst_codebase.glue.span import GlueSpan
from aifirst_codebase.tokens.counter import TokenCounter
from aifirst_codebase.units.unit import Unit

_LINE = re.compile(rb"[ \t]+[!-~]|[!-.0-~]")
"""The start of a line that no token reaches into: not blank, and no slash at its very start."""
_NEWLINE = 10
_BLANKS = b" \t"
_WINDOW = 64

CountPiece = Callable[[int, int], int]
PlacedSpan = tuple[int, int, int]
"""(start, end, index of the unit)"""


def count_tokens(
    data: bytes,
    units: Sequence[Unit],
    spans: Sequence[PlacedSpan],
    glue: Sequence[GlueSpan],
    counter: TokenCounter,
) -> tuple[int, int]:
    """Fill in the token and line counts of units and glue; returns the tokens of the file and of its glue.

    `spans` are those of the units in file order. The counts of nested units add up to those around
    them; the module's total is the count of the whole file.
    """
    piece = _piece_counter(data, counter)
    if counter.splits_at_lines:
        _count_at_cuts(data, units, spans, glue, piece)
        reaching = _count_reaching(data, spans, piece)
    else:
        _count_apart(units, spans, glue, piece)
        reaching = None
    for unit in units:
        unit.total_tokens = unit.tokens
        unit.lines = data.count(b"\n", unit.code_start, unit.code_end) + 1
    for unit in reversed(units[1:]):
        units[unit.parent].total_tokens += unit.total_tokens
    module = units[0]
    module.total_tokens = piece(0, len(data)) if reaching is None else module.total_tokens + reaching
    glue_tokens = sum([span.tokens for span in glue])
    return module.total_tokens, min(glue_tokens, module.total_tokens)


def _piece_counter(data: bytes, counter: TokenCounter) -> CountPiece:
    count = counter.count
    if data.isascii():
        text = data.decode("ascii")
        return lambda start, end: count(text[start:end])
    return lambda start, end: count(data[start:end].decode("utf-8", "replace"))


def _count_apart(
    units: Sequence[Unit], spans: Sequence[PlacedSpan], glue: Sequence[GlueSpan], piece: CountPiece
) -> None:
    for start, end, index in spans:
        units[index].tokens += piece(start, end)
    for span in glue:
        span.tokens = piece(span.start, span.end)
        units[span.unit].glue_tokens += span.tokens


def _count_at_cuts(
    data: bytes,
    units: Sequence[Unit],
    spans: Sequence[PlacedSpan],
    glue: Sequence[GlueSpan],
    piece: CountPiece,
) -> None:
    """Count glue once, as a part of its unit, where no token reaches over its two ends."""
    following = iter(glue)
    span = next(following, None)
    for start, end, index in spans:
        at, tokens = start, 0
        while span is not None and span.start < end:
            span.tokens = own = piece(span.start, span.end)
            units[span.unit].glue_tokens += own
            if (
                span.start >= at
                and span.end <= end
                and (span.start == at or _is_cut(data, span.start))
                and (span.end == end or _is_cut(data, span.end))
            ):
                tokens += own + (piece(at, span.start) if span.start > at else 0)
                at = span.end
            span = next(following, None)
        units[index].tokens += tokens + (piece(at, end) if at < end else 0)


def _is_cut(data: bytes, at: int) -> bool:
    """Whether no token of the tokenizers that split at lines can reach over `at`."""
    before = data[at - 1]
    if before == _NEWLINE:
        return _LINE.match(data, at) is not None
    return data[at] in _BLANKS and 32 < before < 127


def _count_reaching(data: bytes, spans: Sequence[PlacedSpan], piece: CountPiece) -> int | None:
    """By how much the file's count differs from the sum of the spans' counts; None where it is not known."""
    difference = last = 0
    for start, end, _ in spans[1:]:
        if data[start - 1] == _NEWLINE and _LINE.match(data, start):
            continue
        left, right = _cut_before(data, start, last), _cut_after(data, start, end)
        if left < 0 or right < 0:
            return None
        difference += piece(left, right) - piece(left, start) - piece(start, right)
        last = right
    return difference


def _cut_before(data: bytes, at: int, least: int) -> int:
    """A cut in [least, at) that is near, -1 where there is none."""
    least = max(least, at - _WINDOW)
    cut = data.rfind(b" ", least, at)
    while cut > 0 and not 32 < data[cut - 1] < 127:
        cut = data.rfind(b" ", least, cut)
    return cut if cut > 0 else -1


def _cut_after(data: bytes, at: int, most: int) -> int:
    """A cut in (at, most) that is near, -1 where there is none."""
    most = min(most, at + _WINDOW)
    cut = data.find(b" ", at + 1, most)
    while cut > 0 and not 32 < data[cut - 1] < 127:
        cut = data.find(b" ", cut + 1, most)
    return cut
