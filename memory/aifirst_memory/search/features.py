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

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.lexical.words import words
from aifirst_memory.search.activity import by_file_now
from aifirst_memory.search.best_places import best_places
from aifirst_memory.search.file_role import CODE
from aifirst_memory.search.named_files import score_named_units, score_places
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source

if TYPE_CHECKING:
    from aifirst_memory.file_table import FileTable
    from aifirst_memory.history.reader import HistoryScores
    from aifirst_memory.memory import Memory

Scores = NDArray[np.float32]


@dataclass
class Features:
    """The columns, by name, and the scores of units that they come from, by unit id."""

    files: FileTable
    columns: dict[str, Scores] = field(default_factory=dict[str, Scores])
    by_unit: dict[str, Scores] = field(default_factory=dict[str, Scores])
    notices: list[str] = field(default_factory=list[str])
    past: list[HistoryScores] = field(default_factory=list["HistoryScores"])
    """What the words of the query and then what it means score in the history, for an explanation."""

    def add(self, name: str, scores: Scores) -> None:
        """Keep a column, at most 1 for code: what tests and documents say beyond that is held to it."""
        highest = float(scores[self.files.roles == CODE].max(initial=0.0)) or float(scores.max(initial=0.0))
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
_OF_QUERY = ("file", "names_file", "scope_path", "history_best", "place")
_TIES = ("together", "graph", "tested")


def measure(memory: Memory, query: Query, without: Collection[Source] = ()) -> Features:
    """All features of a query."""
    features = Features(memory.files)
    weights = telling(memory, query.weights)
    if "lexical" not in without:
        _add_lexical(features, memory, weights)
        _add_names(features, memory, _name_weights(query))
        _add_scope(features, memory, query)
    if "history" not in without:
        _add_history(features, memory, query, weights)
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
    features.by_unit["lexical"] = together
    features.add("unit", files.best_by_file(together))
    features.add("units", np.sqrt(files.sum_by_file(np.square(together))))
    features.add("unit_glue", files.best_by_file(units.glue + units.name))
    features.add("unit_name", files.best_by_file(units.name))
    whole = scores.files.code + scores.files.glue + scores.files.name + scores.files.path
    features.add("file", _by_position(files, whole))
    for name in ("code", "glue", "name", "path"):
        by_id: Scores = getattr(scores.files, name)
        features.add(f"file_{name}", _by_position(files, by_id))


def telling(memory: Memory, weights: Mapping[str, float]) -> dict[str, float]:
    """The words weighed by how rarely commit messages say them: every other one says `fix` or `add`."""
    commits = len(memory.history)
    if commits < 50:
        return {w: x * (0.3 if w in COMMON_IN_MESSAGES else 1.0) for w, x in weights.items()}
    found = memory.history.message_counts(list(weights))
    whole = np.log(commits + 1)
    return {w: x * float(np.log((commits + 1) / (found[w] + 1)) / whole) ** 2 for w, x in weights.items()}


def _by_position(files: FileTable, by_file_id: Scores) -> Scores:
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
    features.add("names_used", features.files.best_by_file(scores.units.code))
    whole = scores.files.code + scores.files.glue + scores.files.name
    features.add("names_file", _by_position(features.files, whole))


def _add_scope(features: Features, memory: Memory, query: Query) -> None:
    if not query.scope:
        return
    scores = memory.lexical.score(dict.fromkeys(query.scope, 1.0))
    features.add("scope_path", _by_position(features.files, scores.files.path))
    features.add("scope_name", _by_position(features.files, scores.files.name))


def _add_history(features: Features, memory: Memory, query: Query, weights: Mapping[str, float]) -> None:
    history = memory.history
    if not len(history):
        return
    scores = history.score_files(weights)
    features.past.append(scores)
    features.add("history_best", from_history(memory, scores.best))
    features.add("history_total", from_history(memory, scores.total))
    features.add("history_recent", from_history(memory, scores.recent))
    if query.scope:
        of_scope = history.score_files(dict.fromkeys(query.scope, 1.0))
        features.add("scope_history", from_history(memory, of_scope.recent))
    _add_like_commits(features, memory, query)
    features.add("changed_often", memory.activity.often)
    features.add("changed_lately", memory.activity.lately)


