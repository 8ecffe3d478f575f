"""`aifirst model relevance` on a small project, and what `aifirst context` makes of another ranker."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command_run import Aifirst, environment

BODY = "".join(f"    value_{n} = read_{n}(source)\n    store_{n}(value_{n})\n" for n in range(8))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of sixty commits, each of which changes a line and says which."""
    root = tmp_path_factory.mktemp("ranked")

    text, stream = f"def work(source):\n{BODY}    return source\n", ""
    for n in range(61):
        message = f"Read value {(n - 1) % 8} from another place, change {n}"
        stream += f"commit refs/heads/main\ncommitter Ada <ada@example.org> {n} +0000\ndata {len(message)}\n{message}\n"
        stream += f"M 100644 inline work.py\ndata {len(text)}\n{text}\n"
        text = text.replace(f"read_{n % 8}(source", f"read_{n % 8}(source, {n}", 1)
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["fast-import", "--quiet"],
        ["reset", "-q", "--hard", "main"],
    ):
        given = stream.encode() if "fast-import" in arguments else b""
        subprocess.run(
            ["git", *arguments], cwd=root, input=given, check=True, capture_output=True, env=environment()
        )
    return root


@pytest.fixture(scope="module")
def relevance(project: Path) -> Aifirst:
    """The command in the project."""
    return Aifirst(project)


def test_a_ranker_of_ones_own_is_trained_and_measured_against_plain_ways(
    relevance: Aifirst, tmp_path: Path
) -> None:
    pytest.importorskip("lightgbm")
    out = tmp_path / "own.bin"
    trained = relevance("model", "relevance", "train", ".", "-o", out)
    assert (trained.code, trained.err) == (0, "")
    assert trained.out.startswith(f"{out}: learnt from ")
    measured = relevance("model", "relevance", "measure", ".", "--trees", out)
    assert measured.code == 0
    lines = measured.out.splitlines()
    assert lines[0].endswith("questions from commits")
    names = ["BM25", "BM25 with neighbours", "embedding with neighbours", "relevance"]
    assert [line[:28].strip() for line in lines[2:6]] == names
    assert float(lines[5][28:].split()[0]) > float(lines[3][28:].split()[0])


def test_too_little_to_learn_from_is_told(relevance: Aifirst, tmp_path: Path) -> None:
    ran = relevance("model", "relevance", "train", ".", "--commits", "3", "-o", tmp_path / "own.bin")
    assert ran.code == 2
    assert "too few to learn from" in ran.err
    assert not (tmp_path / "own.bin").exists()


def test_a_folder_without_git_is_told(tmp_path: Path) -> None:
    ran = Aifirst(tmp_path)("model", "relevance", "measure", ".")
    assert ran.code == 2
    assert "in no git repository" in ran.err


def test_a_damaged_ranker_is_told_and_a_context_goes_on_without(relevance: Aifirst, tmp_path: Path) -> None:
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"AFTREES1 and no more")
    given = {"AIFIRST_RELEVANCE": str(broken)}
    ran = relevance("context", "--file", "work.py", "read the value", env=given)
    assert ran.code == 0
    assert "def work(source)" in ran.out
    assert "no relevance model or damaged" in ran.err
    assert (
        "damaged" not in relevance("context", "--file", "work.py", "read it", "--no-relevance", env=given).err
    )
