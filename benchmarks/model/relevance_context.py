"""What a context is worth for a commit: the share of the lines that the commit changed that stand in it.

    python -m benchmarks.model.relevance_context --repos FOLDER [--split tune] [--most N]

The query is the commit's message, the index is that of the tree before it, made anew for every commit as a user's is.
FOLDER holds bare git directories. Of an insertion the lines around it count. Lines without a word are left out.
Compared are contexts without either ranker, with parts alone (that of lines), and as they are given.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from aifirst_memory.context.memory_sources import Contexts
from aifirst_memory.context.request import ContextAnswer, ContextRequest
from aifirst_model.relevance.commit_questions import changed_lines
from aifirst_model.relevance.measures import intervals
from aifirst_model.relevance.unit_rank import NAMED_BY

from benchmarks.localisation.git_history import GitHistory
from benchmarks.localisation.queries import Query, load_queries
from benchmarks.localisation.working_tree import WorkingTree
from benchmarks.model.relevance_projects import clone_of

BUDGETS: Final = (2_000, 4_000, 8_000)
WAYS: Final = ("without", "parts alone", "with")


class Line(NamedTuple):
    """A line that a commit changed: where it stood before, from 1, and what it said."""

    path: str
    number: int
    text: str


class Shares(NamedTuple):
    """The share of changed lines in the context at each budget."""

    at_2000: float
    at_4000: float
    at_8000: float


def changed_by(history: GitHistory, query: Query) -> list[Line]:
    """The lines that a query's commit changed in the files that are its answer."""
    before, after = history.tree(query.base_commit), history.tree(query.commit)
    found: list[Line] = []
    for path in query.gold:
        old, new = history.blobs([before[path], after[path]])
        if old is None or new is None:
            continue
        lines = old.split(b"\n")
        for number in changed_lines(lines, new.split(b"\n")):
            text = lines[number].decode("utf-8", "replace").strip()
            if any(character.isalnum() for character in text):
                found.append(Line(path, number + 1, text))
    return found


def share_given(answer: ContextAnswer, changed: Sequence[Line]) -> float:
    """The share of lines that the context has, each at its place."""
    found = 0
    for line in changed:
        found += any(
            item.path == line.path and item.line <= line.number <= item.end_line and line.text in item.text
            for item in answer.items
        )
    return found / len(changed)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--split", choices=("tune", "test"), default="test")
    parser.add_argument(
        "--most", type=int, default=12, help="queries of a project, of equally long stretches one each"
    )
    arguments = parser.parse_args()
    found: dict[str, dict[str, list[Shares]]] = {way: {} for way in WAYS}
    for project, contexts, query, changed in opened(arguments.repos, arguments.split, arguments.most):
        for way, measured in found.items():
            measured.setdefault(project, []).append(shares_of(contexts, query.query, changed, way))
    tell(found)


def shares_of(contexts: Contexts, query: str, changed: Sequence[Line], way: str) -> Shares:
    """What contexts of each budget hold, made in one of the ways."""
    if way == "parts alone":
        os.environ[NAMED_BY] = os.devnull  # no ranker: all stays as the steps found it
    else:
        os.environ.pop(NAMED_BY, None)
    requests = [ContextRequest(query, budget=one, relevance=way != "without") for one in BUDGETS]
    return Shares(*[share_given(contexts.assemble(one), changed) for one in requests])


def opened(repos: Path, split: str, most: int) -> Iterator[tuple[str, Contexts, Query, list[Line]]]:
    """Each query with contexts of the tree before its commit."""
    queries = [query for query in load_queries() if query.split == split]
    for project, several in groupby(queries, key=lambda query: query.repo):
        own = list(several)
        own = own[:: max(1, len(own) // most)][:most]
        folder = clone_of(repos, project)
        history = GitHistory(folder)
        with tempfile.TemporaryDirectory(prefix="aifirst-relevance-") as place:
            tree = WorkingTree(history, folder, Path(place) / "tree")
            for query in own:
                changed = changed_by(history, query)
                if changed:
                    tree.move_to(query.base_commit)
                    with tree.open() as memory:
                        yield project, Contexts(memory), query, changed
        history.close()


def tell(found: dict[str, dict[str, list[Shares]]]) -> None:
    """Print the means with intervals over projects, and those of the differences to what is given without a ranker."""
    last, rows = found["with"], dict(found)
    for name in ("without", "parts alone"):
        rows[f"with, less {name}"] = {
            project: [Shares(*np.subtract(new, old)) for new, old in zip(last[project], several, strict=True)]
            for project, several in found[name].items()
        }
    print(f"{sum(map(len, last.values()))} commits of {len(last)} projects\n")
    print("| | 2,000 | 4,000 | 8,000 |\n|---|---|---|---|")
    for name, measured in rows.items():
        told = " | ".join(f"{one.mean:.3f} ({one.low:.3f} to {one.high:.3f})" for one in intervals(measured))
        print(f"| {name} | {told} |")
    for name in WAYS:
        at_4000 = {project: [one.at_4000 for one in several] for project, several in found[name].items()}
        told = ", ".join(f"{project} {np.mean(several):.3f}" for project, several in at_4000.items())
        print(f"\n{name}, 4,000 tokens, by project: {told}")


if __name__ == "__main__":
    main()
