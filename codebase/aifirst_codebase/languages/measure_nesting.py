"""Tells a text that nests deeper than any program: one that a GLR parser cannot end within its memory.

At the end of such a text the parser takes every way back through what is still open, all in one step, which
nothing can interrupt. So it is told before, from the punctuation alone: strings and comments count too, and
what looks like nesting in them is far from these numbers.
"""

from __future__ import annotations

from itertools import accumulate

_DEEPEST = 500
"""Compilers stop sooner: CPython at 200 brackets, Clang at 256."""
_LONGEST_CHAIN = 500
_BRACKETS = b"()[]{}"
_STEPS = bytes((byte in b"([{") - (byte in b")]}") & 0xFF for byte in range(256))
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_PAIRS = (b"()", b"[]", b"{}")
_ROUNDS = 6
_BESIDE_CHAIN = bytes(
    byte for byte in range(256) if byte >= 0x80 or chr(byte).isalnum() or byte in b"_$.:,? \t\r\n\f\v"
)


def nests_too_deep(data: bytes) -> bool:
    """Whether brackets nest, or generic arguments may open, deeper than in any program; takes linear time."""
    return _is_deep(data) or _is_chain(data)


def _is_deep(data: bytes) -> bool:
    brackets = data.translate(None, _NOT_BRACKETS)
    for _ in range(_ROUNDS):  # ordinary code is nearly gone after them
        if len(brackets) <= _DEEPEST:
            return False
        for pair in _PAIRS:
            brackets = brackets.replace(pair, b"")
    return max(accumulate(memoryview(brackets.translate(_STEPS)).cast("b")), default=0) > _DEEPEST


def _is_chain(data: bytes) -> bool:
    """Whether so many `<` follow each other with nothing but names between them; a shift is none."""
    if data.count(b"<") < _LONGEST_CHAIN:
        return False
    return b"<" * _LONGEST_CHAIN in data.replace(b"<<", b"~").translate(None, _BESIDE_CHAIN)
