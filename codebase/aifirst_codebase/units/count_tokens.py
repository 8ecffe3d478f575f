"""Counts the tokens of units and glue, nearly every byte once where the tokenizer allows it.

The counts of pieces add up to the count of the whole where no token reaches over a cut. Units and glue
on lines of its own mostly begin and end at such places, so the pieces give the units' counts, the glue's
and the file's. Where a token may reach over a cut, the few characters around it are counted both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from aifirst_codebase.glue.span import GlueSpan
from aifirst_codebase.tokens.counter import TokenCounter
from aifirst_codebase.units.unit import PlacedSpan, Span, Unit

_LINE = re.compile(rb"[ \t]+[!-~]|[!-.0-~]")
"""The start of a line that no token reaches into: not blank, and no slash at its very start."""
_PUNCTUATION = re.compile(rb" ?[!-/:-@\[-`{-~]+\Z")
_NEWLINE = 10
_BLANKS = b" \t"
_WINDOW = 64

CountPieces = Callable[[Sequence[Span]], int]
"""Tokens of the text that pieces of the file make when they are put together."""


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
    count = _counter_of(data, counter)
    if counter.splits_at_lines:
        _count_at_cuts(data, units, spans, glue, count, counter.count)
        reaching = _count_reaching(data, spans, count)
    else:
        _count_apart(units, spans, glue, count)
        reaching = None
    glue_tokens = 0
    for unit in units:
        unit.total_tokens = unit.tokens
        glue_tokens += unit.glue_tokens
        unit.lines = data.count(b"\n", unit.code_start, unit.code_end) + 1
    for unit in reversed(units[1:]):
        units[unit.parent].total_tokens += unit.total_tokens
    module = units[0]
    module.total_tokens = count(((0, len(data)),)) if reaching is None else module.total_tokens + reaching
    return module.total_tokens, min(glue_tokens, module.total_tokens)


def _counter_of(data: bytes, counter: TokenCounter) -> CountPieces:
    count = counter.count
    if not data.isascii():
        return lambda pieces: count(b"".join([data[start:end] for start, end in pieces]).decode())
    text = data.decode("ascii")

    def count_ascii(pieces: Sequence[Span]) -> int:
        if len(pieces) == 1:
            start, end = pieces[0]
            return count(text[start:end])
        return count("".join([text[start:end] for start, end in pieces]))

    return count_ascii


def _count_apart(
    units: Sequence[Unit], spans: Sequence[PlacedSpan], glue: Sequence[GlueSpan], count: CountPieces
) -> None:
    for start, end, index in spans:
        units[index].tokens += count(((start, end),))
    for span in glue:
        units[span.unit].glue_tokens += count(((span.start, span.end),))


def _count_at_cuts(
    data: bytes,
    units: Sequence[Unit],
    spans: Sequence[PlacedSpan],
    glue: Sequence[GlueSpan],
    count: CountPieces,
    count_text: Callable[[str], int],
) -> None:
    """Count each span's glue in one go, and its code in another where no token reaches from one to the other."""
    following, at_glue = 0, len(glue)
    for start, end, index in spans:
        unit = units[index]
        if following == at_glue or glue[following].start >= end:
            unit.tokens += count(((start, end),))
            continue
        pieces = _Pieces(data, start, end)
        while following < at_glue and (span := glue[following]).start < end:
            following += 1
            if span.unit != index:  # the space before it stands in the unit before
                units[span.unit].glue_tokens += count(((span.start, span.end),))
            else:
                pieces.take(span, count_text)
        tokens, glue_tokens = pieces.count(count)
        unit.tokens += tokens
        unit.glue_tokens += glue_tokens


