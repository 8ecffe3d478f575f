"""Base 64 VLQ, the number format of a source map's mappings (ECMA-426, section 6)."""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUE_OF: Final = {digit: value for value, digit in enumerate(_DIGITS)}
_CONTINUES: Final = 32
_SMALL: Final = 1 << 10
_MAX_SHIFT: Final = 30
"""Bits a number may have: the format's are of 32 with the sign."""


def _encode(number: int) -> str:
    rest = number << 1 if number >= 0 else (-number << 1) | 1
    digits = ""
    while True:
        digit, rest = rest & 31, rest >> 5
        if not rest:
            return digits + _DIGITS[digit]
        digits += _DIGITS[digit | _CONTINUES]


_TABLE: Final = tuple(_encode(number) for number in range(-_SMALL, _SMALL))


def encode_number(number: int) -> str:
    """A number as VLQ digits; negative ones have their sign in the lowest bit."""
    return _TABLE[number + _SMALL] if -_SMALL <= number < _SMALL else _encode(number)


def decode_segment(text: str) -> list[int]:
    """The numbers of one segment. Raises ValueError where it holds no digits, or ends in the middle of a number."""
    numbers: list[int] = []
    value = shift = 0
    for digit in text:
        part = _VALUE_OF.get(digit)
        if part is None or shift > _MAX_SHIFT:
            raise ValueError(f"no source map segment: {text[:40]!r}")
        value |= (part & 31) << shift
        if part & _CONTINUES:
            shift += 5
            continue
        numbers.append(-(value >> 1) if value & 1 else value >> 1)
        value = shift = 0
    if shift:
        raise ValueError(f"segment ends in the middle of a number: {text[:40]!r}")
    return numbers
