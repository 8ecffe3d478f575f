"""The plain ways that the ranker has to beat, over the same columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.asked import Asked, WordSources
from aifirst_model.relevance.line_features import line_features
from aifirst_model.relevance.question import LineQuestion
from aifirst_model.relevance.train import Columns, Labelled

Score = Callable[[Columns], NDArray[np.floating]]


def labelled(question: LineQuestion, asked: Asked, sources: WordSources) -> Labelled:
    """The features of a question's lines that are not blank, with which are wanted."""
    columns = line_features(asked, question.lines, sources)
    wanted = np.zeros(len(question.lines), np.int8)
    wanted[list(question.wanted)] = 1
    full = np.array([bool(line.strip()) for line in question.lines], np.bool_)
    return Labelled({name: values[full] for name, values in columns.items()}, wanted[full])


def with_neighbours(name: str) -> Score:
    """A column with half of the lines before and behind."""
    return lambda columns: columns[name] + 0.5 * (columns[f"{name}_before_1"] + columns[f"{name}_behind_1"])


PLAIN_WAYS: Final[dict[str, Score]] = {
    "BM25": lambda columns: columns["said_rarely"],
    "BM25 with neighbours": with_neighbours("said_rarely"),
    "embedding with neighbours": with_neighbours("near"),
}
