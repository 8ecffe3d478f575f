"""Stemming: `renamed`, `renames` and `renaming` are one search word.

The inflections of M. F. Porter, "An algorithm for suffix stripping" (1980), steps 1 and 5, with a few nouns of
programming that it would join with other words (`settings` with `set`). A stem is a key, not a word to show.

Left out: derivations (`validation` and `validate`, `parser` and `parse` stay apart). On 360 queries from commits
over 14 projects they changed the rank of the right files by less than chance. Languages other than English.
"""

from __future__ import annotations

import re

_VOWEL = re.compile("[aeiouy]")
_SYLLABLE_END = re.compile("[aeiouy][^aeiouy]")
_SHORT_SYLLABLE = re.compile("[^aeiouy][aeiouy][^aeiouwxy]$")
_PLURAL_OF_TWO = re.compile("[a-z][b-df-hj-np-rtv-z]s$")
_KEPT = frozenset(
    {
        *(
            "alias",
            "always",
            "atlas",
            "bias",
            "canvas",
            "class",
            "embed",
            "has",
            "news",
            "pandas",
            "previous",
        ),
        *("series", "setting", "species", "was"),
    }
)
_SHORTEST = 4
"""Letters below which a word has no ending to lose but a plural: `red`, `use`."""


def stem(word: str) -> str:
    """The stem of a word in lower case. ASCII letters only are understood; other words come back as they are."""
    if len(word) < _SHORTEST:
        return word[:-1] if _PLURAL_OF_TWO.match(word) else word
    if word in _KEPT:
        return word
    singular = _without_plural(word)
    if singular in _KEPT:
        return singular
    shorter = _without_participle(singular)
    if shorter[-1] == "y" and len(shorter) > 2 and not _VOWEL.match(shorter[-2]):
        shorter = shorter[:-1] + "i"
    return _without_final(shorter)


def _without_plural(word: str) -> str:
    if word[-1] != "s":
        return word
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("oes"):
        return word[:-2]
    return word if word[-2] in "sui" else word[:-1]


def _without_participle(word: str) -> str:
    """The word without `-ed` or `-ing`, brought back to what stood before them."""
    if word.endswith("ied"):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("ed") and not word.endswith("eed"):
        rest = word[:-2]
    elif word.endswith("ing"):
        rest = word[:-3]
    else:
        return word
    if len(rest) < 2 or not _VOWEL.search(rest):
        return word
    if len(rest) == 2:
        return rest if _VOWEL.match(rest[1]) else rest + "e"
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz":
        return rest[:-1]
    if _measure(rest) == 1 and _SHORT_SYLLABLE.search(rest):
        return rest + "e"
    return rest


def _without_final(word: str) -> str:
    """The word without a silent `e`, and with one `l` where two stand after several syllables."""
    if word[-1] == "e" and len(word) >= _SHORTEST:
        rest = word[:-1]
        measure = _measure(rest)
        return rest if measure > 1 or (measure == 1 and not _SHORT_SYLLABLE.search(rest)) else word
    if word.endswith("ll") and _measure(word[:-1]) > 1:
        return word[:-1]
    return word


def _measure(word: str) -> int:
    """Porter's m: how often a vowel is followed by a consonant."""
    return len(_SYLLABLE_END.findall(word))
