"""Learns the weights of the ranking from tuning queries, and writes `search/weights.py` anew.

    python -m benchmarks.localisation.train --repos FOLDER [--queries FILE ...] [--out FILE]

Which files of a tree a commit changed is taken as a choice: softmax over the weighted features of all source files,
maximum likelihood with a normal prior on the weights, by Newton's method (the problem is convex). The last weights
are those of a choice among the candidates alone, which is all that they rank. Queries of the test split are never
looked at. `--judge` leaves out one project after the other and tells how the others' weights
do on it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from aifirst_memory.search.features import Features
from aifirst_memory.search.query import read_query
from aifirst_memory.search.rank import measure_all
from numpy.typing import NDArray

from benchmarks.localisation.git_history import GitHistory
from benchmarks.localisation.projects import git_folder
from benchmarks.localisation.queries import QUERIES, Query, load_queries
from benchmarks.localisation.source_files import is_source_file
from benchmarks.localisation.working_tree import WorkingTree

PRIOR = 2.0
"""One over the variance of a weight, in queries."""
_DERIVED = ("together", "tests_together", "linked", "tested", "around", "stem")
_OF_CANDIDATES = (
    "unit_says", "clause_place", "changed_last", "usual", "like_commit_best", "companions",
    "completes_names", "adds_names", "names_say", "says_rare", "unit_code", "written", "used_by_likely", "around_log",
    "commits", "of_likely_commits", "own_commits", "own_commits_mean", "with_best_lately", "nearest_commits",
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A query as it was measured: a row a source file; `gold` sums to 1."""

    repo: str
    columns: dict[str, NDArray[np.float32]]
    gold: NDArray[np.float64]
    before: NDArray[np.float32]
    """The scores of the ranking that the candidates were taken from."""
    candidates: NDArray[np.intp]
    """Their rows."""

    def matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The columns of these names, zeros where a source had nothing."""
        nothing = np.zeros(len(self.gold), np.float32)
        return np.stack([self.columns.get(name, nothing) for name in names], axis=1).astype(np.float64)

    def choice(self, names: Sequence[str], *, again: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The rows that are chosen from, candidates only if `again`, and what share of the answer each is."""
        if not again:
            return self.matrix(names), self.gold
        gold = self.gold[self.candidates]
        return self.matrix(names)[self.candidates], gold / max(float(gold.sum()), 1e-9)

    def ranked(self, weights: dict[str, float]) -> NDArray[np.float64]:
        """The scores by the last weights, as `rank.weigh_again` makes them."""
        scores = self.before.astype(np.float64)
        again = (self.matrix(list(weights)) @ np.array(list(weights.values())))[self.candidates]
        if len(again):
            scores[self.candidates] = again - again.mean() + scores[self.candidates].mean()
        return scores


