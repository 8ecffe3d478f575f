"""Tells keys, hashes and encoded data from words: what looks random never enters an index.

Searching for it finds nothing that a word would not, and an index must not hold a copy of a secret.
Judged by how often letters, digits and cases change, which words written together never do so fast.

Left out: passwords that are words. Nothing tells them from words.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HEX = re.compile(r"(?:0[xX])?(?=[A-Fa-f]*[0-9])(?=[0-9]*[A-Fa-f])(?:[0-9a-f]{8,}|[0-9A-F]{8,})\Z")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{7}")
SHORTEST_RANDOM = 7
"""Characters below which nothing is called random."""
_SHORTEST, _LONG = 10, 16
_LONGEST_NUMBER = 6
_MIXED_RUNS = 5
_USUAL_RUN = 6


def looks_random(text: str) -> bool:
    """Whether an unbroken run of ASCII letters and digits looks like a key, a hash or encoded data."""
    size = len(text)
    if text.isdigit():
        return size > _LONGEST_NUMBER
    if _HEX.match(text):
        return True
    if size < _SHORTEST:
        return False
    runs = _RUN.findall(text)
    if size < len(runs) * (3 if size >= _LONG else 2):
        return True
    numbers = sum(run.isdigit() for run in runs)
    if numbers > 2 and len(runs) >= _MIXED_RUNS and size < _USUAL_RUN * len(runs):
        return True
    return size >= _LONG and _CONSONANTS.search(text) is not None
