"""Puts files into the sandbox's working folder and finds what changed there, from outside.

The folder lies on a file system that no process outside can name; a descriptor, taken before the command starts, reaches
it and outlives the sandbox. What ran there was hostile perhaps: nothing is followed, every step is relative to a
descriptor, and depth, number and bytes are bounded.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aifirst_orchestrator.sandbox.identity import files_owned_by
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.outcome import FileChange
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

_DEEPEST = 64
_CHUNK = 1 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NOT_THERE = (FileNotFoundError, NotADirectoryError)

Placed = dict[str, tuple[int, int, int]]
"""Of each file put in: inode, size and time of its last change by the kernel's clock, which nobody can set back."""


def put_files(folder: int, files: Mapping[str, bytes | Path], owner: int | None, most_bytes: int) -> Placed:
    """Write the files below the folder; OSError (ENOSPC among them) where they do not fit, or one is no file."""
    placed: Placed = {}
    for name, source in files.items():
        content, mode = (source, 0o644) if isinstance(source, bytes) else read_source(source, most_bytes)
        parts = PurePosixPath(name).parts
        with files_owned_by(owner):
            parent = _open_below(folder, parts[:-1])
            try:
                handle = os.open(parts[-1], _NEW_FILE, mode, dir_fd=parent)
                with os.fdopen(handle, "wb", buffering=0) as file:
                    _write_all(file.fileno(), content)
                    placed["/".join(parts)] = _mark(os.fstat(file.fileno()))
            finally:
                os.close(parent)
    return placed


def put_or_refuse(folder: int, job: Job, owner: int | None) -> Placed:
    """Write the job's files below the folder; raises SandboxRefusedError where that cannot be."""
    try:
        return put_files(folder, job.files, owner, job.limits.disk_bytes)
    except OSError as error:
        raise misfit(error) from error


def misfit(error: OSError) -> SandboxRefusedError:
    """The refusal of files that cannot be put in, with the step that helps in this case."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM}:
        step = "Give fewer files, or raise Limits.disk_bytes."
    elif error.errno in {errno.EEXIST, errno.ENOTDIR} and not str(error.filename).startswith("/"):
        step = "Give every file of Job.files a path of its own, none of them a folder of another."
    elif error.errno == errno.ENAMETOOLONG:
        step = "Give the file of Job.files a shorter name: 255 bytes at most for each part."
    else:
        step = "Name files in Job.files that exist, are no folder, pipe or device, and that you may read."
    return SandboxRefusedError(f"The files cannot be put into the sandbox: {error}.", step)


def read_source(source: Path, most_bytes: int) -> tuple[bytes, int]:
    """Contents and mode of a file of this machine; OSError for a pipe or a device, which might never end."""
    handle = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(source))
        content = bytearray()
        while chunk := os.read(handle, _CHUNK):
            content += chunk
            if len(content) > most_bytes:
                raise OSError(errno.ENOSPC, "No space left for it in the sandbox", str(source))
    finally:
        os.close(handle)
    return bytes(content), 0o755 if status.st_mode & stat.S_IXUSR else 0o644


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _open_below(folder: int, parts: tuple[str, ...]) -> int:
    """A descriptor of the folder of that path below, made where it is missing."""
    current = os.dup(folder)
    for part in parts:
        try:
            with suppress(FileExistsError):
                os.mkdir(part, 0o755, dir_fd=current)
            below = os.open(part, _FOLDER, dir_fd=current)
        finally:
            os.close(current)
        current = below
    return current


def _mark(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_ctime_ns


@dataclass(slots=True)
class ChangeReader:
    """Reads the folder back after a run; `unreported` counts what could not be listed."""

    placed: Placed
    bytes_left: int
    entries_left: int
    unreported: int = 0

    def changes(self, folder: int) -> tuple[FileChange, ...]:
        """What is not as it was placed, sorted by path; folders show in the paths below them only."""
        found: list[FileChange] = []
        seen: set[str] = set()
        waiting = [""]
        while waiting:
            self._read_folder(folder, waiting.pop(), waiting, seen, found)
        for path in self.placed.keys() - seen:
            self._look_for(folder, path, found)
        return tuple(sorted(found, key=lambda change: change.path))

    def _look_for(self, folder: int, path: str, found: list[FileChange]) -> None:
        """Look at a file that was placed and not met: `deleted` only where it is certain that it is not there."""
        above, _, name = path.rpartition("/")
        try:
            parent = _open_existing(folder, above)
        except _NOT_THERE:
            found.append(FileChange(path=path, kind="deleted", form="file"))
            return
        except OSError:
            return  # counted where its folder could not be read
        try:
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                raise FileNotFoundError(path)
            if self.placed[path] != _mark(status):
                found.append(self._describe(parent, name, path, status))
        except FileNotFoundError:
            found.append(FileChange(path=path, kind="deleted", form="file"))
        except OSError:
            self.unreported += 1
        finally:
            os.close(parent)

    def _read_folder(
        self, folder: int, path: str, waiting: list[str], seen: set[str], found: list[FileChange]
    ) -> None:
        """Look at one folder's entries; its subfolders are appended to `waiting`."""
        try:
            current = _open_existing(folder, path)
        except OSError:
            self.unreported += 1
            return
        try:
            for name in os.listdir(current):  # noqa: PTH208  a descriptor, which no Path takes
                below = f"{path}/{name}" if path else name
                self.entries_left -= 1
                if below not in self.placed and (self.entries_left < 0 or not _is_utf8(name)):
                    self.unreported += 1
                    continue
                try:
                    self._read_entry(current, name, below, waiting, seen, found)
                except OSError:
                    self.unreported += 1
        finally:
            os.close(current)

    def _read_entry(
        self,
        parent: int,
        name: str,
        path: str,
        waiting: list[str],
        seen: set[str],
        found: list[FileChange],
    ) -> None:
        """Look at one entry; OSError where its folder may be listed but not entered."""
        seen.add(path)
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            seen.discard(path)
            self._enter(path, waiting)
        elif self.placed.get(path) != _mark(status):
            found.append(self._describe(parent, name, path, status))

    def _enter(self, path: str, waiting: list[str]) -> None:
        if path.count("/") < _DEEPEST:
            waiting.append(path)
        else:
            self.unreported += 1

    def _describe(self, parent: int, name: str, path: str, status: os.stat_result) -> FileChange:
        kind = "modified" if path in self.placed else "added"
        if stat.S_ISLNK(status.st_mode):
            target = os.fsencode(os.readlink(name, dir_fd=parent)).decode(errors="replace")
            return FileChange(path=path, kind=kind, form="link", target=target)
        if not stat.S_ISREG(status.st_mode):
            return FileChange(path=path, kind=kind, form="other")
        runnable = bool(status.st_mode & stat.S_IXUSR)
        content = self._content(parent, name, status.st_size)
        return FileChange(path=path, kind=kind, form="file", content=content, executable=runnable)

    def _content(self, parent: int, name: str, size: int) -> bytes | None:
        """The bytes, or None: a sparse file may claim more than the whole disk has."""
        if size > self.bytes_left:
            return None
        self.bytes_left -= size
        with suppress(OSError), os.fdopen(os.open(name, _READ, dir_fd=parent), "rb") as file:
            return file.read(size)
        return None


def _open_existing(folder: int, path: str) -> int:
    """A descriptor of a folder below, no link on the way followed."""
    current = os.dup(folder)
    for part in PurePosixPath(path).parts:
        try:
            below = os.open(part, _FOLDER, dir_fd=current)
        finally:
            os.close(current)
        current = below
    return current


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
