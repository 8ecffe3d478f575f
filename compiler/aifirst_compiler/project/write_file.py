"""Writes output files whole or not at all, and never outside the output folder."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from aifirst_compiler.errors import CompileError

_FATAL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""Errors that every further file would meet, too."""


def write_file(out: Path, path: Path, data: bytes, mode: int) -> None:
    """Put `data` at `path` below `out` with the permission bits of `mode`, in one step.

    Raises `CompileError` where nothing more can be written, `OSError` where only this file cannot.
    """
    _replace(out, path, mode, lambda file: file.write(data))


def copy_file(out: Path, path: Path, source: Path, mode: int) -> None:
    """Put a copy of `source` at `path`, as `write_file` does; it is not held in memory."""

    def copy(file: BinaryIO) -> None:
        with source.open("rb") as original:
            shutil.copyfileobj(original, file, 1 << 20)

    _replace(out, path, mode, copy)


def write_link(out: Path, path: Path, target: str) -> None:
    """Put a symbolic link to `target` at `path`, as `write_file` does."""
    temporary = _temporary(path)
    try:
        _make_folder(out, path.parent)
        with suppress(FileNotFoundError):
            temporary.unlink()
        temporary.symlink_to(target)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        raise _told(error, path) from error


def _replace(out: Path, path: Path, mode: int, fill: Callable[[BinaryIO], object]) -> None:
    temporary = _temporary(path)
    try:
        _make_folder(out, path.parent)
        with suppress(FileNotFoundError):
            temporary.unlink()  # left by a run that was killed
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            fill(file)
        temporary.chmod(mode & 0o777)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        raise _told(error, path) from error


def remove_left(out: Path, folder: Path) -> None:
    """Remove what runs that were killed left half written in a folder below `out`; runs that go on keep theirs."""
    with suppress(OSError):
        if not folder.resolve().is_relative_to(out.resolve()):
            return
        for path in folder.glob(".aifirst-*.tmp"):
            number = path.stem.removeprefix(".aifirst-")
            if number.isdigit() and not _is_running(int(number)):
                path.unlink()


def _is_running(process: int) -> bool:
    if os.name == "nt":
        return True  # asking would end it there
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _temporary(path: Path) -> Path:
    return path.with_name(f".aifirst-{os.getpid()}.tmp")


def _make_folder(out: Path, folder: Path) -> None:
    if folder.resolve().is_relative_to(out.resolve()):
        folder.mkdir(parents=True, exist_ok=True)
    if not folder.resolve().is_relative_to(out.resolve()):
        raise OSError(errno.ELOOP, "a link in the output folder leads out of it", str(folder))


def _told(error: BaseException, path: Path) -> BaseException:
    if isinstance(error, OSError) and error.errno in _FATAL:
        return CompileError(
            f"{path} cannot be written: {error.strerror}",
            "make room on the disk and run again: what was written stays, and is not made twice",
        )
    return error
