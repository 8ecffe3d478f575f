"""Puts the commits of a log into columns, one at a time."""

from __future__ import annotations

import zlib
from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.columns import Columns, id_prefix
from aifirst_memory.history.log_commit import LogCommit
from aifirst_memory.history.message_words import message_words, subject_of

_MOST_FILES = 1000
"""A commit with more files says nothing about any; its renames still do."""


class _Numbers(dict[Any, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, thing: Any) -> int:
        number = self[thing] = len(self)
        return number


class ColumnsBuilder:
    """Collects commits, newest first."""

    def __init__(self) -> None:
        self._ids = array("Q")
        self._times = array("q")
        self._word_counts = array("q")
        self._words = array("q")
        self._occurrences = array("B")
        self._word_numbers = _Numbers()
        self._file_counts = array("q")
        self._sizes = array("q")
        self._files = array("q")
        self._kinds = bytearray()
        self._before = array("q")
        self._path_numbers = _Numbers()
        self._subjects: list[str] = []

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> list[int]:
        """The ids collected so far."""
        return self._ids.tolist()

    def add(self, commit: LogCommit, *, with_files: bool = True) -> None:
        """Add a commit; without files where what it changed is not known."""
        counted = message_words(commit.message)
        self._ids.append(id_prefix(commit.id))
        self._times.append(commit.time)
        self._word_counts.append(len(counted))
        self._words.extend(map(self._word_numbers.__getitem__, counted))
        self._occurrences.extend(counted.values())
        self._subjects.append(subject_of(commit.message))
        changes = commit.changes if with_files else ()
        self._sizes.append(len(changes))
        if len(changes) > _MOST_FILES:
            changes = [change for change in changes if change[2]]
        self._file_counts.append(len(changes))
        number = self._path_numbers.__getitem__
        for kind, path, before in changes:
            self._kinds += kind
            self._files.append(number(path))
            if before:
                self._before.append(number(before))

    def build(self) -> Columns:
        """The columns, words and paths in ascending order."""
        hashes = np.fromiter(
            (zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in self._word_numbers), np.uint32
        )
        keys, key_of = np.unique(hashes, return_inverse=True)
        paths = sorted(self._path_numbers)
        path_of = np.empty(len(paths), np.uint32)
        path_of[np.fromiter((self._path_numbers[path] for path in paths), np.int64, len(paths))] = np.arange(
            len(paths), dtype=np.uint32
        )
        counts = _of(self._word_counts, np.int64)
        words = key_of.astype(np.uint32)[_of(self._words, np.int64)]
        words, occurrences = _sorted_words(counts, words, _of(self._occurrences, np.uint8))
        return Columns(
            ids=_of(self._ids, np.uint64), times=_of(self._times, np.int64), word_counts=counts,
            words=words, occurrences=occurrences, keys=keys,
            file_counts=_of(self._file_counts, np.int64), sizes=_of(self._sizes, np.int64),
            files=path_of[_of(self._files, np.int64)], kinds=np.frombuffer(bytes(self._kinds), np.uint8),
            before=path_of[_of(self._before, np.int64)], paths=tuple(paths), subjects=tuple(self._subjects),
        )  # fmt: skip


def _of(numbers: array[int], kind: type[Any]) -> NDArray[Any]:
    return np.frombuffer(numbers.tobytes(), kind) if len(numbers) else np.empty(0, kind)


def _sorted_words(
    counts: NDArray[np.int64], words: NDArray[np.uint32], occurrences: NDArray[np.uint8]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Every commit's words in ascending order, which also compresses better."""
    commits = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    order = np.argsort((commits << 32) | words, kind="stable")
    return words[order], occurrences[order]
