"""A pair as it is remembered while a set is chosen of many: where it is from and how good it is, none of its text."""

from __future__ import annotations

from typing import NamedTuple


class Scored(NamedTuple):
    """What is remembered of a pair while the set is chosen."""

    key: str
    language: str
    project: str
    resolution: str
    quality: float
