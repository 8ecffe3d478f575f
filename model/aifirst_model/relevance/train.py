"""Trains the ranker: LightGBM's LambdaRank over the features of lines, a text of a question being one list.

The same questions in the same order give the same trees: one thread, fixed seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.heavy import heavy
from aifirst_model.relevance.from_lightgbm import take_trees
from aifirst_model.relevance.trees import Trees

Columns = dict[str, NDArray[np.float32]]


class Settings(msgspec.Struct, frozen=True):
    """What decides how the trees are grown; found on validation projects, see `docs/relevance.md`."""

    trees: int = 140
    leaves: int = 16
    learning_rate: float = 0.1
    least_in_leaf: int = 100
    of_features: float = 0.5
    of_rows: float = 0.7
    bins: int = 127
    seed: int = 1
    times: int = 1
    """How often trees are grown, each time from the next seed: the mean of what they score depends less on chance."""


USUAL: Final = Settings()
UNIT_SETTINGS: Final = Settings(trees=80, times=3)
"""Of the ranker of units, which has fewer questions to learn from."""


class Labelled(NamedTuple):
    """The features of the lines of one question but for blank ones, and which of them are wanted: 1, else 0."""

    columns: Columns
    wanted: NDArray[np.int8]


def train_trees(data: Sequence[Labelled], features: Sequence[str], settings: Settings = USUAL) -> Trees:
    """The trees. Raises `NeedsExtraError` where LightGBM is not installed."""
    seeds = range(settings.seed, settings.seed + settings.times)
    return take_trees(
        *[train_booster(data, features, msgspec.structs.replace(settings, seed=seed)) for seed in seeds]
    )


def train_booster(data: Sequence[Labelled], features: Sequence[str], settings: Settings = USUAL) -> Any:
    """LightGBM's own model, for comparison."""
    lightgbm = heavy("lightgbm", "train")
    rows = np.vstack([np.column_stack([one.columns[name] for name in features]) for one in data])
    wanted = np.concatenate([one.wanted for one in data])
    made = lightgbm.Dataset(
        rows, wanted, group=[len(one.wanted) for one in data], feature_name=list(features),
        params={"max_bin": settings.bins, "verbose": -1},
    )  # fmt: skip
    return lightgbm.train(_parameters(settings), made, settings.trees)


def _parameters(settings: Settings) -> dict[str, Any]:
    return {
        "objective": "lambdarank", "num_leaves": settings.leaves, "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.least_in_leaf, "feature_fraction": settings.of_features,
        "bagging_fraction": settings.of_rows, "bagging_freq": 1, "max_bin": settings.bins, "seed": settings.seed,
        "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
    }  # fmt: skip
