"""Commits as columns, and the bytes that they are kept as: one row in the database for many commits.

Words are kept by the CRC-32 of their text, ids of commits by their first 8 bytes, which git takes as an
abbreviation. Both can only be made to collide on purpose, and then a search finds a file too many.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

RENAMED = ord("R")
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Columns:
    """`n` commits. A commit's words and files are consecutive; `*_counts` says how many each has."""

    ids: NDArray[np.uint64]
    times: NDArray[np.int64]
    word_counts: NDArray[np.int64]
    words: NDArray[np.uint32]
    """Indexes into `keys`."""
    occurrences: NDArray[np.uint8]
    keys: NDArray[np.uint32]
    """CRC-32 of every word, ascending."""
    file_counts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    """Files that each commit changed, also where they are too many to be kept."""
    files: NDArray[np.uint32]
    """Indexes into `paths`."""
    kinds: NDArray[np.uint8]
    """git's status letter of every file."""
    before: NDArray[np.uint32]
    """Index of the path before, for the files that were renamed, in their order."""
    paths: tuple[bytes, ...]
    """Every path, ascending."""
    subjects: tuple[str, ...]


def no_columns() -> Columns:
    """No commit."""
    longs, numbers, small = np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint8)
    return Columns(
        ids=np.empty(0, np.uint64), times=longs, word_counts=longs, words=numbers, occurrences=small, keys=numbers,
        file_counts=longs, sizes=longs, files=numbers, kinds=small, before=numbers, paths=(), subjects=(),
    )  # fmt: skip


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    commits: int
    ids: bytes
    columns: tuple[tuple[str, bytes], ...]
    paths: bytes
    subjects: bytes


def id_prefix(commit: str) -> int:
    """The part of a commit's hexadecimal id that is kept."""
    return int(commit[: 2 * _ID_BYTES], 16)


def pack_columns(columns: Columns) -> bytes:
    """The columns as bytes, compressed."""
    packed = (
        np.diff(columns.times, prepend=0),
        columns.word_counts, columns.words, columns.occurrences, np.diff(columns.keys, prepend=np.uint32(0)),
        columns.file_counts, columns.sizes, columns.files, columns.kinds, columns.before,
    )  # fmt: skip
    return msgspec.msgpack.encode(
        _Packed(
            len(columns.ids),
            columns.ids.astype("<u8").tobytes(),
            tuple(_pack(column) for column in packed),
            zlib.compress(b"\0".join(columns.paths), 6),
            zlib.compress("\0".join(columns.subjects).encode("utf-8", "surrogatepass"), 6),
        )
    )


def unpack_columns(data: bytes) -> Columns:
    """The columns that were packed."""
    packed = msgspec.msgpack.decode(data, type=_Packed)
    columns = [_unpack(kind, raw) for kind, raw in packed.columns]
    paths = zlib.decompress(packed.paths)
    subjects = zlib.decompress(packed.subjects).decode("utf-8", "surrogatepass")
    return Columns(
        ids=np.frombuffer(packed.ids, "<u8").astype(np.uint64, copy=False),
        times=np.cumsum(columns[0], dtype=np.int64),
        word_counts=columns[1].astype(np.int64),
        words=columns[2].astype(np.uint32),
        occurrences=columns[3].astype(np.uint8),
        keys=np.cumsum(columns[4], dtype=np.uint32),
        file_counts=columns[5].astype(np.int64),
        sizes=columns[6].astype(np.int64),
        files=columns[7].astype(np.uint32),
        kinds=columns[8].astype(np.uint8),
        before=columns[9].astype(np.uint32),
        paths=tuple(paths.split(b"\0")) if paths else (),
        subjects=tuple(subjects.split("\0")) if packed.commits else (),
    )


def unpack_ids(data: bytes) -> list[int]:
    """Only the ids of the commits that were packed."""
    return np.frombuffer(msgspec.msgpack.decode(data, type=_Packed).ids, "<u8").tolist()


def as_integers(numbers: NDArray[Any]) -> list[int]:
    """The numbers as Python's own; numpy does not say what its lists hold."""
    return numbers.tolist()


def _pack(column: NDArray[Any]) -> tuple[str, bytes]:
    """The values in the narrowest type that holds them, its bytes apart by significance, compressed."""
    kind = "<u4"
    if len(column) and column.dtype.kind == "i" and int(column.min()) < 0:
        kind = "<i8"
    elif len(column):
        largest = int(column.max())
        kind = "<u1" if largest < 1 << 8 else "<u2" if largest < 1 << 16 else "<u4"
        if largest >= 1 << 32:
            kind = "<i8"
    narrow = column.astype(kind)
    apart = narrow.view(np.uint8).reshape(-1, narrow.itemsize).T
    return kind, zlib.compress(apart.tobytes(), 6)


def _unpack(kind: str, raw: bytes) -> NDArray[Any]:
    apart = np.frombuffer(zlib.decompress(raw), np.uint8)
    size = np.dtype(kind).itemsize
    return np.ascontiguousarray(apart.reshape(size, -1).T).view(kind).reshape(-1)
