"""Reads commits from one `git log` process, while it is still writing.

Between commits and between files stand NULs, which neither a message nor a path can hold, so that no
commit can pass for another. Renames are found by git, which costs 5 % more than a log without them.

Git is held to some 50 MB of memory instead of several hundred; it takes no longer for that.

Left out: merges, whose changes are those of their commits; submodules, which are no files of the project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from aifirst_codebase.git import Git, GitStream

from aifirst_memory.history.log_commit import LogCommit

_ID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST_TOKEN = 1 << 16
"""Bytes kept of a message; far more than is indexed."""

_LOG = (
    "-c", "log.showRoot=true", "-c", "core.deltaBaseCacheLimit=8m", "-c", "core.packedGitWindowSize=1m",
    "-c", "core.packedGitLimit=8m", "log", "-z", "--no-merges", "--encoding=UTF-8",
    "--format=tformat:%H%x00%ct%x00%B", "--name-status", "-l400", "-O/dev/null", "--no-ext-diff",
    "--no-textconv", "--no-color", "--no-show-signature", "--no-notes", "--no-decorate", "--no-mailmap",
    "--no-follow", "--ignore-submodules=all", "--relative",
)  # fmt: skip
FOLDER_LIMIT = ("--full-history", "--", ".")
"""Limits a log to the folder that git runs in, for a project that is not the top of its repository."""


class LogReader:
    """One reading of the log. Iterate over it for commits, newest first, then look at how it ended."""

    def __init__(
        self,
        git: Git,
        *,
        within: Sequence[str],
        exact_renames: bool,
        seconds: float,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """`within` limits the log to a folder (`FOLDER_LIMIT`). With `exact_renames` only files moved
        without a change count as renamed, which needs no contents: a partial clone lacks them.
        """
        self._git = git
        self._within = within
        self._similar = "-M100%" if exact_renames else "-M"
        self._seconds = seconds
        self._cancelled = cancelled
        self.complete = False
        self.was_cancelled = False
        self.timed_out = False

    def newest(self, head: str, count: int) -> Iterator[LogCommit]:
        """The newest commits that a commit reaches, in the order of `list_commits`."""
        return self._read((f"--max-count={count}", head, *self._within), b"")

    def named(self, ids: Sequence[str]) -> Iterator[LogCommit]:
        """These commits, in this order."""
        return self._read(("--no-walk=unsorted", "--stdin", *self._within), "\n".join(ids).encode() + b"\n")

    def _read(self, arguments: Sequence[str], stdin: bytes) -> Iterator[LogCommit]:
        stream = GitStream(
            self._git,
            (*_LOG, self._similar, *arguments),
            stdin=stdin,
            seconds=self._seconds,
            cancelled=self._cancelled,
        )
        with stream:
            last: LogCommit | None = None
            for commit in parse_log(stream):
                if last is not None:
                    yield last
                last = commit
            self.complete = stream.succeeded
            self.was_cancelled, self.timed_out = stream.was_cancelled, stream.timed_out
            # A log that was cut off may have lost files of its last commit.
            if last is not None and self.complete:
                yield last


def list_commits(git: Git, head: str, count: int, within: Sequence[str]) -> list[str]:
    """The ids of the newest commits that `head` reaches, as a new log would order them."""
    listed = git.run("rev-list", "--no-merges", f"--max-count={count}", head, *within)
    return listed.decode("ascii", "replace").split()


def parse_log(pieces: Iterable[bytes]) -> Iterator[LogCommit]:
    """The commits of a log in the format above, given in pieces that end anywhere."""
    tokens = _tokens(pieces)
    found = next(tokens, b"")
    while _ID.fullmatch(found):
        commit, time, message = found, next(tokens, b""), next(tokens, b"")
        changes: list[tuple[bytes, bytes, bytes]] = []
        for status in tokens:
            if len(status) >= 40:
                found = status
                break
            letter = status.lstrip(b"\n")[:1]
            path = next(tokens, b"")
            if letter in b"RC":
                before, path = path, next(tokens, b"")
                changes.append((b"R", path, before) if letter == b"R" else (b"A", path, b""))
            else:
                changes.append((letter, path, b""))
        else:
            found = b""
        yield LogCommit(commit.decode("ascii"), seconds_of(time), message, tuple(changes))


def seconds_of(time: bytes) -> int:
    """A commit may claim any time; what no clock can show counts as none."""
    return int(time) if time.isdigit() and len(time) <= 11 else 0


def _tokens(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What ends with a NUL. A part of more than 64 KiB, which only a message can be, loses its end."""
    begun = b""
    for piece in pieces:
        first, *more = piece.split(b"\0")
        if len(begun) < _LONGEST_TOKEN:
            begun += first
        if more:
            yield begun
            yield from more[:-1]
            begun = more[-1]
