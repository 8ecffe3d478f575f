"""The questions of one project: from the commits of its history and from the comments of its newest state.

Read from git alone, so a bare clone will do and nothing is checked out. The same clone gives the same questions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_codebase.git.command import Git
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter

from aifirst_model.relevance.comment_questions import comment_questions
from aifirst_model.relevance.commit_questions import commit_questions
from aifirst_model.relevance.question import LineQuestion

_FORMAT: Final = "%x1e%an%x1f%B%x1f"
_MOST_FILES: Final = 3
"""A commit that changes more files is about more than one thing."""
_FILES: Final = 150
"""Files that comments are taken from, drawn at random."""
_LARGEST: Final = 400_000
_OF_A_FILE: Final = 4


class Wanted(NamedTuple):
    """How many questions of each kind are taken, and of how many of the newest commits."""

    commits: int = 60
    comments: int = 60
    window: int = 3_000


class Collected(NamedTuple):
    """The questions of a project, and the texts of some of its files, for how often words are said in it."""

    questions: list[LineQuestion]
    texts: list[bytes]


class _Change(NamedTuple):
    path: str
    before: str
    after: str


def collect_questions(
    folder: Path, project: str, ask: Callable[[str, str], str], takes: Callable[[str], bool],
    wanted: Wanted = Wanted(),  # noqa: B008  frozen
) -> Collected:  # fmt: skip
    """The questions of the project in `folder`.

    `ask` makes of an author and a message what is asked, "" for commits that ask nothing; `takes` says by its path
    whether a file takes part. Raises `GitError` where there is no repository.
    """
    git = Git(folder)
    blobs = _Blobs(git)
    try:
        found = list(_of_commits(git, blobs, ask, takes, wanted))
        texts: list[bytes] = []
        of_comments: list[LineQuestion] = []
        for path, blob in _drawn_files(git, project, takes):
            reading = _read(path, blobs.get(blob))
            if reading is not None:
                texts.append(reading.data)
                of_comments += comment_questions(reading, _OF_A_FILE)
        random.Random(project).shuffle(of_comments)  # noqa: S311  a seeded draw, nothing secret
        found += of_comments[: wanted.comments]
    finally:
        blobs.close()
    return Collected([_of_project(question, project) for question in found], texts)


def _of_project(question: LineQuestion, project: str) -> LineQuestion:
    return LineQuestion(
        question.kind, question.asked, question.lines, question.wanted,
        question.language, project, question.path, question.unit,
    )  # fmt: skip


def _of_commits(
    git: Git, blobs: _Blobs, ask: Callable[[str, str], str], takes: Callable[[str], bool], wanted: Wanted
) -> Iterator[LineQuestion]:
    """The questions of so many commits, spread evenly over those that ask."""
    asking = list(_asking(git, ask, takes, wanted.window))
    step = max(1.0, len(asking) / max(wanted.commits, 1))
    for number in range(min(wanted.commits, len(asking))):
        asked, changes = asking[int(number * step)]
        for change in changes:
            reading, after = _read(change.path, blobs.get(change.before)), blobs.get(change.after)
            if reading is not None and after is not None:
                yield from commit_questions(asked, reading, decode_source(change.path, after).data)


def _asking(
    git: Git, ask: Callable[[str, str], str], takes: Callable[[str], bool], window: int
) -> Iterator[tuple[str, list[_Change]]]:
    log = git.run(
        "log", f"-n{window}", "--no-merges", "--no-renames", "--raw", "--no-abbrev", f"--format={_FORMAT}", "HEAD"
    )  # fmt: skip
    seen: set[str] = set()
    for entry in log.decode("utf-8", "replace").split("\x1e")[1:]:
        author, message, raw = entry.split("\x1f", 2)
        changes = [_change(line) for line in raw.splitlines() if line.startswith(":")]
        own = [change for change, _ in changes if takes(change.path)]
        if not 1 <= len(own) <= _MOST_FILES or any(
            status != "M" and takes(change.path) for change, status in changes
        ):
            continue
        asked = ask(author, message)
        if asked and asked not in seen:
            seen.add(asked)
            yield asked, own


def _change(line: str) -> tuple[_Change, str]:
    facts, _, path = line.partition("\t")
    _, _, before, after, status = facts.split(" ")
    return _Change(path, before, after), status


def _drawn_files(git: Git, project: str, takes: Callable[[str], bool]) -> Iterable[tuple[str, str]]:
    files: list[tuple[str, str]] = []
    for entry in git.run("ls-tree", "-r", "-z", "HEAD").decode("utf-8", "replace").split("\0"):
        facts, _, path = entry.partition("\t")
        if facts.startswith("100") and takes(path):
            files.append((path, facts.split(" ")[2]))
    random.Random(project).shuffle(files)  # noqa: S311  a seeded draw, nothing secret
    return files[:_FILES]


def _read(path: str, raw: bytes | None) -> Reading | None:
    if raw is None or len(raw) > _LARGEST:
        return None
    source = decode_source(path, raw)
    language = language_of(path, source.data)
    if language is None or language.kind != "code":
        return None
    return read(source, language, get_counter("o200k_base"))


class _Blobs:
    """Contents by their ids, from one process of git."""

    def __init__(self, git: Git) -> None:
        self._process = git.open("cat-file", "--batch")

    def get(self, blob: str) -> bytes | None:
        """The content; None for what this copy of the repository lacks."""
        stream_in, stream_out = self._process.stdin, self._process.stdout
        if stream_in is None or stream_out is None:
            return None
        stream_in.write(blob.encode() + b"\n")
        stream_in.flush()
        header = stream_out.readline().split()
        if len(header) != 3:
            return None
        size = int(header[2])
        return stream_out.read(size + 1)[:size]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
