"""Trains the shipped relevance ranker and measures it against plain ways on projects it has not seen.

    python -m benchmarks.model.relevance_questions --repos FOLDER --out QUESTIONS
    python -m benchmarks.model.relevance train QUESTIONS --out model/aifirst_model/relevance/lines.bin
    python -m benchmarks.model.relevance measure QUESTIONS [--split held-out] [--trees FILE]
    python -m benchmarks.model.relevance time FILE...

`measure` prints MAP, the recall of the best 30 % of lines and how often the best line is right, with 95 % intervals over
projects; `no question` are trees trained on what kind of line it is alone, which tells how much the labels' shape gives
away; `key lines` is what a context showed of a long unit before: the lines of its medium resolution, by kind.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from aifirst_memory.context.asked_lines import read_asked, word_sources
from aifirst_model.relevance.line_features import learnt_features
from aifirst_model.relevance.line_layout import KINDS
from aifirst_model.relevance.measures import Measures, intervals, measure
from aifirst_model.relevance.plain_ways import PLAIN_WAYS, Score, labelled
from aifirst_model.relevance.rank import SHIPPED, score_lines
from aifirst_model.relevance.train import Labelled, train_trees
from aifirst_model.relevance.tree_file import read_trees, write_trees
from aifirst_model.relevance.trees import Trees

from benchmarks.model.relevance_questions import load_projects

SHAPE: Final = (
    "depth", "kind", "kind_before", "kind_above", "length", "below", "place", "from_start", "from_end", "from_above",
    "in_paragraph", "paragraph_size", "lines",
)  # fmt: skip
_KEY_KINDS: Final = tuple(KINDS.index(name) + 1 for name in ("leave", "fail", "branch", "define"))


class Measured(NamedTuple):
    """A question's features, and where it is from."""

    project: str
    kind: str
    language: str
    data: Labelled


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("train", "measure", "time"))
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--trees", type=Path, default=SHIPPED)
    parser.add_argument("--split", choices=("validation", "held-out"), default="held-out")
    arguments = parser.parse_args()
    if arguments.what == "train":
        data = [one.data for one in measured(arguments.paths[0], "train")]
        write_trees(arguments.out, train_trees(data, learnt_features(data[0].columns)))
        print(f"{len(data):,} questions, {arguments.out.stat().st_size:,} bytes")
    elif arguments.what == "measure":
        tell(
            list(measured(arguments.paths[0], arguments.split)),
            ways(arguments.paths[0], read_trees(arguments.trees)),
        )
    else:
        tell_time(arguments.paths)


def measured(folder: Path, split: str) -> Iterator[Measured]:
    """The features of a split's questions."""
    sources = word_sources()
    for project in load_projects(folder, split):  # pyright: ignore[reportArgumentType]  # checked by the parser
        for question in project.questions:
            asked = read_asked(question.asked, lambda word, shares=project.shares: shares.get(word, 0.0))
            yield Measured(
                project.project, question.kind, question.language, labelled(question, asked, sources)
            )


def ways(folder: Path, trees: Trees) -> dict[str, Score]:
    """Everything that is compared."""
    chance = np.random.default_rng(1)
    shape = train_trees([one.data for one in measured(folder, "train")], SHAPE)
    return {
        "random": lambda columns: chance.random(len(columns["said"])),
        "key lines": lambda columns: (
            np.isin(columns["kind"], _KEY_KINDS) + 1e-3 * chance.random(len(columns["said"]))
        ),
        "no question": shape.score,
        **PLAIN_WAYS,
        "relevance": trees.score,
    }


def tell(questions: Sequence[Measured], compared: dict[str, Score]) -> None:
    """Print a table for each kind of label, and the means of each project."""
    for kind in ("comment", "commit"):
        own = [one for one in questions if one.kind == kind]
        projects = sorted({one.project for one in own})
        lines = sum(len(one.data.wanted) for one in own)
        print(f"\n{kind}: {len(own):,} questions, {lines:,} lines, {len(projects)} projects\n")
        found: dict[str, list[Measures]] = {}
        print("| Way | MAP | Recall keeping 30 % | Hit@1 |\n|---|---|---|---|")
        for name, score in compared.items():
            found = {project: [] for project in projects}
            for one in own:
                found[one.project].append(measure(score(one.data.columns), one.data.wanted))
            told = " | ".join(f"{one.mean:.3f} ({one.low:.3f} to {one.high:.3f})" for one in intervals(found))
            print(f"| {name} | {told} |")
        means = {project: np.mean([one.map for one in several]) for project, several in found.items()}
        told = ", ".join(f"{project} {mean:.3f}" for project, mean in means.items())
        print(f"\nMAP of the last by project: {told}")


def tell_time(paths: Sequence[Path]) -> None:
    """Print what scoring whole files costs, in milliseconds of CPU for 1,000 lines."""
    question = (
        "The retry waits too long after the server closed the connection; respect the timeout of the settings"
    )
    asked, sources = read_asked(question, lambda _: 0.1), word_sources()
    spent: list[float] = []
    for path in paths:
        lines = path.read_bytes().split(b"\n")
        score_lines(asked, lines, sources)
        started = time.process_time()
        for _ in range(5):
            score_lines(asked, lines, sources)
        spent.append((time.process_time() - started) / 5 * 1e6 / len(lines))
    told = " ".join(f"p{share} {np.quantile(spent, share / 100):.2f}" for share in (50, 95))
    print(f"{len(paths)} files, milliseconds of CPU for 1,000 lines: {told}")


if __name__ == "__main__":
    main()
