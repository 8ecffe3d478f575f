"""Cuts a file of samples into chunks by count or by size, for places that take no larger file.

Lines go through as they are, one at a time, so a file of any size takes little memory. The folder with all chunks and the
summary, which names every chunk with its count and sum, is there when it is whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.lines import numbered_lines
from aifirst_model.dataset.record import Sample, sample_id

UPLOAD_LIMIT: Final = 31_000_000
"""Bytes that the places meant here take at most; a chunk by size is well below unless one line is not."""
SUMMARY: Final = "summary.json"
_TOLD_EVERY: Final = 10_000


class ChunkSettings(msgspec.Struct, frozen=True):
    """Either `count` lines a chunk or at most `size` bytes; the other is 0.

    `strict` stops at a line that is neither a sample nor a trial, which has an id; otherwise such
    lines are passed over and counted. Every `id_every`-th line's id is put into the summary, 0 for none.
    """

    count: int = 0
    size: int = 0
    strict: bool = True
    id_every: int = 0


class Chunk(msgspec.Struct, frozen=True):
    """One file; `first` and `last` are the lines of the source that begin and end it."""

    name: str
    samples: int
    bytes: int
    sha256: str
    first: int
    last: int


class ChunkSummary(msgspec.Struct, frozen=True):
    """What was cut; `ids` are those of the sampled lines, by their numbers. `told` says what a person should know."""

    version: int
    source: str
    samples: int
    passed_over: int
    chunks: tuple[Chunk, ...]
    ids: dict[str, str] = {}
    told: tuple[str, ...] = ()


def cut_file(
    source: Path, folder: Path, settings: ChunkSettings, progress: Callable[[int], None] | None = None
) -> ChunkSummary:
    """Cut `source` into `folder`, which has to be new or empty, and return the summary. Raises `DatasetError`."""
    return cut_files({"": source}, folder, settings, progress)[0]


def cut_files(
    sources: Mapping[str, Path],
    folder: Path,
    settings: ChunkSettings,
    progress: Callable[[int], None] | None = None,
) -> list[ChunkSummary]:
    """Cut each file into a folder of its name below `folder`; "" is `folder` itself.

    `folder` has to be new or empty, and is there only when all is cut. Raises `DatasetError`.
    """
    if bool(settings.count) == bool(settings.size):
        raise DatasetError("it is not said how to cut", "give either --count or --size")
    part = folder.with_name(f"{folder.name}.part")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DatasetError(f"{folder} is not empty", "give another folder with -o")
        shutil.rmtree(part, ignore_errors=True)
        summaries = [_cut(source, part / name, settings, progress) for name, source in sources.items()]
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        raise DatasetError(
            f"{folder} cannot be written: {error.strerror or error}",
            "make room or give another folder with -o",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return summaries


def _cut(
    source: Path, folder: Path, settings: ChunkSettings, progress: Callable[[int], None] | None
) -> ChunkSummary:
    folder.mkdir(parents=True)
    summary = _Cutting(source, folder, settings, progress).run()
    (folder / SUMMARY).write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=1) + b"\n")
    return summary


class _Cutting:
    """One run: the chunks so far and what was counted."""

    def __init__(
        self, source: Path, folder: Path, settings: ChunkSettings, progress: Callable[[int], None] | None
    ) -> None:
        self._source, self._folder, self._settings, self._progress = source, folder, settings, progress
        self._decoder = msgspec.json.Decoder(Sample)
        self._heads = msgspec.json.Decoder(_Head)
        self._chunks: list[Chunk] = []
        self._ids: dict[str, str] = {}
        self._passed_over = 0
        self._told: list[str] = []

    def run(self) -> ChunkSummary:
        """Write all chunks."""
        chunk: _ChunkWriter | None = None
        try:
            for number, line in self._lines():
                if chunk is not None and self._is_full(chunk, len(line)):
                    self._chunks.append(chunk.close())
                    chunk = None
                if chunk is None:
                    chunk = _ChunkWriter(
                        self._folder / f"{self._source.stem}-{len(self._chunks) + 1:05d}.jsonl", number
                    )
                chunk.write(line, number)
            if chunk is not None:
                self._chunks.append(chunk.close())
                chunk = None
        finally:
            if chunk is not None:
                chunk.give_up()
        return ChunkSummary(
            1, self._source.name, sum(one.samples for one in self._chunks), self._passed_over, tuple(self._chunks),
            self._ids, tuple(self._told),
        )  # fmt: skip

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Lines that are samples, each with an end."""
        for number, line in numbered_lines(self._source):
            name = self._id_of(line, number)
            if name is None:
                self._passed_over += 1
                continue
            if self._settings.id_every and number % self._settings.id_every == 0:
                self._ids[str(number)] = name
            if self._progress is not None and number % _TOLD_EVERY == 0:
                self._progress(number)
            yield number, line if line.endswith(b"\n") else line + b"\n"

    def _id_of(self, line: bytes, number: int) -> str | None:
        """The id of what a line holds: a sample, or an object of another kind, which may have one of its own."""
        try:
            head = self._heads.decode(line)
            return head.id if head.kind is None and head.id else sample_id(self._decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if self._settings.strict:
                raise DatasetError(
                    f"{self._source}:{number} is no sample: {error}",
                    "mend that line, or pass over such lines with --no-strict",
                ) from None
            return None

    def _is_full(self, chunk: _ChunkWriter, more: int) -> bool:
        if self._settings.count:
            return chunk.samples >= self._settings.count
        if more > self._settings.size and f"line {more}" not in self._told:
            self._told.append(
                f"a line of {more} bytes is larger than a chunk may be: its chunk is that large"
            )
        return chunk.bytes + more > self._settings.size


class _Head(msgspec.Struct):
    """What is looked at of a line first; samples have a kind, trials an id."""

    kind: object = None
    id: str = ""


class _ChunkWriter:
    """A chunk that takes its name when it is whole."""

    def __init__(self, path: Path, first: int) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._stream: BinaryIO = self._part.open("wb")
        self._sum = hashlib.sha256()
        self._first = self._last = first
        self.samples = self.bytes = 0

    def write(self, line: bytes, number: int) -> None:
        """Append a line."""
        self._stream.write(line)
        self._sum.update(line)
        self._last = number
        self.samples += 1
        self.bytes += len(line)

    def close(self) -> Chunk:
        """Give the chunk its name."""
        with self._stream as stream:
            stream.flush()
            os.fsync(stream.fileno())
        self._part.replace(self._path)
        return Chunk(
            self._path.name, self.samples, self.bytes, self._sum.hexdigest(), self._first, self._last
        )

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._stream.close()
        self._part.unlink(missing_ok=True)