def _add_like_commits(features: Features, memory: Memory, query: Query) -> None:
    """Commits whose subject means something similar, whatever words it uses."""
    from aifirst_memory.history.reader import HistoryScores

    history = memory.history
    likeness = history.likeness(query.text.strip().partition("\n")[0])
    for power in (4, 12):
        features.add(f"like_commits{power}", from_history(memory, history.summed(likeness**power)))
    best = history.highest(likeness)
    features.add("like_commits_best", from_history(memory, best))
    features.past.append(HistoryScores(best, best, best, likeness))


def from_history(memory: Memory, values: NDArray[np.floating]) -> Scores:
    """Values by index of the history's paths, by position of the files that there are now."""
    return by_file_now(memory.history_positions, values)


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


_FEW = 10
COMMON_IN_MESSAGES = frozenset(
    words(
        "fix add remove update support use allow make improve refactor change ensure handle avoid implement cleanup clean"
        " move rename new test docs bug issue error when not correctly properly missing"
    )
)
"""What most commit messages say, for a project without a history to learn it from."""


def expand(features: Features, memory: Memory, first: Scores, without: Collection[Source] = ()) -> None:
    """Add what follows from a first ranking: what changes together with its best files, what they depend on and
    what depends on them, what their tests test, what lies beside them.
    """
    files = features.files
    if not files.paths:
        return
    code = np.where(files.roles == CODE, first, -np.inf)
    top = np.argsort(-code, kind="stable")[:_FEW]
    top = top[np.isfinite(code[top])]
    if not len(top):
        return
    chances = np.exp(code[top] - code[top[0]])
    chances /= chances.sum()
    if "history" not in without and len(memory.history):
        _add_together(features, memory, top, chances)
    if "graph" not in without:
        _add_graph(features, memory, top, chances)
    share = np.bincount(files.folders[top], chances, minlength=int(files.folders.max()) + 1)
    features.add("beside", share[files.folders].astype(np.float32))


def _add_together(
    features: Features, memory: Memory, top: NDArray[np.intp], chances: NDArray[np.floating]
) -> None:
    found = np.zeros(len(features.files.paths), np.float32)
    likely = np.zeros(len(features.files.paths), np.float32)
    indexes, now = memory.history_positions, memory.positions_of_history
    for position, chance in zip(map(int, top), map(float, chances), strict=True):
        if indexes[position] < 0:
            continue
        together = memory.history.together_with(int(indexes[position]), 20)
        at = now[together.others]
        there = at >= 0
        found[at[there]] += chance * together.scores[there]
        likely[at[there]] += chance * together.commits[there] / together.own
    features.add("together", found)
    features.columns["together_likely"] = likely


def _add_graph(
    features: Features, memory: Memory, top: NDArray[np.intp], chances: NDArray[np.floating]
) -> None:
    files, lexical = features.files, features.by_unit.get("lexical")
    seeds: dict[int, float] = {}
    for position, chance in zip(map(int, top), map(float, chances), strict=True):
        first, count = int(files.first_units[position]), int(files.units[position])
        scores = lexical[first : first + count] if lexical is not None else np.zeros(0, np.float32)
        best = np.argsort(-scores, kind="stable")[:3] if scores.any() else np.zeros(1, np.intp)
        for unit in map(int, best):
            seeds[first + unit] = seeds.get(first + unit, 0.0) + chance / len(best)
    reached = memory.graph.spread(seeds, 2)
    for unit in seeds:
        if unit < len(reached):
            reached[unit] = 0
    features.add("graph", files.sum_by_file(reached))
    if lexical is None:
        return
    ids = files.test_units
    ids = ids[ids < len(lexical)]
    best = ids[best_places(lexical[ids], 20)]
    tested = memory.graph.spread({int(unit): float(lexical[unit]) for unit in best}, 1)
    features.add("tested", files.sum_by_file(tested))
