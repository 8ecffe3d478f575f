"""A lock between processes, freed by the system when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

_TRIES_UNTOLD = 3
"""Somebody who only looks whether the lock is held holds it for a moment: that is no wait to speak of."""
_OWN_FILE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""A link that a project brings with it would have the id of the holder written into the file it leads to."""


class LockTimeoutError(Exception):
    """Another process kept the lock for too long. `holder` is its id as it wrote it, 0 where unknown."""

    def __init__(self, path: Path, holder: int) -> None:
        super().__init__(f"{path} is held by process {holder or 'unknown'}")
        self.holder = holder


@contextmanager
def process_lock(
    path: Path, *, timeout: float | None = None, waiting: Callable[[int], None] | None = None
) -> Generator[None]:
    """Hold the lock file at `path`. `waiting` is called once, with the holder's id, when a wait has begun.

    Raises `LockTimeoutError` after `timeout` seconds (None waits for ever) and `OSError` where the file cannot
    be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | _OWN_FILE, 0o644)
    try:
        started, tries = time.monotonic(), 0
        while not _try_lock(handle):
            tries += 1
            if tries == _TRIES_UNTOLD and waiting is not None:
                waiting(_holder(handle))
            if timeout is not None and time.monotonic() - started >= timeout:
                raise LockTimeoutError(path, _holder(handle))
            time.sleep(0.02)
        _write_holder(handle)
        yield
    finally:
        os.close(handle)


def lock_holder(path: Path) -> int:
    """The id of the process that holds the lock now, 0 where nobody does."""
    try:
        handle = os.open(path, os.O_RDWR | _OWN_FILE)
    except OSError:
        return 0
    try:
        return 0 if _try_lock(handle) else _holder(handle)
    finally:
        os.close(handle)


def _write_holder(handle: int) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        os.write(handle, f"{os.getpid():<20d}\n".encode())
    except OSError:
        return  # a full disk: the lock holds, only who holds it is not told


def _holder(handle: int) -> int:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        return int(os.read(handle, 20).decode("ascii", "replace").strip() or 0)
    except ValueError:
        return 0


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # the byte that is locked lies past the text, which others may then read

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
