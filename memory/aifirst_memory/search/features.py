"""What every source says of every file for one query, as columns a ranker weighs.

Each feature is an array by the position of a file (`FileTable`), 0 where a source has nothing to say, brought to
at most 1 within the query, so that one set of weights serves all projects. Sources that are left out, or that
have nothing, are columns of zeros.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.named_files import score_places, score_scope
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source

if TYPE_CHECKING:
    from aifirst_memory.file_table import FileTable
    from aifirst_memory.lexical.reader import FieldScores
    from aifirst_memory.memory import Memory

Scores = NDArray[np.float32]


@dataclass
class Features:
    """The columns, by name, and the scores of units that they come from, by unit id."""

    files: FileTable
    columns: dict[str, Scores] = field(default_factory=dict[str, Scores])
    by_unit: dict[str, Scores] = field(default_factory=dict[str, Scores])
    notices: list[str] = field(default_factory=list[str])

    def add(self, name: str, scores: Scores) -> None:
        """Keep a column, at most 1."""
        highest = float(scores.max(initial=0.0))
        self.columns[name] = scores / np.float32(highest) if highest > 0 else np.zeros_like(scores)


def measure(memory: Memory, query: Query, without: Collection[Source] = ()) -> Features:
    """All features of a query."""
    features = Features(memory.files)
    if "lexical" not in without:
        _add_lexical(features, memory, query.weights, "")
        _add_lexical(features, memory, query.title, "title_")
        names = {word: weight for word, weight in _name_weights(query).items()}
        _add_names(features, memory, names)
    if "history" not in without:
        _add_history(features, memory, query)
    if "vectors" not in without:
        _add_vectors(features, memory, query)
    features.add("place", score_places(features.files, query.places))
    features.add("scope", score_scope(features.files, query.scope))
    return features


def _add_lexical(features: Features, memory: Memory, weights: Mapping[str, float], prefix: str) -> None:
    if not weights:
        return
    scores = memory.lexical.score(weights)
    files, units = features.files, scores.units
    together = units.code + units.glue + units.name
    features.by_unit[f"{prefix}lexical"] = together
    features.add(f"{prefix}unit", files.best_by_file(together))
    features.add(f"{prefix}unit_glue", files.best_by_file(units.glue + units.name))
    features.add(f"{prefix}unit_name", files.best_by_file(units.name))
    for name in ("code", "glue", "name", "path"):
        by_id: Scores = getattr(scores.files, name)
        features.add(f"{prefix}file_{name}", _by_position(files, by_id))
    whole = scores.files.code + scores.files.glue + scores.files.name + scores.files.path
    features.add(f"{prefix}file", _by_position(files, whole))


def _by_position(files: FileTable, by_file_id: Scores) -> Scores:
    if not len(files.file_ids):
        return np.zeros(0, np.float32)
    size = int(files.file_ids.max()) + 1
    if len(by_file_id) < size:
        by_file_id = np.concatenate([by_file_id, np.zeros(size - len(by_file_id), np.float32)])
    return by_file_id[files.file_ids]


def _name_weights(query: Query) -> dict[str, float]:
    """The identifiers of the query as they are indexed: whole ones only, parts say less."""
    from aifirst_memory.lexical.words import words

    weights: dict[str, float] = {}
    for name in query.names[:20]:
        for part in name.replace("::", ".").replace("->", ".").replace("#", ".").split("."):
            said = words(part)
            if said:
                weights[said[-1]] = 1.0
    return weights


def _add_names(features: Features, memory: Memory, weights: Mapping[str, float]) -> None:
    if not weights:
        return
    scores = memory.lexical.score(weights)
    features.by_unit["names"] = scores.units.name
    features.add("names_defined", features.files.best_by_file(scores.units.name))
    features.add("names_used", features.files.best_by_file(scores.units.code))
    whole = scores.files.code + scores.files.glue + scores.files.name
    features.add("names_file", _by_position(features.files, whole))


def _add_history(features: Features, memory: Memory, query: Query) -> None:
    history = memory.history
    if not len(history):
        return
    index = history.path_index
    positions = np.array([index.get(path, -1) for path in features.files.paths], np.int64)
    known = positions >= 0

    def placed(values: NDArray[np.floating]) -> Scores:
        result = np.zeros(len(positions), np.float32)
        result[known] = values[positions[known]]
        return result

    scores = history.score_files(query.weights)
    features.add("history_best", placed(scores.best))
    features.add("history_total", placed(scores.total))
    features.add("history_recent", placed(scores.recent))
    if query.title:
        title = history.score_files(query.title)
        features.add("title_history_best", placed(title.best))
        features.add("title_history_recent", placed(title.recent))
    features.add("changed_often", placed(np.log1p(history.focused_counts.astype(np.float32))))
    ages = np.maximum(history.now - history.last_times, 0) / 86_400.0
    features.add("changed_lately", placed(np.exp2(-ages / 90.0)))


def _add_vectors(features: Features, memory: Memory, query: Query) -> None:
    vectors = memory.vectors
    if vectors is None or not len(vectors) or memory.embedder is None:
        return
    vector = memory.embedder.embed_texts([query.text[:4000]])[0]
    scores = np.maximum(vectors.score_units(vector), 0)
    features.by_unit["vector"] = scores
    features.add("vector", features.files.best_by_file(scores))
    counts = np.maximum(features.files.units, 1).astype(np.float32)
    features.add("vector_mean", features.files.sum_by_file(scores) / counts)
