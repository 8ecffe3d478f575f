"""Where a dataset is made: a folder of what each step left, so that a run that was stopped goes on with its next step.

What a step leaves is named after the step and a digest of all it depends on, and counts only once its report is
there, which is written last. A step whose input or settings changed has another name: nothing stale is ever taken for
new.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.lines import SampleWriter
from aifirst_model.dataset.step_report import StepReport

VERSION: Final = "3"

Bytes = npt.NDArray[np.uint8]
"""What a step decided of every sample, a number each."""


def digest(*parts: object) -> str:
    """16 hexadecimal digits that stand for values: texts, numbers, structs, lists of them."""
    return hashlib.blake2b(msgspec.json.encode([VERSION, *parts], order="sorted"), digest_size=8).hexdigest()


class Workshop:
    """The folder of one making; a context manager that lets no second process into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reused = 0
        self._lock = -1

    def __enter__(self) -> Workshop:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            _lock(self._lock)
        except BlockingIOError:
            os.close(self._lock)
            raise DatasetError(
                f"{self.folder} is in use by another run",
                "wait for it to end, or give another folder with -o",
            ) from None
        except OSError as error:
            raise DatasetError(
                f"{self.folder} cannot be made: {error.strerror or error}", "give another folder with -o"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def samples(
        self, name: str, key: str, make: Callable[[SampleWriter], StepReport]
    ) -> tuple[Path, StepReport]:
        """The file of a step that writes samples and its report; made unless it is there and whole."""
        path = self.folder / f"{name}-{key}.jsonl"
        known = self._known(path)
        if known is not None:
            return path, known
        began = time.monotonic(), time.process_time()
        with SampleWriter(path) as writer:
            report = make(writer)
        return path, self._finish(path, report, began)

    def numbers(
        self, name: str, key: str, make: Callable[[], tuple[Bytes, StepReport]]
    ) -> tuple[Bytes, StepReport]:
        """What a step decided of every sample, a number each, and its report; made unless it is there and whole."""
        path = self.folder / f"{name}-{key}.bin"
        known = self._known(path)
        if known is not None:
            return np.fromfile(path, np.uint8), known
        began = time.monotonic(), time.process_time()
        found, report = make()
        part = path.with_suffix(".part")
        try:
            part.write_bytes(found.tobytes())
            part.replace(path)
        except OSError as error:
            raise DatasetError(
                f"{path} cannot be written: {error.strerror or error}", "make room, then run it again"
            ) from error
        return found, self._finish(path, report, began)

    def _known(self, path: Path) -> StepReport | None:
        """The report of what was left whole, None where it was not."""
        try:
            kept = msgspec.json.decode(path.with_suffix(".report").read_bytes(), type=_Kept)
            if path.stat().st_size != kept.bytes:
                return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        self.reused += 1
        return kept.report

    def _finish(self, path: Path, report: StepReport, began: tuple[float, float]) -> StepReport:
        report = msgspec.structs.replace(
            report,
            seconds=round(time.monotonic() - began[0], 2),
            cpu_seconds=round(time.process_time() - began[1], 2),
        )
        part = path.with_suffix(".report.part")
        try:
            part.write_bytes(msgspec.json.encode(_Kept(path.stat().st_size, report)))
            part.replace(path.with_suffix(".report"))
        except OSError as error:
            raise DatasetError(
                f"{path} cannot be written: {error.strerror or error}", "make room, then run it again"
            ) from error
        return report


def _lock(handle: int) -> None:
    """Take the lock of a file; raises `BlockingIOError` where another process has it. Windows has none of this kind."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class _Kept(msgspec.Struct, frozen=True):
    """A report beside what its step left, with how many bytes that has."""

    bytes: int
    report: StepReport
