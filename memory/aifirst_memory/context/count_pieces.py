"""Counts the tokens of a text that is written several times with a few parts changed: each part is counted once.

A part is what stands below a heading of the format `text`. No token reaches over the start of such a line, where the
tokenizer says so; where it does not, and in other formats, the text is counted as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from aifirst_codebase.tokens import TokenCounter

_HEADING: Final = "\n--- "


def counts_by_piece(counter: TokenCounter) -> Callable[[str], int]:
    """What counts as the counter does, and remembers the parts of all texts that it is given."""
    if not counter.splits_at_lines:
        return counter.count
    known: dict[str, int] = {}

    def count(text: str) -> int:
        total = 0
        for piece in _pieces(text):
            found = known.get(piece)
            if found is None:
                found = known[piece] = counter.count(piece)
            total += found
        return total

    return count


def _pieces(text: str) -> Iterator[str]:
    """A text from each heading to the next."""
    *others, last = text.split(_HEADING)
    start = ""
    for other in others:
        yield f"{start}{other}\n"
        start = _HEADING[1:]
    yield start + last
