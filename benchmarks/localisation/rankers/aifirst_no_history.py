"""aifirst search without history."""

from __future__ import annotations

from benchmarks.localisation.product import ranking
from benchmarks.localisation.repository import Question

TITLE = "aifirst search without history"
SLOW = False


def rank(question: Question) -> list[str]:
    """Files as the product ranks them."""
    return ranking(question, "no_history")
