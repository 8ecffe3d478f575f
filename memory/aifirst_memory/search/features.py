"""What every source says of every file for one query, as columns a ranker weighs.

Each feature is an array by the position of a file (`FileTable`), 0 where a source has nothing to say, brought to
at most 1 within the query, so that one set of weights serves all projects. Sources that are left out, or that
have nothing, are columns of zeros. What follows from a first ranking is in `related_features`, what the history
says in `history_features`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.lexical.words import words
from aifirst_memory.search.named_files import score_named_units, score_places
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source

if TYPE_CHECKING:
    from aifirst_memory.file_table import FileTable
    from aifirst_memory.memory import Memory

Scores = NDArray[np.float32]


@dataclass
class Features:
    """The columns, by name, and the scores of units that they come from, by unit id."""

    files: FileTable
    columns: dict[str, Scores] = field(default_factory=dict[str, Scores])
    by_unit: dict[str, Scores] = field(default_factory=dict[str, Scores])
    notices: list[str] = field(default_factory=list[str])
    past: list[Scores] = field(default_factory=list[Scores])
    """What every commit scores by the words of the query, and then by what it means, for an explanation."""
    said: Scores | None = None
    """What the words of the query score in every file as a whole, by position."""
    like_past: Scores | None = None
    """How much every commit is like the query by both, 0 to 1, to the third power."""
    weights: Mapping[str, float] = field(default_factory=dict[str, float])
    """The words of the query by how much they tell, see `telling`."""
    before: Scores | None = None
    """The scores of the ranking that the candidates were taken from, by position."""
    candidates: NDArray[np.intp] | None = None
    """The positions of the files that were looked at a second time, best first."""

    def add(self, name: str, scores: Scores) -> None:
        """Keep a column, at most 1 for code: what tests and documents say beyond that is held to it."""
        highest = float(scores[self.files.code].max(initial=0.0)) or float(scores.max(initial=0.0))
        self.columns[name] = (
            np.minimum(scores / np.float32(highest), 1.5) if highest > 0 else np.zeros_like(scores)
        )

    def spoken_of(self, *, by_meaning: bool = False) -> NDArray[np.bool_]:
        """The files of which anything of the query itself speaks: a word, a name, what it means, or a tie to such.

        What is left speaks of files whatever the query: that they change often, or are the nearest of all that is
        far. Where no word of the query occurs at all, what it means counts only near by, or if `by_meaning`.
        """
        spoken = np.zeros(len(self.files.paths), np.bool_)
        for name in _OF_QUERY:
            if name in self.columns:
                spoken |= self.columns[name] > 0
        vector = self.by_unit.get("vector")
        if vector is not None and (by_meaning or spoken.any() or vector.max(initial=0.0) >= _LIKE):
            spoken |= self.columns["vector"] >= _NEAR
        if spoken.any():
            for name in _TIES:
                if name in self.columns:
                    spoken |= self.columns[name] > 0
        return spoken


_LIKE = 0.45
"""Inner product of texts that mean something similar: the words of no text reach it by chance."""
_NEAR = 0.6
"""Share of the largest inner product from which a file means what the query does."""
_OF_QUERY = ("file", "names_file", "scope_path", "said_of", "same_issue", "place")
_TIES = ("together", "tests_together", "linked", "tested")


def measure(memory: Memory, query: Query, without: Collection[Source] = ()) -> Features:
    """All features of a query."""
    from aifirst_memory.search.history_features import add_history

    weights = telling(memory, query.weights)
    features = Features(memory.files, weights=weights)
    if "lexical" not in without:
        _add_lexical(features, memory, weights)
        _add_names(features, memory, _name_weights(query))
        _add_scope(features, memory, query)
        _add_joined(features, memory, query)
    if "history" not in without:
        add_history(features, memory, query, weights)
    if "vectors" not in without:
        try:
            _add_vectors(features, memory, query)
        except EmbedderError as error:  # a server that is away: the other sources answer
            features.notices.append(f"vectors take no part: {error}")
    features.add("place", score_places(features.files, query.places))
    if query.places:
        features.by_unit["named"] = score_named_units(memory.connection, features.files, query.places)
    return features


def _add_lexical(features: Features, memory: Memory, weights: Mapping[str, float]) -> None:
    if not weights:
        return
    scores = memory.lexical.score(weights)
    files, units = features.files, scores.units
    together = units.code + units.glue + units.name
    features.by_unit["lexical"], features.by_unit["code"] = together, units.code
    features.add("unit", files.best_by_file(together))
    features.said = by_position(files, scores.files.by_field.sum(axis=0))
    features.add("file", features.said)
    features.add("file_code", by_position(files, scores.files.code))
    features.add("file_path", by_position(files, scores.files.path))


def telling(memory: Memory, weights: Mapping[str, float]) -> dict[str, float]:
    """The words weighed by how rarely commit messages say them: every other one says `fix` or `add`."""
    commits = len(memory.history)
    if commits < 50:
        return {w: x * (0.3 if w in COMMON_IN_MESSAGES else 1.0) for w, x in weights.items()}
    found = memory.history.message_counts(list(weights))
    whole = np.log(commits + 1)
    return {w: x * float(np.log((commits + 1) / (found[w] + 1)) / whole) for w, x in weights.items()}


def by_position(files: FileTable, by_file_id: Scores) -> Scores:
    """Scores by file id, by position."""
    if not len(files.file_ids):
        return np.zeros(0, np.float32)
    size = int(files.file_ids.max()) + 1
    if len(by_file_id) < size:
        by_file_id = np.concatenate([by_file_id, np.zeros(size - len(by_file_id), np.float32)])
    return by_file_id[files.file_ids]


def _name_weights(query: Query) -> dict[str, float]:
    """The identifiers of the query as they are indexed: whole ones only, parts say less."""
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
    whole = scores.files.code + scores.files.glue + scores.files.name
    features.add("names_file", by_position(features.files, whole))


def _add_scope(features: Features, memory: Memory, query: Query) -> None:
    if not query.scope:
        return
    scores = memory.lexical.score_files(dict.fromkeys(query.scope, 1.0))
    features.add("scope_path", by_position(features.files, scores.path))


def _add_joined(features: Features, memory: Memory, query: Query) -> None:
    """Neighbouring words of the query as one name: `content length` is `content_length` or `contentLength`."""
    if query.joined:
        scores = memory.lexical.score_files(dict.fromkeys(query.joined, 1.0))
        features.add("joined", by_position(features.files, scores.code + scores.name + scores.path))


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


COMMON_IN_MESSAGES = frozenset(
    words(
        "fix add remove update support use allow make improve refactor change ensure handle avoid implement cleanup clean"
        " move rename new test docs bug issue error when not correctly properly missing"
    )
)
"""What most commit messages say, for a project without a history to learn it from."""
