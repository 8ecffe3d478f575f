"""A git repository for the tests of the history, made with git itself and with nobody's configuration."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from aifirst_memory.history.dump import dump
from aifirst_memory.history.reader import HistoryReader
from aifirst_memory.history.settings import HistorySettings
from aifirst_memory.history.update import SCHEMA, HistoryStatus, update_history

START = 1_735_689_600
"""When the first commit is made; each one after it a minute later, unless a test says otherwise."""


class Repository:
    """Runs git in a folder; the clock goes on by itself."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, *, create: bool = True) -> None:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        self.root = root
        self.clock = START
        self.step = 60
        root.mkdir(parents=True, exist_ok=True)
        if create:
            self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str | bytes, stdin: bytes = b"") -> str:
        """Run git here; what it writes, stripped."""
        self.clock += self.step
        person = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": f"{self.clock} +0000"}
        environment = os.environ | {
            f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()
        }
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", "-c", "commit.gpgSign=false", *arguments],
            cwd=self.root, env=environment, input=stdin, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8", "replace").strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files below the root."""
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def commit(self, message: str | bytes, files: dict[str, str] | None = None, *options: str) -> str:
        """Write files, add everything, commit; the commit's id."""
        self.write(files or {})
        self.git("add", "-A")
        text = message.encode() if isinstance(message, str) else message
        self.git(
            "commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", *options, "-F", "-",
            stdin=text,
        )  # fmt: skip
        return self.git("rev-parse", "HEAD")


def open_database() -> sqlite3.Connection:
    """An empty database with the tables of the history."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    return connection


class Index:
    """A database that follows a folder."""

    def __init__(self, root: Path, settings: HistorySettings | None = None) -> None:
        self.root = root
        self.settings = settings or HistorySettings()
        self.connection = open_database()

    def update(self) -> HistoryStatus:
        """Bring it up to date."""
        return update_history(self.connection, self.root, self.settings)

    def lines(self) -> list[str]:
        """What it holds."""
        return list(dump(self.connection))

    def anew(self) -> list[str]:
        """What an index holds that reads everything now."""
        fresh = Index(self.root, self.settings)
        fresh.update()
        return fresh.lines()

    def reader(self) -> HistoryReader:
        """Its reader, after an update."""
        self.update()
        return HistoryReader.load(self.connection)


def subjects(reader: HistoryReader, path: str) -> list[str]:
    """The subjects of the commits that changed a file, newest first."""
    return [commit.subject for commit in reader.commits_of(path, 100)]
