"""Ranks the units that may be given for a question with the trees that ship for it, beside those that rank lines.

The columns are worked out by who has an index. What comes out is a share of the best unit's score, not a probability.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.tree_file import check_columns, named_file, read_trees
from aifirst_model.relevance.trees import Trees

NAMED_BY: Final = "AIFIRST_RELEVANCE_UNITS"
"""The variable that names another file: no setting of a project, which could name any file of the machine."""
SHIPPED: Final = Path(__file__).with_name("units.bin")
_STEEP: Final = 1.0
"""By how much a score of the trees has to fall for a unit to count e times less; found on validation projects by what
contexts held."""
_LEAST: Final = 1e-4


def rank_units(columns: dict[str, NDArray[np.float32]], trees: Trees | None = None) -> NDArray[np.float64]:
    """A number a unit, the best one's 1, all above 0; of the trees in use unless others are given.

    Raises `RelevanceFileError` where their file is missing, damaged or asks for columns that are not there.
    """
    trees = trees or unit_trees_in_use()
    check_columns(trees, columns, "ranker of units")
    scores = trees.score(columns)
    best = float(scores.max(initial=-np.inf))
    return np.maximum(np.exp((scores - best) / _STEEP), _LEAST)


def unit_trees_in_use() -> Trees:
    """The trees that come with the package, or those of the file that `AIFIRST_RELEVANCE_UNITS` names.

    Raises `RelevanceFileError` where the file is missing or damaged.
    """
    return _read(named_file(NAMED_BY, SHIPPED))


@cache
def _read(path: Path) -> Trees:
    return read_trees(path)
