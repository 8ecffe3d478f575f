"""Samples as lines of a file: read one after the other, written whole or not at all, a bad line told by its place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Literal

import msgspec

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.record import Sample

LONGEST_LINE: Final = 64 << 20
"""Bytes of one line; a longer one is no sample but a file without ends of lines."""

_BUFFER: Final = 1 << 20

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""What some editors begin a file with; it is no part of its first line."""


class _Head(msgspec.Struct):
    """What tells our lines from others'."""

    kind: object = None


def read_samples(
    path: Path,
    on_bad: Literal["stop", "tell"] = "stop",
    tell: Callable[[DatasetError], None] | None = None,
    *,
    other_form: Callable[[bytes], Sample] | None = None,
) -> Iterator[Sample]:
    """The samples of a file of JSON lines, one at a time; empty lines are passed over.

    `other_form` reads the lines that have no `kind`.

    A line that is no sample raises `DatasetError` with `path:line` and what is wrong; with `on_bad="tell"` that error is
    given to `tell`, and reading goes on. A file that cannot be read raises `DatasetError` either way.
    """
    decoder, heads = msgspec.json.Decoder(Sample), msgspec.json.Decoder(_Head)
    for number, line in numbered_lines(path):
        try:
            is_ours = other_form is None or heads.decode(line).kind is not None
            sample = decoder.decode(line) if is_ours or other_form is None else other_form(line)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            bad = DatasetError(
                f"{path}:{number} is no sample: {error}",
                "mend or remove that line",
            )
            if on_bad == "stop":
                raise bad from None
            if tell is not None:
                tell(bad)
            continue
        yield sample


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1 on, empty ones left out; raises `DatasetError`.

    A byte order mark is left out.
    """
    try:
        with path.open("rb", buffering=_BUFFER) as stream:
            number = 0
            while line := stream.readline(LONGEST_LINE):
                number += 1
                if number == 1:
                    line = line.removeprefix(BYTE_ORDER_MARK)
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    raise DatasetError(
                        f"{path}:{number} is longer than {LONGEST_LINE >> 20} MB",
                        "give a file of JSON lines, one sample a line",
                    )
                if line and not line.isspace():
                    yield number, line
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}", "check the path") from error


class SampleWriter:
    """Writes samples into a file that takes its name only when it is whole; use as a context manager.

    `samples`, `size` (bytes) and `sha256` tell what was written. An error inside the `with` leaves no file behind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.samples = self.size = 0
        self._sum = hashlib.sha256()
        self._encoder = msgspec.json.Encoder()
        self._part = path.with_name(f"{path.name}.part")
        self._pending = bytearray()
        self._stream: BinaryIO | None = None

    @property
    def sha256(self) -> str:
        """The sum of all that is written out, whole once the writer is closed."""
        return self._sum.hexdigest()

    def write(self, sample: Sample) -> None:
        """Append a sample; raises `DatasetError` where the disk does not take it."""
        try:
            self._pending += self._encoder.encode(sample)
        except UnicodeEncodeError:
            raise DatasetError(
                f"a sample of {sample.about.path or 'an unnamed place'} holds half a surrogate pair, no text",
                "decode the source as UTF-8 before samples are made of it",
            ) from None
        self._pending += b"\n"
        self.samples += 1
        if len(self._pending) >= _BUFFER:
            self._flush()

    def __enter__(self) -> SampleWriter:
        try:
            self._stream = self._part.open("wb", buffering=0)
        except OSError as error:
            raise _unwritable(self._part, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stream = self._stream
        assert stream is not None  # noqa: S101 -- entered before it is left
        try:
            if kind is None:
                self._flush()
                os.fsync(stream.fileno())
                stream.close()
                self._part.replace(self.path)
                return
        except OSError as failed:
            raise _unwritable(self.path, failed) from failed
        finally:
            stream.close()
            self._part.unlink(missing_ok=True)

    def _flush(self) -> None:
        assert self._stream is not None  # noqa: S101 -- only written to inside the `with`
        view = memoryview(bytes(self._pending))
        self._pending.clear()
        self._sum.update(view)
        self.size += len(view)
        try:
            while view:
                view = view[self._stream.write(view) :]
        except OSError as error:
            raise _unwritable(self.path, error) from error


def _unwritable(path: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"{path} cannot be written: {error.strerror or error}",
        "make room or give another folder, then run it again",
    )