class _Pieces:
    """The pieces of one span: glue that can be cut out, the code left, and glue that stands inside the code."""

    __slots__ = ("_apart", "_at", "_code", "_data", "_end", "_inside", "_more")

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._at = start
        self._end = end
        self._code: list[Span] = []
        self._apart: list[Span] = []
        self._inside: list[list[Span]] = []
        self._more = 0

    def take(self, span: GlueSpan, count_text: Callable[[str], int]) -> None:
        """Take the next glue of the span."""
        data, at, end = self._data, self._at, self._end
        if at <= span.start and span.end <= end:
            if _stands_apart(data, span, at, end):
                self._cut(span.start, span.end)
                return
            blank = _blank_lines(data, span, at, end)
            tail = _tail(data, span.end) if blank else None
            if tail is not None:
                # The blank lines go with the glue, since the last token of the glue may take them in.
                self._more += _joined_blanks(count_text, tail, blank - span.end)
                self._cut(span.start, blank)
                return
        if self._inside and _joins(data, self._inside[-1][-1][1], span.start):
            self._inside[-1].append((span.start, span.end))
        else:
            self._inside.append([(span.start, span.end)])

    def _cut(self, start: int, end: int) -> None:
        self._apart.append((start, end))
        if self._at < start:
            self._code.append((self._at, start))
        self._at = end

    def count(self, count: CountPieces) -> tuple[int, int]:
        """Tokens of the whole span, and of its glue."""
        if self._at < self._end:
            self._code.append((self._at, self._end))
        cut_out = count(self._apart) if self._apart else 0
        code = count(self._code) if self._code else 0
        inside = sum([count(pieces) for pieces in self._inside])
        return cut_out + code, cut_out - self._more + inside


def _blank_lines(data: bytes, span: GlueSpan, at: int, end: int) -> int:
    """Where the empty lines below glue end, as far as glue and lines can be cut out together; 0 where not."""
    if at > span.start or data[span.end - 1] != _NEWLINE or span.end >= end or data[span.end] != _NEWLINE:
        return 0
    if span.start > at and not (data[span.start - 1] == _NEWLINE and _LINE.match(data, span.start)):
        return 0
    stop = span.end
    while stop < end and data[stop] == _NEWLINE:
        stop += 1
    return stop if stop == end or _LINE.match(data, stop) else 0


def _tail(data: bytes, end: int) -> str | None:
    """What the token that holds the newline before `end` may hold before it; None where that is not known."""
    last = data[end - 2]
    if last >= 128 or last <= 32:
        return None
    found = _PUNCTUATION.search(data, max(0, end - 26), end - 1)
    tail = found.group() if found else b""
    return tail.decode("ascii") if len(tail) < 24 else None


@lru_cache(maxsize=20_000)
def _joined_blanks(count_text: Callable[[str], int], tail: str, blanks: int) -> int:
    """How many tokens more the text has when so many empty lines follow its end."""
    return count_text(tail + "\n" * (blanks + 1)) - count_text(tail + "\n")


def _stands_apart(data: bytes, span: GlueSpan, at: int, end: int) -> bool:
    """Whether glue can be cut out of [at, end), and what is around it put together, with no count changed."""
    if data[span.end - 1] != _NEWLINE:
        return False
    if span.start > at and not (data[span.start - 1] == _NEWLINE and _LINE.match(data, span.start)):
        return False
    return span.end == end or _LINE.match(data, span.end) is not None


def _joins(data: bytes, end: int, start: int) -> bool:
    """Whether text that ends at `end` and text that starts at `start` count the same when put together."""
    if data[end - 1] == _NEWLINE:
        return _LINE.match(data, start) is not None
    return data[start] in _BLANKS and 32 < data[end - 1] < 127


def _count_reaching(data: bytes, spans: Sequence[PlacedSpan], count: CountPieces) -> int | None:
    """By how much the file's count differs from the sum of the spans' counts; None where it is not known."""
    difference = last = 0
    for start, end, _ in spans[1:]:
        if data[start - 1] == _NEWLINE and _LINE.match(data, start):
            continue
        left, right = _cut_before(data, start, last), _cut_after(data, start, end)
        if left < 0 or right < 0:
            return None
        difference += count(((left, right),)) - count(((left, start),)) - count(((start, right),))
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
