"""What discovery is told and what it returns."""

from collections.abc import Callable

import msgspec

from aifirst_codebase.source import ReadDiagnostic

WantedName = Callable[[str], bool]
"""Says by a file's name whether anybody can read it."""


class DiscoverySettings(msgspec.Struct, frozen=True):
    """Which files are read."""

    max_file_bytes: int = 1_000_000
    """Larger files are skipped with a notice."""
    exclude: tuple[str, ...] = ()
    """Patterns, gitignore syntax, relative to the root, of what is never read; stronger than ``include``."""
    include: tuple[str, ...] = ()
    """Patterns of what is read even where an ignore file names it. One with a folder in it
    (``build/gen/*.py``) reaches into an ignored folder, one without does not."""
    follow_symlinks: bool = False
    """Follow links that stay inside the root; a file found twice is taken once."""
    use_gitignore: bool = True
    """Obey ``.gitignore`` and ``.git/info/exclude``; ``.aifirstignore`` is obeyed always."""


class FoundFile(msgspec.Struct, frozen=True, gc=False):
    """One file that is to be read, with what tells a changed file from an unchanged one."""

    path: str
    """Relative to the root, separated by ``/``."""
    size: int
    """Bytes."""
    mtime_ns: int
    inode: int
    ctime_ns: int


class Skipped(msgspec.Struct, frozen=True):
    """A file or folder that should have been read and was not."""

    path: str
    """As in ``FoundFile``; bytes that are not UTF-8 are spelled ``\\xNN``."""
    reason: ReadDiagnostic


class Discovery(msgspec.Struct):
    """All files of one root, and what could not be read; both sorted by path."""

    files: list[FoundFile]
    skipped: list[Skipped]
