"""Reads one file from disk, however hostile the folder it lies in.

A file is opened without blocking and read only when the open handle is a regular file inside the root:
a pipe never hangs the reader, a device is never read, a link never leads outside. What cannot be read
becomes a ``Skipped`` with the next step, never an exception.
"""

import errno
import os
import stat
from pathlib import Path

from aifirst_codebase.discovery.found import DiscoverySettings, FoundFile, Skipped
from aifirst_codebase.source import ReadDiagnostic, SourceFile, decode_source, has_wide_mark

_SNIFFED_BYTES = 8192
# Windows has neither flag, and text mode unless told otherwise.
_OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def read_source(
    root: Path, found: FoundFile | str, settings: DiscoverySettings | None = None
) -> SourceFile | Skipped:
    """Read and decode one file below ``root``; returns ``Skipped`` for what is no readable source text.

    A ``FoundFile`` whose inode is still in place is known to lie inside the root; any other path is
    resolved and checked.
    """
    limit = (settings or DiscoverySettings()).max_file_bytes
    path, inode = (found, 0) if isinstance(found, str) else (found.path, found.inode)
    try:
        raw = _read_inside(root, path, inode, limit)
    except (OSError, ValueError) as error:
        return Skipped(printable_path(path), diagnose_error(path, error))
    if isinstance(raw, ReadDiagnostic):
        return Skipped(printable_path(path), raw)
    if raw.find(b"\0", 0, _SNIFFED_BYTES) >= 0 and not has_wide_mark(raw):
        return Skipped(printable_path(path), _binary(path))
    return decode_source(path, raw)


def read_regular(path: str, limit: int) -> bytes | None:
    """Return the content of a regular file that is no link, None when there is none; raises ``OSError``.

    More than ``limit`` bytes are an error too. For the small files that steer discovery.
    """
    try:
        handle = os.open(path, _OPEN_FLAGS | _NO_LINK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        content = _read_up_to(handle, min(status.st_size, limit), limit)
    finally:
        os.close(handle)
    if content is None:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content


def printable_path(path: str) -> str:
    r"""Return the path as text that every output can carry; bytes that are not UTF-8 become ``\xNN``."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def diagnose_error(path: str, error: OSError | ValueError) -> ReadDiagnostic:
    """Say what a failed system call means for the person who wants the file read."""
    shown = printable_path(path)
    number = error.errno if isinstance(error, OSError) else errno.EINVAL
    if number in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE):
        return ReadDiagnostic("vanished", f"{shown} is not there any more", "run again")
    if number == errno.ELOOP:
        return ReadDiagnostic("symlink-loop", f"{shown} is a link that leads to itself", "remove the link")
    if number in (errno.ENXIO, errno.EISDIR):
        return not_regular(path)
    reason = os.strerror(number) if isinstance(error, OSError) and number else str(error)
    return ReadDiagnostic(
        "unreadable",
        f"{shown} cannot be read: {reason}",
        "change its permissions, or exclude it",
    )


def not_regular(path: str) -> ReadDiagnostic:
    """The reason for a pipe, a socket, a device or a folder where a file was expected."""
    shown = printable_path(path)
    return ReadDiagnostic("not-regular", f"{shown} is no regular file, so it was not opened", "exclude it")


def outside_root(path: str) -> ReadDiagnostic:
    """The reason for a path that leads out of the root, by ``..`` or by a link."""
    shown = printable_path(path)
    return ReadDiagnostic(
        "outside-root", f"{shown} lies outside the project folder", "run in the folder that holds it"
    )


def too_large(path: str, size: int, limit: int) -> ReadDiagnostic:
    """The reason for a file above ``max_file_bytes``."""
    return ReadDiagnostic(
        "too-large",
        f"{printable_path(path)} has {size:,} bytes, more than the {limit:,} that are read",
        "exclude it, or raise max_file_bytes",
    )


def _binary(path: str) -> ReadDiagnostic:
    return ReadDiagnostic(
        "binary", f"{printable_path(path)} holds NUL bytes near its start: it is binary", "exclude it"
    )


def _read_inside(root: Path, path: str, inode: int, limit: int) -> bytes | ReadDiagnostic:
    """Return the bytes of a regular file inside the root, or why not; raises ``OSError``."""
    full = f"{root}/{path}"
    handle = os.open(full, _OPEN_FLAGS)
    try:
        status = os.fstat(handle)
        if (not inode or status.st_ino != inode) and not _lies_inside(root, full, status):
            return outside_root(path)
        if not stat.S_ISREG(status.st_mode):
            return not_regular(path)
        content = _read_up_to(handle, status.st_size, limit)
    finally:
        os.close(handle)
    return too_large(path, max(status.st_size, limit + 1), limit) if content is None else content


def _lies_inside(root: Path, full: str, status: os.stat_result) -> bool:
    """Say whether the file that is open now is the one at the resolved path, and that path is in the root."""
    real, real_root = os.path.realpath(full), os.path.realpath(root)
    if not real.startswith(real_root.rstrip(os.sep) + os.sep):
        return False
    return os.path.samestat(Path(real).lstat(), status)


def _read_up_to(handle: int, size: int, limit: int) -> bytes | None:
    """Read to the end of the file; None for more than ``limit`` bytes. ``size`` is the expected number."""
    if size > limit:
        return None
    # One byte more than expected: a short read is the end of the file, with no second call.
    content = os.read(handle, size + 1)
    if len(content) == size:
        return content
    parts = [content]
    total = len(content)
    while content and total <= limit:
        content = os.read(handle, limit + 1 - total)
        parts.append(content)
        total += len(content)
    return b"".join(parts) if total <= limit else None
