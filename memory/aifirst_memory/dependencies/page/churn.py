"""How often files change, for the page of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory


def churn_of(memory: Memory, paths: Iterable[str]) -> dict[str, int]:
    """The number of commits that changed each file, those that any changed."""
    counted = ((path, memory.history.frequency(path)) for path in paths)
    return {path: count for path, count in counted if count}
