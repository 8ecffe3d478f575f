"""Answers questions about the history from memory: search by message, files that change together, how often
and how lately a file changed.

A query is matched with the messages by BM25 (Robertson and Zaragoza 2009), commit by commit or with all messages of
a file as one text; what a commit scores goes to the files it changed, less the more files they are. Files are
numbered by `paths`, commits by their place in the history; dense arrays follow that.

Left out: what counts how much. Scores are given apart, for a ranker to weigh.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.products import products
from aifirst_memory.history.columns import Columns, as_integers, unpack_columns
from aifirst_memory.history.commit_files import CommitFiles, CommitsOfPaths, pair_files
from aifirst_memory.history.commit_words import CommitWords
from aifirst_memory.history.merge_columns import merge_columns
from aifirst_memory.history.stored import HistoryState, read_rows, read_state, transaction
from aifirst_memory.history.subject_vectors import load_subjects, subject_embedder

_DAY = 86_400.0
_K1, _B = 1.2, 0.75
_MOST_SAID = 0.2
"""Share of the messages from which on a word says nothing of a file."""
_FEW = 5
"""Messages that a word may stand in, however few there are."""
_MOST_WORDS = 24
_HALF_LIFE = 0.03


class PastCommit(msgspec.Struct, frozen=True):
    """A commit, for an explanation. `id` is abbreviated to 16 digits."""

    id: str
    time: int
    subject: str
    files: int


class CoChange(msgspec.Struct, frozen=True):
    """A file that changes together with another: in `commits` of its commits, which are `confidence` of them.

    `lift` says how many times more often than by chance. Sweeping commits are left out of all.
    """

    path: str
    commits: int
    confidence: float
    lift: float
    score: float
    """Commits in common over the geometric mean of both files' commits, less where they are few; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Together:
    """The files that change together with one, best first, by index of `HistoryReader.paths`."""

    own: int
    """The commits of the one file that are not sweeping."""
    others: NDArray[np.int64]
    commits: NDArray[np.int64]
    """Those that each has in common with it."""
    scores: NDArray[np.float64]
    """As in `CoChange`."""


class CommitSizes(NamedTuple):
    """By commit, but the last: how many of certain files it changed, whether it is not sweeping (1), how many are newer.

    `last_places` says by path how many commits are newer than the last that changed it, sweeping ones left out.
    """

    sizes: NDArray[np.float64]
    focused: NDArray[np.float64]
    places: NDArray[np.int64]
    last_places: NDArray[np.int64]


