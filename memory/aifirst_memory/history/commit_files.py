"""Which commits changed each file, by its name today, and how much a commit says about one of its files."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from aifirst_codebase.discovery.reading import printable_path
from numpy.typing import NDArray

from aifirst_memory.history.columns import Columns, as_integers
from aifirst_memory.history.follow_renames import follow_renames

_FOCUSED_FILES = 30
"""A commit that changes more files is sweeping: a move, a new formatting, an import."""


@dataclass(frozen=True, slots=True)
class CommitFiles:
    """Pairs of file and commit, by file, each file's newest commit first; no pair twice."""

    paths: tuple[str, ...]
    commits: NDArray[np.int64]
    shares: NDArray[np.float32]
    """How much of a commit's score goes to each of its files, by pair."""
    ends: NDArray[np.int64]
    counts: NDArray[np.int64]
    focused_counts: NDArray[np.int64]
    focused_commits: int
    last_times: NDArray[np.int64]
    focused: NDArray[np.bool_]
    """By commit: whether it is not sweeping."""
    share_of: NDArray[np.float32]
    """By commit: as `shares`."""
    files_of: NDArray[np.int64]
    """The files of each commit in turn; `first_file` says where they begin."""
    first_file: NDArray[np.int64]

    def span(self, path: int) -> slice:
        """Where a file's pairs are."""
        end = int(self.ends[path])
        return slice(end - int(self.counts[path]), end)

    def summed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sum of each file's pairs."""
        if not len(values):
            return np.zeros(len(self.paths), np.float32)
        return np.add.reduceat(values, self.ends - self.counts)

    def of_commits(self, commits: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The files of some commits, one commit after the other, and how many each has."""
        first = self.first_file.take(commits)
        sizes = self.first_file.take(commits + 1) - first
        ends = sizes.cumsum()
        taken = np.arange(int(ends[-1]) if len(ends) else 0)
        taken += (first - ends + sizes).repeat(sizes)
        return self.files_of.take(taken), sizes

    def of_paths(self, indexes: NDArray[np.int64]) -> CommitsOfPaths:
        """The commits of some paths only, in their order; an index of -1 has none."""
        known = np.flatnonzero(indexes >= 0)
        counts = self.counts[indexes[known]]
        starts = np.cumsum(counts) - counts
        first = self.ends[indexes[known]] - counts
        taken = np.repeat(first - starts, counts) + np.arange(int(counts.sum()))
        return CommitsOfPaths(len(indexes), known, starts, self.commits[taken], self.share_of)

    def together(self, path: int) -> tuple[int, NDArray[np.int64]]:
        """How many commits that are not sweeping changed a file, and how many of these each other file."""
        own = self.commits[self.span(path)]
        own = own[self.focused[own]]
        return len(own), np.bincount(self.of_commits(own)[0], minlength=len(self.paths))


@dataclass(frozen=True, slots=True)
class CommitsOfPaths:
    """The commits of some of the paths, laid out to bring many scores of commits to them."""

    size: int
    known: NDArray[np.intp]
    """The places of those that have commits."""
    starts: NDArray[np.int64]
    """Where the commits of each of these begin."""
    commits: NDArray[np.int64]
    share_of: NDArray[np.float32]
    """By commit: how much of its score goes to each of its files."""

    def summed(self, by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the commits of each path are worth together, each shared among its files; by place."""
        return self._reduced(np.add, by_commit)

    def highest(self, by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        """The largest share of a commit of each path; by place."""
        return self._reduced(np.maximum, by_commit)

    def _reduced(self, how: np.ufunc, by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        result = np.zeros(self.size, np.float32)
        if len(self.known):
            result[self.known] = how.reduceat((by_commit * self.share_of).take(self.commits), self.starts)
        return result


def pair_files(columns: Columns) -> CommitFiles:
    """The pairs of a history, newest commits first."""
    commits = len(columns.ids)
    owners = np.repeat(np.arange(commits, dtype=np.int64), columns.file_counts)
    paths, numbers = _live_paths(columns, follow_renames(columns))
    pairs = np.sort(numbers * max(commits, 1) + owners)
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    files, of_files = pairs // max(commits, 1), pairs % max(commits, 1)
    counts = np.bincount(files, minlength=len(paths))
    ends = np.cumsum(counts)
    sizes = np.maximum(columns.sizes, 1)
    focused = columns.sizes <= _FOCUSED_FILES
    # Less with the square root of the number of files, and once more in proportion beyond thirty.
    shares = (1 / np.sqrt(sizes) * np.minimum(1, _FOCUSED_FILES / sizes)).astype(np.float32)
    by_commit = np.argsort(of_files, kind="stable")
    return CommitFiles(
        paths=paths, commits=of_files, shares=shares[of_files], ends=ends, counts=counts,
        focused_counts=np.bincount(files[focused[of_files]], minlength=len(paths)),
        focused_commits=int(focused.sum()), last_times=_last_times(columns, files, of_files, focused, len(paths)),
        focused=focused, share_of=shares, files_of=files[by_commit],
        first_file=np.searchsorted(of_files[by_commit], np.arange(commits + 1)),
    )  # fmt: skip


def _live_paths(columns: Columns, followed: NDArray[np.int64]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The names that files have at the end of their renames, ascending, and each file's place among them."""
    if not len(followed):
        return (), followed
    held = np.bincount(followed, minlength=len(columns.paths)) > 0
    used, numbers = np.flatnonzero(held), (np.cumsum(held) - 1)[followed]
    named: list[str] = os.fsdecode(b"\0".join(columns.paths)).split("\0")
    names = [printable_path(named[i]) for i in as_integers(used)]
    places = {name: i for i, name in enumerate(sorted(set(names)))}
    to = np.fromiter(map(places.__getitem__, names), np.int64, len(names))
    return tuple(places), to[numbers]


def _last_times(
    columns: Columns,
    files: NDArray[np.int64],
    commits: NDArray[np.int64],
    focused: NDArray[np.bool_],
    count: int,
) -> NDArray[np.int64]:
    last = np.full(count, np.iinfo(np.int64).min, np.int64)
    chosen = focused[commits]
    np.maximum.at(last, files[chosen], columns.times[commits[chosen]])
    fallback = np.full(count, np.iinfo(np.int64).min, np.int64)
    np.maximum.at(fallback, files, columns.times[commits])
    return np.where(last == np.iinfo(np.int64).min, fallback, last)
