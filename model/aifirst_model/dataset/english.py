"""Whether a text is English prose, by its commonest words: cheap enough for every docstring, right for whole sentences.

The share of words that are among the forty commonest of English is over a third in English prose, and under a tenth
in other languages in Latin letters; a text in other letters has none. A text of fewer than eight words is taken as
English where it is ASCII, since a phrase such as `Add one.` has no common words to tell it by.
"""

from __future__ import annotations

import re
from typing import Final

_COMMONEST: Final = """
    the of and to in is a for that this it with as be are on not by if or from an can will which at when you all has
    have was but used use one only we its no do so should must may than then where any each other into return returns
"""
_COMMON: Final = frozenset(_COMMONEST.split())
_WORD = re.compile(r"[^\W\d_]+")
_FEW: Final = 8
_SHARE: Final = 0.12


def is_english(text: str) -> bool:
    """Whether the text reads as English."""
    words = _WORD.findall(text[:4000])
    if len(words) < _FEW:
        return text.isascii()
    return sum(word.lower() in _COMMON for word in words) / len(words) >= _SHARE
