"""What the ranker learns from: comments that are taken out, and lines that commits changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_model.relevance.comment_questions import comment_questions
from aifirst_model.relevance.commit_questions import changed_lines, commit_questions
from aifirst_model.relevance.project_questions import Wanted, collect_questions

SOURCE = b'''def send(message, retries):
    """Send it."""
    parts = split(message)
    # wait longer after every failure, up to
    # the limit of the settings
    delay = min(retries * STEP, LIMIT)
    sleep(delay)

    connection = connect()
    # TODO: close it again some day
    connection.write(parts)
    for part in parts:
        log(part)
    print("sent the message")
    return connection
'''


def reading_of(data: bytes, path: str = "a.py") -> Reading:
    source = decode_source(path, data)
    language = language_of(path, source.data)
    assert language is not None
    return read(source, language, get_counter("o200k_base"))


def test_a_comment_asks_for_the_lines_below_it_and_is_taken_out() -> None:
    (question,) = comment_questions(reading_of(SOURCE))
    assert question.asked == "wait longer after every failure, up to the limit of the settings"
    assert [question.lines[at].strip() for at in question.wanted] == [
        b"delay = min(retries * STEP, LIMIT)",
        b"sleep(delay)",
    ]
    assert not any(b"wait longer" in line or b"the limit of" in line for line in question.lines)
    assert question.kind == "comment"
    assert question.unit == "send"


def test_lines_that_a_commit_replaced_removed_or_stood_around_matter() -> None:
    before = [b"a", b"b", b"c", b"d", b"e", b"f"]
    assert changed_lines(before, [b"a", b"B", b"c", b"d", b"e", b"f"]) == [1]
    assert changed_lines(before, [b"a", b"b", b"d", b"e", b"f"]) == [2]
    assert changed_lines(before, [b"a", b"b", b"c", b"new", b"d", b"e", b"f"]) == [2, 3]
    assert changed_lines(before, before) == []


def test_a_commit_asks_once_for_each_unit_that_it_changed() -> None:
    after = SOURCE.replace(b"retries * STEP", b"retries ** STEP")
    (question,) = commit_questions("Wait longer", reading_of(SOURCE), after)
    assert [question.lines[at].strip() for at in question.wanted] == [b"delay = min(retries * STEP, LIMIT)"]
    assert question.unit == "send"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two commits: one that adds a file, one that changes a line of it."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", tmp_path, *arguments], check=True, capture_output=True)

    git("init", "-q")
    for message, data in (
        ("Begin the program", SOURCE),
        ("Wait longer now", SOURCE.replace(b"LIMIT", b"LONGEST")),
    ):
        (tmp_path / "a.py").write_bytes(data)
        git("add", ".")
        git("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "-m", message)
    return tmp_path


def test_a_project_is_read_from_git_alone(project: Path) -> None:
    (project / "a.py").unlink()
    found = collect_questions(
        project, "own/project", lambda _, message: message.strip(), lambda path: path.endswith(".py")
    )
    assert [(one.kind, one.asked[:11], one.project) for one in found.questions] == [
        ("commit", "Wait longer", "own/project"), ("comment", "wait longer", "own/project"),
    ]  # fmt: skip
    assert b"LONGEST" in found.texts[0]
    fewer = collect_questions(project, "own/project", lambda _, __: "", lambda _: True, Wanted(comments=0))
    assert fewer.questions == []
