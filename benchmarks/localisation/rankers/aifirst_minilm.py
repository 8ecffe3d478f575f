"""aifirst search, MiniLM for the static embedder."""

from __future__ import annotations

from benchmarks.localisation.product import ranking
from benchmarks.localisation.repository import Question

TITLE = "aifirst search, MiniLM for the static embedder"
SLOW = False


def rank(question: Question) -> list[str]:
    """Files as the product ranks them."""
    return ranking(question, "minilm")
