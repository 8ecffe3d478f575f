"""Scores the lines of a text for a question with the ranker that ships.

Scores compare the lines of one text with each other; those of two texts say nothing about which text is the better one.
"""

from __future__ import annotations

import os
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

NAMED_BY: Final = "AIFIRST_RELEVANCE"
"""The variable that names another file: no setting of a project, which could name any file of the machine."""
SHIPPED: Final = Path(__file__).with_name("lines.bin")


def score_lines(
    asked: Asked, lines: Sequence[bytes], sources: WordSources, trees: Trees | None = None
) -> NDArray[np.float64]:
    """A number a line, the higher the more it matters; of the trees in use unless others are given."""
    if not lines:
        return np.zeros(0)
    return (trees or trees_in_use()).score(line_features(asked, lines, sources))


def trees_in_use() -> Trees:
    """The trees that come with the package, or those of the file that `AIFIRST_RELEVANCE` names.

    Raises `RelevanceFileError` where the file is missing or damaged.
    """
    named = os.environ.get(NAMED_BY)
    return _read(Path(named).expanduser() if named else SHIPPED)


@cache
def _read(path: Path) -> Trees:
    return read_trees(path)
