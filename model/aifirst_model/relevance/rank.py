"""Scores the lines of a text for a question with the ranker that ships.

Scores compare the lines of one text with each other; those of two texts say nothing about which text is the better one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.asked import Asked, WordSources, make_asked
from aifirst_model.relevance.line_features import line_features
from aifirst_model.relevance.tree_file import check_columns, named_file, read_trees
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

    Raises `RelevanceFileError` where the file is missing, damaged or ranks something else.
    """
    return _read(named_file(NAMED_BY, SHIPPED))


@cache
def _read(path: Path) -> Trees:
    trees = read_trees(path)
    if path != SHIPPED:
        check_columns(trees, _measured(), "ranker of lines")
    return trees


def _measured() -> Collection[str]:
    """The columns that every text has."""
    sources = WordSources(_only_word, _no_vectors)
    return line_features(make_asked({"any": 1.0}, lambda _: 0.0, sources), [b"any"], sources).keys()


def _only_word(name: bytes) -> Sequence[str]:
    return (name.decode(),)


def _no_vectors(words: Collection[str]) -> NDArray[np.float32]:
    return np.zeros((len(words), 1), np.float32)