def main() -> None:
    """Measure, learn, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repos", type=Path, required=True, help="folder with the bare git directories")
    parser.add_argument("--queries", type=Path, nargs="+", default=[QUERIES])
    parser.add_argument("--judge", action="store_true", help="also leave out one project after the other")
    parser.add_argument("--out", type=Path, help="where the weights go; standard output without it")
    arguments = parser.parse_args()
    queries = [q for file in arguments.queries for q in load_queries(file) if q.split != "test"]
    full, without = measure_queries(queries, arguments.repos)
    if arguments.judge:
        judge(full)
    text = written(full, without)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    else:
        print(text)


def measure_queries(queries: Sequence[Query], repos: Path) -> tuple[list[Example], list[Example]]:
    """Every query with all sources, and without the history."""
    full: list[Example] = []
    without: list[Example] = []
    for repo, group in groupby(sorted(queries, key=lambda q: (q.repo, q.date, q.id)), key=lambda q: q.repo):
        folder = git_folder(repos, repo)
        with tempfile.TemporaryDirectory() as place:
            tree = WorkingTree(GitHistory(folder), folder, Path(place) / "tree")
            for query in group:
                tree.move_to(query.base_commit)
                with tree.open() as memory, memory.moment():
                    asked = read_query(query.query)
                    for examples, sources in ((full, frozenset[str]()), (without, frozenset({"history"}))):
                        features = measure_all(memory, asked, sources)  # pyright: ignore[reportArgumentType]  # names of sources
                        example = _example(query, features)
                        if example is not None:
                            examples.append(example)
        print(repo, len(full), file=sys.stderr)
    return full, without


def _example(query: Query, features: Features) -> Example | None:
    paths, before = features.files.paths, features.before
    kept = np.array([at for at, path in enumerate(paths) if is_source_file(path)], np.intp)
    right = set(query.gold)
    gold = np.array([paths[at] in right for at in kept], np.float64)
    if not gold.any() or before is None:
        return None
    columns = {name: column[kept] for name, column in features.columns.items()}
    rows = np.flatnonzero(np.isin(kept, features.candidates)) if features.candidates is not None else kept[:0]
    return Example(query.repo, columns, gold / gold.sum(), before[kept], rows)


def learn(examples: Sequence[Example], names: Sequence[str], *, again: bool = False) -> dict[str, float]:
    """The weights that make the changed files most likely, among the candidates only if `again`."""
    weights = np.zeros(len(names))
    choices = [example.choice(names, again=again) for example in examples]
    matrices = [(matrix, gold) for matrix, gold in choices if gold.any()]
    for _ in range(30):
        gradient, hessian = PRIOR * weights, PRIOR * np.eye(len(names))
        for matrix, gold in matrices:
            scores = matrix @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            mean = chances @ matrix
            gradient += mean - gold @ matrix
            hessian += matrix.T @ (matrix * chances[:, None]) - np.outer(mean, mean)
        step = np.linalg.solve(hessian, gradient)
        weights -= step * min(1.0, 2.0 / float(np.abs(step).max(initial=1e-9)))
        if float(np.abs(step).max()) < 1e-4:
            break
    return dict(zip(names, weights.tolist(), strict=True))


def names_of(examples: Sequence[Example]) -> list[str]:
    """The names of all features, in alphabetical order."""
    return sorted({name for example in examples for name in example.columns})


def judge(examples: Sequence[Example]) -> None:
    """Print what weights learnt from the other projects do on each."""
    names = names_of(examples)
    every: list[tuple[float, bool]] = []
    for repo in sorted({example.repo for example in examples}):
        weights = learn([example for example in examples if example.repo != repo], names, again=True)
        figures: list[tuple[float, bool]] = []
        for example in (example for example in examples if example.repo == repo):
            order = np.argsort(-example.ranked(weights), kind="stable")
            places = np.flatnonzero(example.gold[order])
            figures.append((1 / (1 + float(places[0])), bool(places[-1] < 5)))
        every += figures
        print(f"{repo}: MRR {_mean(figures, 0):.3f} acc@5 {_mean(figures, 1):.3f}", file=sys.stderr)
    print(f"all: MRR {_mean(every, 0):.3f} acc@5 {_mean(every, 1):.3f}", file=sys.stderr)


def _mean(figures: Sequence[tuple[float, bool]], column: int) -> float:
    return sum(float(one[column]) for one in figures) / max(len(figures), 1)


def written(full: Sequence[Example], without: Sequence[Example]) -> str:
    """The module with the weights."""
    names = names_of(full)
    second = [name for name in names if name not in _OF_CANDIDATES]
    first = learn(full, [name for name in second if name not in _DERIVED])
    tables = [
        ("FIRST", first, "Of the first ranking, which `related_features.expand` starts from."),
        (
            "SECOND",
            learn(full, second),
            "Of the second ranking, which `candidate_features.look_again` starts from.",
        ),
        ("FULL", learn(full, names, again=True), "Of the whole ranking, among the candidates."),
        (
            "WITHOUT_HISTORY",
            learn(without, names_of(without), again=True),
            "Of the whole ranking, among the candidates, where there is no history.",
        ),
    ]
    parts = [HEAD]
    for name, weights, said in tables:
        rows = "".join(f'    "{key}": {value:.3f},\n' for key, value in weights.items())
        parts.append(f'{name}: Final = {{\n{rows}}}\n"""{said}"""\n')
    return "\n".join([*parts, TAIL])


HEAD = '''"""The weights of the ranking, learnt from commits: which feature of a file told that a commit would change it.

Made by `benchmarks/localisation/train.py` from the queries of the tuning projects; a softmax over all files of a
tree, maximum likelihood of the files that the commit changed, with a normal prior on the weights.
"""

from __future__ import annotations

from typing import Final
'''
TAIL = '''UNIT_WEIGHTS: Final = {"lexical": 1.0, "vector": 0.6, "names": 0.8, "named": 2.0}
"""Of a unit within its file; set by hand, as no data tells."""

LEAST: Final = 0.0
"""What a file scores of which nothing of the query speaks: it is no result."""

ROLE_FACTORS: Final = (1.0, 0.6, 0.6, 0.6, 0.5, 0.3)
"""By role of the file (`file_role`): code, test, example, document, data, vendored; set by hand."""
'''

if __name__ == "__main__":
    main()
