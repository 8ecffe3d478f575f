"""Runs the installed `aifirst` as a person's shell would, in a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from command_run import Aifirst, Write, environment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty project; the `.git` keeps settings of folders further up out."""
    place = tmp_path / "project"
    (place / ".git").mkdir(parents=True)
    return place


@pytest.fixture
def aifirst(folder: Path) -> Aifirst:
    """The command in the project."""
    return Aifirst(folder)


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a file of the project."""

    def write_file(name: str, text: str | bytes) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write_file


@pytest.fixture
def git(folder: Path) -> Callable[..., str]:
    """Git in the project, which becomes a repository with one branch, main."""
    (folder / ".git").rmdir()

    def run(*arguments: str) -> str:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True,
            env=environment(),
        )  # fmt: skip
        return done.stdout

    run("init", "-q", "-b", "main")
    return run
