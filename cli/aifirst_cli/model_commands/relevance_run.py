"""What `aifirst model relevance` does: collect questions from git, train trees on them or compare ways on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from aifirst_codebase.git.command import GitError
from aifirst_codebase.languages import may_be_source
from aifirst_memory.context.asked_lines import read_asked, word_sources
from aifirst_memory.lexical.words import count_words
from aifirst_memory.search.file_role import is_test_path
from aifirst_model.relevance.line_features import learnt_features
from aifirst_model.relevance.measures import intervals, measure
from aifirst_model.relevance.plain_ways import PLAIN_WAYS, labelled
from aifirst_model.relevance.project_questions import Wanted, collect_questions
from aifirst_model.relevance.rank import trees_in_use
from aifirst_model.relevance.train import Labelled, train_trees
from aifirst_model.relevance.tree_file import read_trees, write_trees

from aifirst_cli.failure import Failure
from aifirst_cli.progress import progress_bar

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,}")
_FEWEST_WORDS: Final = 3
_FEWEST_QUESTIONS: Final = 50


def measure_projects(projects: Sequence[Path], commits: int, trees: Path | None) -> str:
    """A table for each kind of question that the projects have."""
    ways = dict(PLAIN_WAYS) | {"relevance": (read_trees(trees) if trees else trees_in_use()).score}
    found: dict[str, dict[str, list[Labelled]]] = {"commit": {}, "comment": {}}
    for project, kind, data in _questions(projects, commits):
        found[kind].setdefault(project, []).append(data)
    told: list[str] = []
    for kind, by_project in found.items():
        count = sum(map(len, by_project.values()))
        if not count:
            continue
        told.append(f"{count:,} questions from {kind}s")
        told.append(f"{'':28}{'MAP':>21}{'recall at 30 %':>21}{'hit at 1':>21}")
        for name, score in ways.items():
            measured = {
                project: [measure(score(one.columns), one.wanted) for one in several]
                for project, several in by_project.items()
            }
            if len(measured) == 1:
                measured = {str(at): [one] for at, one in enumerate(next(iter(measured.values())))}
            shown = "".join(f"  {one.mean:.3f} ({one.low:.3f}-{one.high:.3f})" for one in intervals(measured))
            told.append(f"{name:28}{shown}")
    if not told:
        raise Failure("these projects have no questions: no commit changed a few lines of code and said why.")
    return "\n".join(told)


def train_projects(projects: Sequence[Path], commits: int, out: Path) -> str:
    """Train on all questions and write the trees; what was done, in a sentence."""
    data = [one for _, _, one in _questions(projects, commits)]
    if len(data) < _FEWEST_QUESTIONS:
        raise Failure(
            f"{len(data)} questions are too few to learn from. Name more projects, or give more --commits."
        )
    write_trees(out, train_trees(data, learnt_features(data[0].columns)))
    return f"{out}: learnt from {len(data):,} questions, {out.stat().st_size:,} bytes."


def _questions(projects: Sequence[Path], commits: int) -> Iterator[tuple[str, str, Labelled]]:
    """Every question of the projects, as project, kind and features."""
    with progress_bar("reading projects") as report:
        for number, folder in enumerate(projects):
            if report is not None:
                report(number, len(projects))
            try:
                collected = collect_questions(folder, str(folder), _ask, _takes, Wanted(commits))
            except GitError as error:
                raise Failure(str(error)) from error
            files = Counter[str]()
            for text in collected.texts:
                files.update(set(count_words(text.decode("utf-8", "replace"))))
            count = max(len(collected.texts), 1)
            for question in collected.questions:
                asked = read_asked(question.asked, lambda word, files=files, count=count: files[word] / count)
                yield str(folder), question.kind, labelled(question, asked, word_sources())


def _ask(author: str, message: str) -> str:
    """The message, unless a program wrote it or its first line says too little."""
    first = message.strip().partition("\n")[0]
    says = len(set(_WORD.findall(first))) >= _FEWEST_WORDS and "[bot]" not in author
    return message.strip() if says else ""


def _takes(path: str) -> bool:
    return may_be_source(path.rpartition("/")[2]) and not is_test_path(path)
