"""Samples that lie in several files, as one sequence: read in order or by number, without holding their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.record import Sample

_BUFFER = 1 << 20


class SampleStore:
    """The samples of files that this package wrote itself; a context manager that holds the files open.

    16 bytes a sample are held: where each begins.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._decoder = msgspec.json.Decoder(Sample)
        self._files: list[BinaryIO] = []
        self._open = ExitStack()
        self._starts: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._file_of: npt.NDArray[np.int32] = np.zeros(0, np.int32)

    def __enter__(self) -> SampleStore:
        starts: list[npt.NDArray[np.int64]] = []
        owners: list[npt.NDArray[np.int32]] = []
        for number, path in enumerate(self._paths):
            lengths: list[int] = []
            with path.open("rb", buffering=_BUFFER) as stream:
                lengths.extend(map(len, stream))
            begins = np.concatenate(([0], np.cumsum(np.array(lengths, np.int64))))[: len(lengths)]
            starts.append(begins.astype(np.int64))
            owners.append(np.full(len(lengths), number, np.int32))
            self._files.append(self._open.enter_context(path.open("rb")))
        if starts:
            self._starts, self._file_of = np.concatenate(starts), np.concatenate(owners)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Sample]:
        """All samples in order."""
        decode = self._decoder.decode
        for path in self._paths:
            with path.open("rb", buffering=_BUFFER) as stream:
                for line in stream:
                    yield decode(line)

    def at(self, number: int) -> Sample:
        """The sample of that number, from 0 on."""
        file = self._files[int(self._file_of[number])]
        file.seek(int(self._starts[number]))
        return self._decoder.decode(file.readline())
