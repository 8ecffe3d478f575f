"""JSON: the object of `aifirst context --format json`, version 1."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from aifirst_memory.context.request import ContextItem, PackageLevel


class JsonAnswer(msgspec.Struct, frozen=True):
    """The answer as programs read it; fields may be added, never changed."""

    version: int
    query: str
    budget: int
    tokens: int
    items: Sequence[ContextItem]
    notices: Sequence[str]
    levels: Sequence[PackageLevel]


def write_json(
    query: str, budget: int, tokens: int, items: Sequence[ContextItem], notices: Sequence[str],
    levels: Sequence[PackageLevel] = (),
) -> str:  # fmt: skip
    """The object, indented; `tokens` is the sum of those of the items."""
    answer = JsonAnswer(1, query, budget, tokens, items, notices, levels)
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() + "\n"