class HistoryReader:
    """The history in memory. `load` it, `refresh` it after the database changed; not shared while refreshing."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[bytes, Columns]] = {}
        self._subjects: NDArray[np.float32] | None = None
        self._take(None, merge_columns((), np.empty(0, np.int64)))

    @classmethod
    def load(cls, connection: sqlite3.Connection) -> HistoryReader:
        """The history that is stored; without any every score is 0 and every list empty."""
        reader = cls()
        reader.refresh(connection)
        return reader

    def refresh(self, connection: sqlite3.Connection) -> bool:
        """Take over what was stored since; whether that was anything. Rows that are known are not read again."""
        with transaction(connection, "BEGIN"):
            state = read_state(connection)
            if state is None or state == self._state:
                return False
            stored = read_rows(connection)
            self._subjects = (
                load_subjects(connection, state.positions, subject_embedder()) if stored else None
            )
        rows: dict[int, tuple[bytes, Columns]] = {}
        for batch, data in stored:
            known = self._rows.get(batch)
            rows[batch] = known if known is not None and known[0] == data else (data, unpack_columns(data))
        self._rows = rows
        self._take(state, merge_columns([columns for _, columns in rows.values()], state.positions))
        return True

    def _take(self, state: HistoryState | None, columns: Columns) -> None:
        self._state = state
        self._columns = columns
        for derived in ("_lengths", "newness"):
            self.__dict__.pop(derived, None)
        self._words = CommitWords(columns)
        self._files: CommitFiles = pair_files(columns)
        self.paths = self._files.paths
        """Every file of the history by its name today, also those that are gone; ascending."""
        self.path_index: dict[str, int] = {path: i for i, path in enumerate(self.paths)}

    @property
    def reason(self) -> str:
        """Why there is no history, or not all of it; empty where it is whole."""
        return self._state.reason if self._state else "The history was not read yet. Run aifirst index."

    @property
    def head(self) -> str:
        """The commit that the history was read to; empty where there is none."""
        return self._state.head if self._state else ""

    @property
    def now(self) -> int:
        """When HEAD was committed, in seconds since 1970, which ages count from."""
        return self._state.head_time if self._state else 0

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many commits changed each file."""
        return self._files.counts

    @property
    def focused_counts(self) -> NDArray[np.int64]:
        """How many commits of at most 30 files changed each file."""
        return self._files.focused_counts

    @property
    def last_times(self) -> NDArray[np.int64]:
        """When each file was last changed by a commit of at most 30 files, or else by any."""
        return self._files.last_times

    def __len__(self) -> int:
        """How many commits there are."""
        return len(self._columns.ids)

    def score_commits(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Score every commit by the words of a query in its message, each with its weight."""
        return self._words.score({_key(word): weight for word, weight in weights.items()})

    def score_messages(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Score every file by the words of a query in the messages of all commits that changed it, as one text.

        The heaviest words count, those that more than one message in five holds do not. A word is worth the rarer
        the fewer files it was said of.
        """
        heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]
        holding = self._words.holding([_key(word) for word, _ in heaviest])
        most = max(_MOST_SAID * len(self), _FEW)
        held = [
            (own, weight) for own, (_, weight) in zip(holding, heaviest, strict=True) if 0 < len(own) <= most
        ]
        paths = len(self.paths)
        if not held:
            return np.zeros(paths, np.float32)
        files = self._files
        commits = np.concatenate([own for own, _ in held]).astype(np.int64)
        words = np.repeat(np.arange(len(held)), [len(own) for own, _ in held])
        changed, sizes = files.of_commits(commits)
        pairs = np.repeat(words * paths, sizes)
        pairs += changed
        times = np.bincount(pairs, np.repeat(files.share_of[commits], sizes), minlength=len(held) * paths)
        said = np.flatnonzero(times > 0)
        firsts = np.arange(len(held) + 1) * paths
        spoken = np.diff(np.searchsorted(said, firsts))
        of_path = said - np.repeat(firsts[:-1], spoken)
        rarity = np.log1p((paths - spoken + 0.5) / (spoken + 0.5))
        factors = rarity * np.array([weight for _, weight in held])
        often = times.take(said)
        worth = np.repeat(factors, spoken) * often / (often + self._lengths.take(of_path))
        return np.bincount(of_path, worth, minlength=paths).astype(np.float32)

    @cached_property
    def _lengths(self) -> NDArray[np.float32]:
        """What BM25 holds against a file for being spoken of by many commits."""
        lengths = self.summed(np.ones(len(self), np.float32))
        mean = np.float32(lengths.mean()) if lengths.any() else np.float32(1)
        return np.float32(_K1) * (np.float32(1 - _B) + np.float32(_B) * lengths / mean)

    @cached_property
    def newness(self) -> NDArray[np.float32]:
        """By commit: 1 for the newest, half as much for every 3% of the history that are newer than it.

        Counted in commits, since projects move at different paces.
        """
        order = np.argsort(-self._columns.times, kind="stable")
        places = np.empty(len(self), np.float32)
        places[order] = np.arange(len(self), dtype=np.float32)
        return np.exp2(-places / np.float32(_HALF_LIFE * len(self) + 1))

    def commits_by_size(self, paths: NDArray[np.int64]) -> CommitSizes:
        """How many of these files each commit changed, and how far back it lies."""
        files, commits = self._files, len(self)
        counted = np.zeros(len(self.paths) + 1, np.float64)
        counted[paths] = 1
        owners = np.repeat(np.arange(commits), np.diff(files.first_file))
        sizes = np.bincount(owners, counted[files.files_of], minlength=commits).astype(np.float64)
        places = np.empty(commits, np.int64)
        places[np.argsort(-self._columns.times, kind="stable")] = np.arange(commits)
        last = np.full(len(self.paths), commits, np.int64)
        chosen = files.focused[owners]
        np.minimum.at(last, files.files_of[chosen], places[owners[chosen]])
        return CommitSizes(sizes, files.focused.astype(np.float64), places, last)

    def added_up(self, by_commit: NDArray[np.floating]) -> NDArray[np.float32]:
        """What the commits that changed a file are worth together, each in full; by path."""
        return self._files.summed(by_commit.astype(np.float32)[self._files.commits])

    def shared_with(self, index: int, by_commit: NDArray[np.float32]) -> NDArray[np.float64]:
        """By path: what the commits are worth that changed it and the file at an index too; nothing for that file."""
        own = self._files.commits[self._files.span(index)]
        own = own[by_commit[own] > 0]
        found = self.changed_by(own, by_commit[own])
        found[index] = 0
        return found

    def highest_of(self, indexes: NDArray[np.int64], by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        """The most that a commit which changed a file is worth, for each of the files at some indexes of `paths`."""
        return self._reduced(np.maximum, indexes, by_commit)

    def sums_of(self, indexes: NDArray[np.int64], by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the commits that changed a file are worth together, for each of the files at some indexes of `paths`."""
        return self._reduced(np.add, indexes, by_commit)

    def _reduced(
        self, reduce: np.ufunc, indexes: NDArray[np.int64], by_commit: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """By file at some indexes: what its commits are worth, made one figure."""
        files = self._files
        if not len(indexes):
            return np.zeros(0, np.float32)
        own = np.concatenate([files.commits[files.span(index)] for index in as_integers(indexes)])
        counts = files.counts[indexes]
        return reduce.reduceat(by_commit.take(own), np.cumsum(counts) - counts)

    def changed_by(self, commits: NDArray[np.int64], worth: NDArray[np.floating]) -> NDArray[np.float64]:
        """By path: what those of some commits are worth together that changed it."""
        changed, sizes = self._files.of_commits(commits)
        return np.bincount(changed, np.repeat(worth, sizes), minlength=len(self.paths)).astype(np.float64)

    def by_age(self, half_life_days: float) -> NDArray[np.float32]:
        """By commit: half as much for every so many days that it is older than HEAD."""
        ages = np.maximum(self.now - self._columns.times, 0) / _DAY
        return np.exp2(-ages / half_life_days).astype(np.float32)

    def holding(self, words: Iterable[str]) -> NDArray[np.float32]:
        """By commit: 1 where its message holds one of the words, as they are indexed."""
        found = np.zeros(len(self), np.float32)
        for own in self._words.holding([_key(word) for word in words]):
            found[own] = 1
        return found

    def together_in(self, index: int, by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        """By path: how much of what a file's own commits are worth goes to commits that changed the other file too.

        A commit is worth `by_commit`, less the more files it changed; sweeping ones nothing.
        """
        files = self._files
        own = files.commits[files.span(index)]
        own = own[files.focused[own]]
        changed, sizes = files.of_commits(own)
        worth = by_commit[own] / np.sqrt(np.maximum(sizes - 1, 1))
        shares = np.bincount(changed, np.repeat(worth, sizes), minlength=len(self.paths))
        shares[index] = 0
        return (shares / (worth.sum() + 1e-3)).astype(np.float32)

    def summed(self, by_commit: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the commits that changed a file are worth together, each shared among its files; by path."""
        files = self._files
        return files.summed((by_commit * files.share_of).take(files.commits))

    def likeness(self, text: str) -> NDArray[np.float32]:
        """How much the subject of each commit means what the text says, 0 to 1; by place in the history."""
        rows = self._subjects
        if rows is None:
            return np.zeros(len(self), np.float32)
        return np.maximum(products(rows, subject_embedder().embed_texts([text])[0]), 0)

    def commits_of_paths(self, indexes: NDArray[np.int64]) -> CommitsOfPaths:
        """What `summed` and `highest` need for some indexes of `paths` only, -1 for none; holds until a refresh."""
        return self._files.of_paths(indexes)

    def message_counts(self, words: Sequence[str]) -> dict[str, int]:
        """In how many messages each word stands."""
        return dict(zip(words, self._words.counts([_key(word) for word in words]), strict=True))

    def explain(self, by_commit: NDArray[np.float32], path: str) -> PastCommit | None:
        """The commit that scored a file best, of what each commit scores; None where none did."""
        index = self.path_index.get(path)
        if index is None:
            return None
        span = self._files.span(index)
        shares = by_commit[self._files.commits[span]] * self._files.shares[span]
        if not shares.any():
            return None
        return self._past(int(self._files.commits[span][int(shares.argmax())]))

    def changes_with(self, path: str, k: int = 10) -> list[CoChange]:
        """The files that change together with this one, best first; pairs seen once only are left out."""
        index = self.path_index.get(path)
        if index is None:
            return []
        files = self._files
        found = self.together_with(index, k)
        own, theirs = found.own, files.focused_counts[found.others]
        return [
            CoChange(
                self.paths[int(found.others[i])], int(common), float(common / own),
                float(common * files.focused_commits / (own * theirs[i])), float(found.scores[i]),
            )
            for i, common in enumerate(found.commits)
        ]  # fmt: skip

    def together_with(self, index: int, k: int) -> Together:
        """The same for the file at an index of `paths`, as arrays."""
        files = self._files
        own, together = files.together(index)
        together[index] = 0
        others = (together >= 2).nonzero()[0]
        common, theirs = together[others], files.focused_counts[others]
        scores = common / (np.sqrt(own * theirs.astype(np.float64)) + 2.0)
        order = np.argsort(-scores, kind="stable")[:k]  # `others` ascend: of equal ones the first
        return Together(own, others[order], common[order], scores[order])

    def frequency(self, path: str) -> int:
        """How many commits changed a file, under the names it had."""
        index = self.path_index.get(path)
        return 0 if index is None else int(self.counts[index])

    def recency(self, path: str, now: int | None = None) -> float | None:
        """Days since a file was last changed, sweeping commits left out where it has others; None: never."""
        index = self.path_index.get(path)
        if index is None:
            return None
        return max(0, (self.now if now is None else now) - int(self.last_times[index])) / _DAY

    def commits_of(self, path: str, k: int = 10) -> list[PastCommit]:
        """The newest commits that changed a file."""
        index = self.path_index.get(path)
        if index is None:
            return []
        return [self._past(commit) for commit in self._files.commits[self._files.span(index)][:k].tolist()]

    def _past(self, commit: int) -> PastCommit:
        columns = self._columns
        return PastCommit(
            f"{int(columns.ids[commit]):016x}", int(columns.times[commit]), columns.subjects[commit],
            int(columns.sizes[commit]),
        )  # fmt: skip


def _key(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace"))
