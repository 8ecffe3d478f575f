"""Scores the lines of a text for a question with the ranker that ships.

Scores compare the lines of one text with each other; those of two texts say nothing about which text is the better one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.asked import Asked, WordSources
from aifirst_model.relevance.line_features import line_features
from aifirst_model.relevance.tree_file import read_trees
from aifirst_model.relevance.trees import Trees

SHIPPED: Final = Path(__file__).with_name("lines.bin")


def score_lines(
    asked: Asked, lines: Sequence[bytes], sources: WordSources, trees: Trees | None = None
) -> NDArray[np.float64]:
    """A number a line, the higher the more it matters; of the shipped trees unless others are given."""
    if not lines:
        return np.zeros(0)
    return (trees or shipped()).score(line_features(asked, lines, sources))


@cache
def shipped() -> Trees:
    """The trees that come with the package. Raises `RelevanceFileError` where they are damaged."""
    return read_trees(SHIPPED)
