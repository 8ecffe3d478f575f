"""The walk: every folder scanned once, every wanted file looked at once, nothing below an ignored folder.

Links are remembered during the walk and followed after it, so that a file always carries its real path
when it has one inside the root, whatever order the folders were scanned in.
"""

# ruff: noqa: PTH100, PTH116, PTH118, PTH120 -- a Path object costs more than the system call it makes

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from aifirst_codebase.discovery.found import Discovery, DiscoverySettings, FoundFile, Skipped, WantedName
from aifirst_codebase.discovery.ignore_stack import STEERING_NAMES, IgnoreStack, stack_above
from aifirst_codebase.discovery.path_choice import PathChoice
from aifirst_codebase.discovery.reading import (
    diagnose_error,
    not_regular,
    outside_root,
    printable_path,
    too_large,
)
from aifirst_codebase.source import ReadDiagnostic

# Kept by tools for themselves. Folders that people also write by hand (build, dist, vendor) are left to
# ignore files.
NEVER_WALKED = frozenset(
    {
        *(".git", ".hg", ".svn", ".jj", ".bzr", "CVS", "_darcs"),
        *(".aifirst", "node_modules", "bower_components", ".yarn", ".pnpm-store"),
        *("__pycache__", "__pypackages__", ".tox", ".nox", ".eggs", ".direnv", ".ipynb_checkpoints"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache"),
        *(".gradle", ".terraform", ".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".turbo"),
    }
)
# A virtual environment and a cache folder (https://bford.info/cachedir/) say so, whatever their name.
_MARKS_OF_UNWALKED = frozenset({"pyvenv.cfg", "CACHEDIR.TAG"})

_Found = TypeVar("_Found", FoundFile, Skipped)


class _Folder(NamedTuple):
    """A folder still to be scanned."""

    path: str
    """Absolute."""
    prefix: str
    """Relative to the root, with a slash at the end; "" for the root."""
    stack: IgnoreStack
    ignored: bool = False
    """Entered only for what ``include`` names below it."""
    named: bool = False
    """Asked for by the caller, so that its own name and marks do not matter."""


class _Link(NamedTuple):
    """A symbolic link met in a folder."""

    path: str
    name: str
    folder: _Folder


def discover(
    root: Path,
    targets: Sequence[Path] = (),
    settings: DiscoverySettings | None = None,
    wanted: WantedName | None = None,
) -> Discovery:
    """Find the files to read below ``root``, or below those of its files and folders that ``targets`` names.

    Returns a ``Discovery``; never raises for what it finds on disk. A relative target is relative to
    ``root``. A file that is named is taken even if it is ignored or not ``wanted``, a folder that is
    named is walked even if it is ignored.
    """
    walk = _Walk(os.path.abspath(root), settings or DiscoverySettings(), wanted)
    if targets:
        for target in targets:
            walk.take_target(os.fspath(target))
    else:
        walk.walk_from(walk.folder_at(""))
    walk.follow_links()
    return Discovery(_sorted_by_path(walk.files), _sorted_by_path(walk.skipped))


def discover_again(
    root: Path,
    paths: Sequence[str],
    settings: DiscoverySettings | None = None,
    wanted: WantedName | None = None,
) -> Discovery:
    """What ``discover`` would find at and below ``paths``, root-relative, without walking the rest.

    For a watcher that was told what changed: a path that is gone, ignored or behind a link gives nothing.
    """
    walk = _Walk(os.path.abspath(root), settings or DiscoverySettings(), wanted)
    for path in paths:
        walk.revisit(path)
    walk.follow_links()
    return Discovery(_sorted_by_path(walk.files), _sorted_by_path(walk.skipped))


class _Walk:
    """One discovery: what was asked, and what was found so far."""

    def __init__(self, root: str, settings: DiscoverySettings, wanted: WantedName | None) -> None:
        self.root = root
        self.settings = settings
        self.wanted = wanted
        self.files: dict[str, FoundFile] = {}
        self.skipped: dict[str, Skipped] = {}
        self._choice = PathChoice(settings) or None
        self._links: list[_Link] = []
        # (device, inode) of what was taken and walked; kept only where links are followed.
        self._seen: set[tuple[int, int]] = set()

    def folder_at(self, path: str) -> _Folder:
        """Return a folder the caller named, with the ignore files of every folder above it."""
        use_gitignore = self.settings.use_gitignore
        stack = stack_above(self.root, self._report) if use_gitignore else IgnoreStack()
        folder, prefix = self.root, ""
        for part in path.split("/") if path else ():
            stack = stack.enter(folder, prefix, STEERING_NAMES, use_gitignore, self._report)
            folder, prefix = f"{folder}/{part}", f"{prefix}{part}/"
        return _Folder(folder, prefix, stack, named=True)

    def take_target(self, target: str) -> None:
        """Take a file, or walk a folder, that the caller named."""
        full = os.path.normpath(os.path.join(self.root, target))
        path = target
        try:
            relative = self._relative(full)
            if relative is None:
                self._skip(target, outside_root(target))
                return
            path = relative
            status = os.stat(full)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            self._skip(path, diagnose_error(path, error))
            return
        if stat.S_ISDIR(status.st_mode):
            self.walk_from(self.folder_at(path))
        else:
            self._is_seen(status)
            self._take(path, status)

    def revisit(self, path: str) -> None:
        """Take what a walk from the root would take at and below a path; nothing where it would not get there."""
        *above, name = path.split("/")
        if name in ("", ".", "..") or ".." in above:
            return
        folder = self.folder_at("")
        for part in above:
            entered = self._enter(folder, part)
            if entered is None:
                return
            folder = entered
        folder = folder._replace(stack=self._stack_in(folder))
        try:
            status = os.lstat(f"{folder.path}/{name}")
        except (OSError, ValueError):
            return  # deleted, as a walk would find it
        if stat.S_ISDIR(status.st_mode):
            below = self._folder_below(folder, name, path)
            if below is not None:
                self.walk_from(below)
        elif stat.S_ISLNK(status.st_mode):
            if self.settings.follow_symlinks:
                self._links.append(_Link(path, name, folder))
        elif (self.wanted is None or self.wanted(name)) and not self._ignores(folder, name, path, False):
            self._take(path, status)

    def _enter(self, folder: _Folder, name: str) -> _Folder | None:
        """The subfolder that a walk would go into; None where it would not."""
        folder = folder._replace(stack=self._stack_in(folder))
        full = f"{folder.path}/{name}"
        try:
            is_folder = stat.S_ISDIR(os.lstat(full).st_mode)
        except (OSError, ValueError):
            return None
        marked = any(os.path.lexists(f"{full}/{mark}") for mark in _MARKS_OF_UNWALKED)
        return self._folder_below(folder, name, folder.prefix + name) if is_folder and not marked else None

    def _stack_in(self, folder: _Folder) -> IgnoreStack:
        return folder.stack.enter(
            folder.path, folder.prefix, STEERING_NAMES, self.settings.use_gitignore, self._report
        )

    def walk_from(self, first: _Folder) -> None:
        """Take every wanted file below a folder; order does not matter, the result is sorted."""
        pending = [first]
        while pending:
            folder = pending.pop()
            entries = self._scan(folder)
            names = {entry.name for entry in entries}
            if not _MARKS_OF_UNWALKED.isdisjoint(names) and not folder.named:
                continue
            if not STEERING_NAMES.isdisjoint(names):
                stack = folder.stack.enter(
                    folder.path, folder.prefix, names, self.settings.use_gitignore, self._report
                )
                folder = folder._replace(stack=stack)
            pending += self._take_entries(folder, entries)

    def follow_links(self) -> None:
        """Follow the links met so far, and those met behind them, until there are no more."""
        while self._links:
            batch, self._links = sorted(self._links, key=lambda link: link.path), []
            for link in batch:
                self._follow(link)

    def _scan(self, folder: _Folder) -> list[os.DirEntry[str]]:
        """Return the folder's entries, nothing when it cannot be read."""
        try:
            if self.settings.follow_symlinks and self._is_seen(os.stat(folder.path)):
                return []
            with os.scandir(folder.path) as entries:
                return list(entries)
        except OSError as error:
            path = folder.prefix.rstrip("/") or "."
            self._skip(path, diagnose_error(path, error))
            return []

    def _take_entries(self, folder: _Folder, entries: Iterable[os.DirEntry[str]]) -> list[_Folder]:
        """Take the wanted files of one folder; returns the folders to walk below it."""
        folders: list[_Folder] = []
        wanted = self.wanted
        for entry in entries:
            name = entry.name
            path = folder.prefix + name
            if _is_folder(entry):
                below = self._folder_below(folder, name, path)
                if below is not None:
                    folders.append(below)
            elif entry.is_symlink():
                if self.settings.follow_symlinks:
                    self._links.append(_Link(path, name, folder))
            elif (wanted is None or wanted(name)) and not self._ignores(folder, name, path, False):
                self._take_entry(path, entry)
        return folders

    def _take_entry(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return  # deleted since the scan, as if a moment before it
        except OSError as error:
            self._skip(path, diagnose_error(path, error))
            return
        # A second hard link is a file of its own, a second way through a link is not.
        if self.settings.follow_symlinks and self._is_seen(status) and status.st_nlink == 1:
            return
        self._take(path, status)

    def _is_seen(self, status: os.stat_result) -> bool:
        """Say whether a file or folder was met before, and remember it."""
        identity = status.st_dev, status.st_ino
        seen = identity in self._seen
        self._seen.add(identity)
        return seen

    def _take(self, path: str, status: os.stat_result) -> None:
        """Take a file that nobody ignores, unless it cannot be read as source."""
        if not path.isascii() and not _is_utf8(path):
            self._skip(path, _undecodable_name(path))
        elif not stat.S_ISREG(status.st_mode):
            self._skip(path, not_regular(path))
        elif status.st_size > self.settings.max_file_bytes:
            self._skip(path, too_large(path, status.st_size, self.settings.max_file_bytes))
        else:
            self.files[path] = FoundFile(
                path, status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns
            )

    def _folder_below(self, folder: _Folder, name: str, path: str) -> _Folder | None:
        """Return the subfolder when it is to be walked."""
        ignored = self._ignores(folder, name, path, True)
        if ignored and not self._reaches_into(name, path):
            return None
        if not name.isascii() and not _is_utf8(name):
            self._skip(path, _undecodable_name(path))
            return None
        return _Folder(f"{folder.path}/{name}", path + "/", folder.stack, ignored)

    def _reaches_into(self, name: str, path: str) -> bool:
        """Say whether the settings ask for something below an ignored folder."""
        choice = self._choice
        if choice is None or not choice.reaches_into(path + "/"):
            return False
        return choice.ignores(name, path, True) is None

    def _ignores(self, folder: _Folder, name: str, path: str, is_folder: bool) -> bool:
        """Say whether an entry of the folder is to be passed over."""
        if self._choice is not None:
            chosen = self._choice.ignores(name, path, is_folder)
            if chosen is not None:
                return chosen
        return folder.ignored or name in NEVER_WALKED or folder.stack.ignores(name, path, is_folder)

    def _follow(self, link: _Link) -> None:
        """Take what a link points to, if it lies inside the root and was not taken under its own path."""
        full = f"{self.root}/{link.path}"
        try:
            status = os.stat(full)
        except OSError as error:
            self._skip(link.path, diagnose_error(link.path, error))
            return
        is_folder = stat.S_ISDIR(status.st_mode)
        if not is_folder and self.wanted is not None and not self.wanted(link.name):
            return
        if self._ignores(link.folder, link.name, link.path, is_folder):
            return
        real = os.path.realpath(full)
        if not _is_inside(real, os.path.realpath(self.root)):
            self._skip(link.path, outside_root(link.path))
        elif is_folder and _is_inside(os.path.realpath(os.path.dirname(full)), real):
            self._skip(link.path, _loop(link.path))
        elif is_folder:
            self.walk_from(_Folder(full, link.path + "/", link.folder.stack))
        elif not self._is_seen(status):
            self._take(link.path, status)

    def _relative(self, full: str) -> str | None:
        """Return a named path relative to the root, links kept where they can be; None if it is outside."""
        real, real_root = os.path.realpath(full), os.path.realpath(self.root)
        if not _is_inside(real, real_root):
            return None
        if _is_inside(full, self.root):
            return full[len(self.root) :].strip("/")
        return real[len(real_root) :].strip("/")

    def _skip(self, path: str, reason: ReadDiagnostic) -> None:
        shown = printable_path(path)
        self.skipped[shown] = Skipped(shown, reason)

    def _report(self, path: str, error: OSError) -> None:
        """Tell of an ignore file that cannot be read, as its rules are missing from the result."""
        shown = os.path.relpath(path, self.root).replace(os.sep, "/")
        self._skip(shown, diagnose_error(shown, error))


def _sorted_by_path(found: dict[str, _Found]) -> list[_Found]:
    return [found[path] for path in sorted(found)]


def _is_inside(path: str, folder: str) -> bool:
    """Say whether an absolute path is the folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Say whether the entry is a folder; one that cannot be looked at fails later, as a file."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_utf8(name: str) -> bool:
    """Say whether the name's bytes are UTF-8; others arrive as lone surrogates (PEP 383)."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _undecodable_name(path: str) -> ReadDiagnostic:
    return ReadDiagnostic(
        "undecodable-name", f"the name {printable_path(path)} is not valid UTF-8", "rename it, or exclude it"
    )


def _loop(path: str) -> ReadDiagnostic:
    return ReadDiagnostic(
        "symlink-loop", f"{path} is a link to a folder that it lies in", "remove the link, or exclude it"
    )
