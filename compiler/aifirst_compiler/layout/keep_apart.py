"""Whether two tokens side by side need a space between them to stay two.

Told by the characters that would touch: two of words or numbers, and two of operators but for pairs that are no
operator anywhere. Where that is more careful than a language needs, a space stays that could go.
"""

from __future__ import annotations

import re

from aifirst_compiler.layout.atoms import Atom
from aifirst_compiler.layout.layout_rules import LayoutRules

_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$") | frozenset(
    range(128, 256)
)
_DIGITS = frozenset(b"0123456789")
_OPERATORS = frozenset(b"+-*/%&|^<>=!?:.@#~\\")
_QUOTES = frozenset(b"\"'`")
_BEFORE_DIGITS = frozenset(b".+-")  # grammars may take a sign for a part of the number
_DOT, _AT = ord("."), ord("@")
_NEVER_ONE = frozenset(
    left + right
    for lefts, rights in (
        ("=", "-+!~&*^"),
        ("&|", "!-~"),
        (":", "-!&*"),
        ("+*/%<", "("),
        (">", "("),
    )
    for left in lefts
    for right in rights
)
_PREFIX = re.compile(rb"(?<![\w\x80-\xff])(?:u8|[uULRbBrRcf$@]|LR|uR|UR|br|cr)\Z")
_CSS_ALONE = frozenset(b"{};,")
_CSS_OPERATORS = frozenset(b">~+")


def keep_apart(data: bytes, left: Atom, right: Atom, rules: LayoutRules) -> bool:
    """Whether a space has to stay between two atoms that had white space between them."""
    last, first = data[left.end - 1], data[right.start]
    if rules.spaces == "css":
        return _css(last, first)
    if last in _WORD:
        if first in _WORD or first == _AT:
            return True
        if first in _QUOTES:
            return not rules.word_before_quote or _PREFIX.search(data, left.start, left.end) is not None
        return first == _DOT and last in _DIGITS
    if last in _QUOTES:
        return first in _WORD or first in _QUOTES
    if last in _BEFORE_DIGITS and first in _DIGITS:
        return True
    if last in _OPERATORS and first in _OPERATORS:
        return chr(last) + chr(first) not in _NEVER_ONE
    return last == _AT and first in _WORD


def _css(last: int, first: int) -> bool:
    """In CSS only what ends or separates stands for itself; anywhere else white space may mean something."""
    return last not in _CSS_ALONE and first not in _CSS_ALONE
