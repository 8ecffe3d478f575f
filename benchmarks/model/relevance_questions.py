"""Collects the questions of all projects, one file a project, so that a second run costs nothing.

    python -m benchmarks.model.relevance_questions --repos FOLDER --out FOLDER

The first folder holds bare git directories (see `relevance_projects`).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

import msgspec
from aifirst_memory.lexical.words import count_words
from aifirst_model.relevance.project_questions import Collected, collect_questions
from aifirst_model.relevance.question import LineQuestion

from benchmarks.localisation.commit_messages import clean_message, is_query
from benchmarks.localisation.source_files import is_source_file
from benchmarks.model.relevance_projects import SPLITS, Split, clone_of


class ProjectQuestions(msgspec.Struct, frozen=True):
    """What is kept of a project: its questions, and in which share of its files each word is said."""

    project: str
    split: Split
    questions: tuple[LineQuestion, ...]
    shares: dict[str, float]


def main() -> None:
    """Collect what is not there yet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=tuple(SPLITS))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for split, projects in SPLITS.items():
        for project in projects:
            place = arguments.out / f"{project.replace('/', '+')}.msgpack"
            if place.exists() or arguments.split not in (None, split):
                continue
            started = time.process_time()
            made = collect_project(clone_of(arguments.repos, project), project, split)
            place.write_bytes(msgspec.msgpack.encode(made))
            kinds = Counter(question.kind for question in made.questions)
            print(project, dict(kinds), f"{time.process_time() - started:.1f} s", flush=True)


def collect_project(folder: Path, project: str, split: Split) -> ProjectQuestions:
    """The questions of one project from its bare clone."""
    return with_shares(collect_questions(folder, project, asked, is_source_file), project, split)


def asked(author: str, message: str) -> str:
    """What a commit asks, "" for chores and what says too little."""
    cleaned = clean_message(message)
    return cleaned if is_query(author, cleaned) else ""


def with_shares(collected: Collected, project: str, split: Split) -> ProjectQuestions:
    """The questions with how often words are said in the project."""
    files: Counter[str] = Counter()
    for text in collected.texts:
        files.update(dict.fromkeys(count_words(text.decode("utf-8", "replace")), 1))
    count = max(len(collected.texts), 1)
    shares = {word: times / count for word, times in sorted(files.items()) if times > 1}
    return ProjectQuestions(project, split, tuple(collected.questions), shares)


def load_projects(folder: Path, split: Split) -> list[ProjectQuestions]:
    """What was collected of a split's projects, in the order of their names."""
    return [
        msgspec.msgpack.decode(
            (folder / f"{project.replace('/', '+')}.msgpack").read_bytes(), type=ProjectQuestions
        )
        for project in sorted(SPLITS[split])
    ]


if __name__ == "__main__":
    main()
