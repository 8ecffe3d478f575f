"""Trains the shipped ranker of units and measures it against plain ways on projects that it has not seen.

    python -m benchmarks.model.relevance_units collect --repos FOLDER --out QUESTIONS [--split SPLIT]
    python -m benchmarks.model.relevance_units train --out QUESTIONS [--trees FILE]
    python -m benchmarks.model.relevance_units measure --out QUESTIONS [--split held-out] [--trees FILE]

FOLDER holds bare git directories (see `relevance_projects`). A question is a commit's message on the tree before it, with
an index made as a user's is. The candidates are the units that the product ranks for it; those that the commit
changed lines of are wanted. Only code is learnt from: what is wanted is code by the choice of commits, which says nothing
against a test or a page. `measure` ranks all candidates, and counts what is wanted and no candidate as missed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from aifirst_codebase.languages import may_be_source
from aifirst_memory.context import find
from aifirst_memory.context.file_text import FileTexts
from aifirst_memory.context.memory_sources import MemorySources
from aifirst_memory.context.request import ContextRequest
from aifirst_memory.context.sources import MeasuredUnits, Searched, StepList, UnitPlace
from aifirst_memory.context.steps.rank import Ranked
from aifirst_memory.memory import Memory
from aifirst_memory.search.file_role import CODE
from aifirst_memory.search.result import Source
from aifirst_model.relevance.measures import intervals
from aifirst_model.relevance.plain_ways import Score
from aifirst_model.relevance.train import UNIT_SETTINGS, Labelled, train_trees
from aifirst_model.relevance.tree_file import read_trees, write_trees
from aifirst_model.relevance.trees import Trees
from aifirst_model.relevance.unit_rank import SHIPPED
from numpy.typing import NDArray

from benchmarks.localisation.git_history import GitHistory
from benchmarks.localisation.make_queries import draw, find_queries
from benchmarks.localisation.queries import Query, load_queries
from benchmarks.localisation.working_tree import WorkingTree
from benchmarks.model.relevance_context import Line, changed_by
from benchmarks.model.relevance_projects import SPLITS, Split, clone_of

KNOWN: Final = {"train": 12, "validation": 15, "held-out": 12}
"""Queries of a project that localisation has queries of."""
DRAWN: Final = 10
"""Queries of another."""
MOST_FILES: Final = 1_000
"""Larger projects are not learnt from: their indexes take as long as those of all others."""
SHAPE: Final = (
    "file_units", "file_tokens", "unit", "unit_share", "length_code", "length_glue", "candidates",
)  # fmt: skip
"""Columns that are the same whatever is asked."""


class UnitQuestion(msgspec.Struct, frozen=True):
    """One commit's message with its candidates: columns of float32 by name, which are wanted, which are code.

    `missed` counts wanted units that are no candidates.
    """

    id: str
    project: str
    columns: dict[str, bytes]
    wanted: bytes
    code: bytes
    missed: int

    def labelled(self, *, of_code: bool = False) -> Labelled:
        """The columns as arrays; of code alone where that is asked."""
        kept = np.frombuffer(self.code, np.bool_)
        kept = kept if of_code else np.ones_like(kept)
        columns = {name: np.frombuffer(data, np.float32)[kept] for name, data in self.columns.items()}
        return Labelled(columns, np.frombuffer(self.wanted, np.int8)[kept])


class Measures(msgspec.Struct, frozen=True, array_like=True):
    """Of one question: average precision, recall of the best thirty and of the best 30 %, whether the first is wanted."""

    map: float
    recall_30: float
    recall: float
    hit: float


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("collect", "train", "measure"))
    parser.add_argument("--repos", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=tuple(SPLITS))
    parser.add_argument("--trees", type=Path, default=SHIPPED)
    arguments = parser.parse_args()
    if arguments.what == "collect":
        if arguments.repos is None:
            parser.error("collect needs --repos")
        collect(arguments.repos, arguments.out, arguments.split)
    elif arguments.what == "train":
        trees = train(load(arguments.out, "train"))
        write_trees(arguments.trees, trees)
        print(f"{arguments.trees.stat().st_size:,} bytes")
    else:
        learnt = load(arguments.out, "train")
        tell(load(arguments.out, arguments.split or "held-out"), ways(learnt, read_trees(arguments.trees)))


def collect(repos: Path, out: Path, only: Split | None) -> None:
    """Write a file of questions for every project that has none yet."""
    out.mkdir(parents=True, exist_ok=True)
    for split, projects in SPLITS.items():
        for project in projects:
            place = out / f"{project.replace('/', '+')}.units"
            if place.exists() or only not in (None, split):
                continue
            made = list(_of_project(clone_of(repos, project), project, split))
            place.write_bytes(msgspec.msgpack.encode(made))
            print(project, len(made), flush=True)


def _of_project(folder: Path, project: str, split: Split) -> Iterator[UnitQuestion]:
    history = GitHistory(folder)
    queries = queries_of(history, project, split)
    with tempfile.TemporaryDirectory(prefix="aifirst-units-") as place:
        tree = WorkingTree(history, folder, Path(place) / "tree") if queries else None
        for query in queries:
            changed = changed_by(history, query)
            if not changed or tree is None:
                continue
            tree.move_to(query.base_commit)
            with tree.open() as memory:
                question = question_of(memory, query, changed)
            if question is not None:
                yield question
    history.close()


def queries_of(history: GitHistory, project: str, split: Split) -> list[Query]:
    """Queries spread over a project's time: those of localisation where it has some, else drawn as these were."""
    known = [query for query in load_queries() if query.repo == project]
    if known:
        known.sort(key=lambda query: (query.date, query.id))
        return known[:: max(1, len(known) // KNOWN[split])][: KNOWN[split]]
    if sum(may_be_source(path.rpartition("/")[2]) for path in history.tree("HEAD")) > MOST_FILES:
        return []
    return draw(find_queries(history, project, "tune"), DRAWN, project)


def question_of(memory: Memory, query: Query, changed: Sequence[Line]) -> UnitQuestion | None:
    """The candidates that the product ranks for a query, with which the commit changed; None where it ranks none."""
    measured: list[MeasuredUnits] = []
    with memory.moment():
        sources = MemorySources(memory)
        texts = FileTexts(memory.root, sources.tokenizer, sources.max_file_bytes)
        real = sources.rank_units

        def rank_units(text: str, without: Collection[Source], k: int) -> Searched:
            found = real(text, without, k)

            def measure(lists: Sequence[StepList], fused: Sequence[Ranked]) -> MeasuredUnits:
                assert found.measure is not None
                measured.append(found.measure(lists, fused))
                return measured[-1]

            return found if found.measure is None else found._replace(measure=measure)

        sources.rank_units = rank_units
        find.find_units(sources, texts, ContextRequest(query.query), [])
        if not measured:
            return None
        columns = measured[0].columns
        places = measured[0].places(range(len(columns["fits"])))
        wanted, missed = _wanted(texts, memory, places, changed)
        roles = memory.files.roles
        code = np.array([roles[memory.files.by_path[place.path]] == CODE for place in places], np.bool_)
    return UnitQuestion(
        query.id, query.repo, {name: values.tobytes() for name, values in columns.items()},
        wanted.tobytes(), code.tobytes(), missed,
    )  # fmt: skip


def _wanted(
    texts: FileTexts, memory: Memory, places: Sequence[UnitPlace], changed: Sequence[Line]
) -> tuple[NDArray[np.int8], int]:
    """Which of the places are units whose lines were changed, as they are given; how many such are none of them."""
    files = {path: texts.open(memory.connection, path) for path in {line.path for line in changed}}
    units = {
        (line.path, file.outermost(file.unit_at_line(line.number)))
        for line in changed
        if (file := files[line.path]) is not None
    }
    wanted = np.zeros(len(places), np.int8)
    seen: set[tuple[str, int]] = set()
    for row, place in enumerate(places):
        file = files.get(place.path)
        if file is not None and place.unit < len(file.units):
            key = place.path, file.outermost(place.unit)
            wanted[row] = key in units
            seen.add(key)
    return wanted, len(units - seen)


def load(folder: Path, split: Split) -> list[UnitQuestion]:
    """The questions of a split, in the order of its projects."""
    found: list[UnitQuestion] = []
    for project in sorted(SPLITS[split]):
        place = folder / f"{project.replace('/', '+')}.units"
        if place.exists():
            found += msgspec.msgpack.decode(place.read_bytes(), type=list[UnitQuestion])
    return found


def train(questions: Sequence[UnitQuestion], features: Sequence[str] = ()) -> Trees:
    """Trees over the columns, all by default."""
    data = [one for question in questions if (one := question.labelled(of_code=True)).wanted.any()]
    return train_trees(data, features or list(data[0].columns), UNIT_SETTINGS)


def ways(learnt: Sequence[UnitQuestion], trees: Trees) -> dict[str, Score]:
    """Everything that is compared."""
    chance = np.random.default_rng(1)
    return {
        "random": lambda columns: chance.random(len(columns["fits"])),
        "no question": train(learnt, SHAPE).score,
        "BM25 of units": lambda columns: columns["lexical"],
        "vectors of units": lambda columns: columns["vector"],
        "file and unit by search": lambda columns: columns["file_share"] * columns["fits_share"],
        "search": lambda columns: -columns["step_search"] + 1e-3 * columns["file_share"],
        "fusion of steps": lambda columns: columns["fused"],
        "relevance": trees.score,
    }


def measure(scores: NDArray[np.floating], question: UnitQuestion) -> Measures:
    """The measures of one order; what is missed comes last of all and is never found."""
    wanted = np.frombuffer(question.wanted, np.int8)
    found = wanted[np.argsort(-scores, kind="stable")]
    places = np.flatnonzero(found) + 1
    whole = len(places) + question.missed
    precision = float((np.arange(1, len(places) + 1) / places).sum()) / whole
    kept = int(np.ceil(len(found) * 0.3))
    return Measures(
        precision, float(found[:30].sum()) / whole, float(found[:kept].sum()) / whole, float(found[0])
    )


def tell(questions: Sequence[UnitQuestion], compared: dict[str, Score]) -> None:
    """Print a table, the difference to the best plain way, and the means of each project."""
    asked = [one for one in questions if one.missed or any(one.wanted)]
    units = np.mean([len(one.wanted) for one in asked])
    projects = sorted({one.project for one in asked})
    print(f"{len(asked)} questions, {units:.0f} candidates each, {len(projects)} projects\n")
    print("| Way | MAP | Recall of the best 30 | Recall keeping 30 % | Hit@1 |\n|---|---|---|---|---|")
    found: dict[str, dict[str, list[Sequence[float]]]] = {}
    for name, score in compared.items():
        by_project = found.setdefault(name, {project: [] for project in projects})
        for one in asked:
            made = measure(score(one.labelled().columns), one)
            by_project[one.project].append(msgspec.structs.astuple(made))
        _tell_row(name, by_project)
    last = found["relevance"]
    before = found["fusion of steps"]
    _tell_row(
        "relevance without fusion's",
        {
            project: [tuple(np.subtract(*pair)) for pair in zip(last[project], before[project], strict=True)]
            for project in projects
        },
    )
    for name in ("fusion of steps", "relevance"):
        means = ", ".join(
            f"{project} {np.mean([x[0] for x in found[name][project]]):.3f}" for project in projects
        )
        print(f"\nMAP of {name} by project: {means}")


def _tell_row(name: str, by_project: dict[str, list[Sequence[float]]]) -> None:
    told = " | ".join(f"{one.mean:.3f} ({one.low:.3f} to {one.high:.3f})" for one in intervals(by_project))
    print(f"| {name} | {told} |")


if __name__ == "__main__":
    main()
