"""What was made of each file, a line a file, so that a run that was cut goes on where it stopped.

The first line says how the pairs are made; a journal of another way is refused. A line without its end, as a kill leaves
one, is cut off. Nothing reads a journal but the command that writes it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from aifirst_model.aiccl.codec import CodecError
from aifirst_model.aiccl.pair import DroppedPiece, Pair


class Way(msgspec.Struct, frozen=True):
    """What has to be the same for a journal to be gone on with."""

    version: int
    threshold: float
    least: int
    most: int
    whole: int


class FileDone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file's pairs and what was left out of it. `key` is its project, path and digest; `seconds` are of the CPU."""

    key: str
    language: str
    pairs: tuple[Pair, ...] = ()
    dropped: tuple[DroppedPiece, ...] = ()
    seconds: float = 0.0


def append_line(stream: BinaryIO, path: Path, line: bytes) -> None:
    """Append a line and hand it to the system. Raises `CodecError` where the disk does not take it."""
    try:
        stream.write(line + b"\n")
        stream.flush()
    except OSError as error:
        with contextlib.suppress(OSError):
            stream.close()  # it would try once more to write what it holds
        raise CodecError(
            f"{path} cannot be written: {error.strerror or error}", "make room, then run it again"
        ) from error


class Journal:
    """Opens or makes the journal in a folder; use as a context manager."""

    def __init__(self, folder: Path, way: Way) -> None:
        """Raises `CodecError` where the folder cannot be written, or its journal is of another way."""
        self.path = folder / "journal.jsonl"
        self.done: dict[str, int] = {}
        """The pairs of each file that is done, by its key."""
        self.by_language: dict[str, int] = {}
        self._encoder = msgspec.json.Encoder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._stream: BinaryIO = self.path.open("a+b")
        except OSError as error:
            raise CodecError(
                f"{self.path} cannot be written: {error.strerror or error}", "give another folder with -o"
            ) from error
        try:
            self._resume(way)
        except BaseException:
            self._stream.close()
            raise

    def _resume(self, way: Way) -> None:
        self._stream.seek(0)
        first = self._stream.readline()
        if not first.endswith(b"\n"):
            self._stream.truncate(0)
            self._stream.write(self._encoder.encode(way) + b"\n")
            self._stream.flush()
            return
        if first.rstrip() != self._encoder.encode(way):
            raise CodecError(
                f"{self.path} was begun in another way", "remove that folder, or give the options of before"
            )
        end = self._stream.tell()
        for line in self._stream:
            if not line.endswith(b"\n"):
                self._stream.truncate(end)
                break
            end += len(line)
            try:
                self._count(msgspec.json.decode(line, type=FileDone))
            except msgspec.DecodeError as error:
                raise CodecError(f"{self.path} was changed ({error})", "remove that folder") from None

    def _count(self, file: FileDone) -> None:
        self.done[file.key] = len(file.pairs)
        self.by_language[file.language] = self.by_language.get(file.language, 0) + len(file.pairs)

    def write(self, file: FileDone) -> None:
        """Append what was made of a file; it is on its way to the disk when this returns. Raises `CodecError`."""
        append_line(self._stream, self.path, self._encoder.encode(file))
        self._count(file)

    def files(self) -> Iterator[FileDone]:
        """All that were done, in the order they were."""
        decoder = msgspec.json.Decoder(FileDone)
        with self.path.open("rb") as stream:
            stream.readline()
            for line in stream:
                yield decoder.decode(line)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
