"""An append-only file of steps: a step is on the disk before anybody acts on it, and a run resumes from what is there.

A run killed at any moment leaves at most one unfinished line at the end, which the next one removes. Anything else that
is not as it was written is damage, and is told instead of mended: whoever resumed on a guess would repeat or skip work.

Left out: secrets are masked by whoever records, and what a step did to files is for those files' own journal.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
from aifirst_memory.process_lock import LockTimeoutError, process_lock

from aifirst_orchestrator.trajectory.recorded_step import (
    START,
    RecordedStep,
    check_readable,
    read_line,
    step_line,
)

Body = TypeVar("Body")
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # else a pipe is opened only when somebody writes to it


class TrajectoryError(Exception):
    """A trajectory that cannot be used; the message ends in the next step."""


@dataclass(slots=True)
class Trajectory:
    """An open trajectory; several threads may use it. Made by `open_trajectory`."""

    path: Path
    handle: int
    steps: list[RecordedStep]
    """Everything recorded so far, in order."""
    removed_bytes: int = 0
    """Of an unfinished line that a killed run had left."""
    _size: int = 0
    _by_key: dict[str, RecordedStep] = field(default_factory=dict[str, RecordedStep])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def recorded(self, key: str, inputs: str = "") -> RecordedStep | None:
        """The last step of that key, None if there is none or if it was made from other inputs."""
        step = self._by_key.get(key)
        return step if step is not None and step.inputs == inputs else None

    def record(self, key: str, body: object, inputs: str = "") -> RecordedStep:
        """Append a step and return it once it is on the disk.

        `body` is anything that msgspec writes as JSON. Nothing is written where that could not be read again (TypeError,
        ValueError); OSError where the disk refuses: the file is then as before.
        """
        if not (isinstance(key, str) and isinstance(inputs, str)):  # pyright: ignore[reportUnnecessaryIsInstance]  who calls it need not be checked
            raise TypeError("The key of a step and its inputs are text")
        try:
            raw = msgspec.Raw(msgspec.json.encode(body))
        except RecursionError:
            raise ValueError(
                "The step is nested too deep to be written: record it flatter, or as text."
            ) from None
        with self._lock:
            previous = self.steps[-1].digest if self.steps else START
            step = RecordedStep(len(self.steps), key, inputs, round(time.time(), 3), raw)
            line, digest = step_line(step, previous)
            check_readable(line, previous, raw)
            self._append(line)
            step = msgspec.structs.replace(step, digest=digest)
            self.steps.append(step)
            self._by_key[key] = step
            return step

    def done_once(self, key: str, kind: type[Body], work: Callable[[], Body], inputs: str = "") -> Body:
        """What `work` returned when the step was first done, or returns now; it is recorded before this returns.

        `work` runs again only if it never ended, or with other `inputs`.
        """
        step = self.recorded(key, inputs)
        return step.read(kind) if step is not None else self.record(key, work(), inputs).read(kind)

    def _append(self, line: bytes) -> None:
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self.handle, rest) :]
            os.fsync(self.handle)
        except OSError:
            os.ftruncate(self.handle, self._size)
            raise
        self._size += len(line)


@contextmanager
def open_trajectory(path: Path) -> Generator[Trajectory]:
    """The trajectory at `path` for one run, made where there is none; no other process can open it meanwhile.

    Raises TrajectoryError where another run has it or where it is damaged, OSError where it cannot be made.
    """
    try:
        with process_lock(path.with_name(path.name + ".lock"), timeout=0.0):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_LINK | _NO_WAIT, 0o600)
            try:
                _require_regular(path, handle)
                yield _opened(path, handle)
            finally:
                os.close(handle)
    except LockTimeoutError as error:
        raise TrajectoryError(f"{error}: wait for that run, or end it.") from error


def read_trajectory(path: Path) -> tuple[RecordedStep, ...]:
    """The steps on the disk, also while a run adds to them; an unfinished last line is left out.

    Raises TrajectoryError where it is damaged or no file, OSError where it cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | _NO_WAIT)
    try:
        _require_regular(path, handle)
        return tuple(_read_steps(path, _read_all(handle))[0])
    finally:
        os.close(handle)


def digest_of(value: object) -> str:
    """A digest of anything that msgspec writes as JSON, for `inputs`; mappings in any order are the same."""
    return hashlib.blake2b(msgspec.json.encode(value, order="sorted"), digest_size=16).hexdigest()


def _opened(path: Path, handle: int) -> Trajectory:
    """Read what is there and remove an unfinished last line, for good, before anything is added."""
    content = _read_all(handle)
    steps, size = _read_steps(path, content)
    if size < len(content):
        os.ftruncate(handle, size)
    if size < len(content) or not content:
        os.fsync(handle)
        _sync_folder(path.parent)
    by_key = {step.key: step for step in steps}
    return Trajectory(path, handle, steps, len(content) - size, size, by_key)


def _require_regular(path: Path, handle: int) -> None:
    """Raise TrajectoryError for a pipe or a device."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise TrajectoryError(f"{path} is not a regular file: name another place for the trajectory.")


def _read_all(handle: int) -> bytes:
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(0)
        return file.read()


def _read_steps(path: Path, content: bytes) -> tuple[list[RecordedStep], int]:
    """The steps, and how many bytes they take; what follows them is one unfinished line at most."""
    steps: list[RecordedStep] = []
    size, previous = 0, START
    while (end := content.find(b"\n", size)) >= 0:
        try:
            step = read_line(content[size:end], previous)
        except RecursionError:
            raise TrajectoryError(
                f"{path}, line {len(steps) + 1} is nested too deep to be read: it was not recorded here. Restore the "
                f"file from a copy, or keep its first {len(steps)} lines and delete the rest."
            ) from None
        if step is None or step.number != len(steps):
            break
        steps.append(step)
        size, previous = end + 1, step.digest
    # A whole line that was not written so is damage. After a loss of power the end can also be zeros.
    if b"\n" in content[size:]:
        raise TrajectoryError(
            f"{path}, line {len(steps) + 1} is not as it was written: restore the file from a copy, or keep its first "
            f"{len(steps)} lines and delete the rest to do everything after them again."
        )
    return steps, size


def _sync_folder(folder: Path) -> None:
    """Make a new name last as well; Windows has no way to and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
