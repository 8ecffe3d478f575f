"""Commits, trees and blobs of a bare git directory, read without ever checking anything out.

One `git log` gives all commits with the files they changed; one `git cat-file --batch` process gives blobs.
Renames are not followed: a moved file counts as one removed and one added.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple

_FORMAT = "%x1e%H%x1f%P%x1f%ct%x1f%an%x1f%B%x1f"


class Change(NamedTuple):
    """One file that a commit changed; `status` is git's letter: M modified, A added, D deleted, T retyped."""

    status: str
    path: str


class Commit(NamedTuple):
    """A commit with its message and what it changed against its first parent (nothing for a merge)."""

    sha: str
    parents: tuple[str, ...]
    time: int
    author: str
    message: str
    changes: tuple[Change, ...]

    @property
    def date(self) -> str:
        """The day it was committed, in UTC, as YYYY-MM-DD."""
        return datetime.fromtimestamp(self.time, UTC).date().isoformat()


class GitHistory:
    """The history of one bare git directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reader: subprocess.Popen[bytes] | None = None

    def git(self, *arguments: str) -> str:
        """What a git command prints; raises `CalledProcessError` where it fails."""
        command = ["git", "--git-dir", str(self.folder), "-c", "core.quotePath=false", *arguments]
        output = subprocess.run(command, check=True, capture_output=True).stdout
        return output.decode("utf-8", "replace")

    @cached_property
    def commits(self) -> dict[str, Commit]:
        """Every commit reachable from HEAD by its hash, newest first."""
        text = self.git("log", "--topo-order", "--no-renames", "--name-status", f"--format={_FORMAT}", "HEAD")
        return {commit.sha: commit for commit in map(_parse_commit, text.split("\x1e")[1:])}

    def recent(self, count: int) -> list[Commit]:
        """The `count` commits of HEAD's history that were committed last, newest first."""
        return sorted(self.commits.values(), key=lambda commit: (-commit.time, commit.sha))[:count]

    def ancestors(self, sha: str) -> set[str]:
        """The commit and everything reachable from it."""
        found = {sha}
        waiting = [sha]
        while waiting:
            for parent in self.commits[waiting.pop()].parents:
                if parent not in found and parent in self.commits:
                    found.add(parent)
                    waiting.append(parent)
        return found

    def tree(self, sha: str) -> dict[str, str]:
        """The blob of every regular file of a commit, by path."""
        entries = self.git("ls-tree", "-r", "-z", sha).split("\0")
        found: dict[str, str] = {}
        for entry in entries:
            facts, _, path = entry.partition("\t")
            if facts.startswith("100"):
                found[path] = facts.split(" ")[2]
        return found

    def blobs(self, shas: list[str]) -> Iterator[bytes | None]:
        """The contents of blobs, in order; None for one that this copy of the repository lacks."""
        stream_in, stream_out = self._streams()
        for sha in shas:
            stream_in.write(sha.encode() + b"\n")
            stream_in.flush()
            header = stream_out.readline().split()
            if header[-1] == b"missing":
                yield None
                continue
            size = int(header[2])
            data = stream_out.read(size + 1)
            yield data[:size]

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._reader is None:
            command = ["git", "--git-dir", str(self.folder), "cat-file", "--batch"]
            self._reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        return self._reader.stdin, self._reader.stdout

    def close(self) -> None:
        """End the process that reads blobs."""
        if self._reader is not None:
            self._reader.communicate()
            self._reader = None


def _parse_commit(text: str) -> Commit:
    sha, parents, time, author, message, changed = text.split("\x1f", 5)
    lines = [line.split("\t") for line in changed.strip().splitlines()]
    changes = tuple(Change(line[0][:1], line[-1]) for line in lines)
    return Commit(sha, tuple(parents.split()), int(time), author, message.strip(), changes)
