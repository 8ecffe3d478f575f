"""Which ignore files speak about the entries of one folder, strongest first.

The order is git's: ``.gitignore`` of the deepest folder first, up to the top of the repository, then
``.git/info/exclude``. ``.aifirstignore`` stands before all of them. A repository inside a repository
starts over, as it does for git. The root may lie deep in a repository; then the ``.gitignore`` files
above it count, unless that repository ignores the root altogether (a home folder kept in git, say).

Left out: ``core.excludesFile``, so that one commit gives the same files on every machine, and the list
of tracked files: a file that is ignored but committed stays ignored here.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from aifirst_codebase.discovery.ignore_rules import IgnoreRules
from aifirst_codebase.discovery.reading import read_regular

STEERING_NAMES = frozenset({".git", ".gitignore", ".aifirstignore"})
_LARGEST_IGNORE_FILE = 1_000_000

Report = Callable[[str, OSError], None]
"""Told the path of an ignore file that cannot be read."""


class _Layer(NamedTuple):
    """One ignore file; it is asked about ``lead + path[strip:]`` of a path relative to the root."""

    rules: IgnoreRules
    strip: int
    lead: str


class IgnoreStack(NamedTuple):
    """The ignore files that hold in one folder."""

    own: tuple[_Layer, ...] = ()
    git: tuple[_Layer, ...] = ()

    def ignores(self, name: str, path: str, is_folder: bool) -> bool:
        """Say whether the entry is ignored; ``path``, relative to the root, ends in ``name``."""
        for layers in self:
            for rules, strip, lead in layers:
                verdict = rules.verdict(name, lead + path[strip:], is_folder)
                if verdict is not None:
                    return verdict
        return False

    def enter(
        self, folder: str, prefix: str, names: Collection[str], use_gitignore: bool, report: Report
    ) -> "IgnoreStack":
        """Return the stack for ``folder``, which holds those of the ``STEERING_NAMES`` that are in ``names``.

        ``prefix`` is the folder's path relative to the root, with a slash at the end.
        """
        own, git = self
        if ".aifirstignore" in names:
            own = (*_read_layer(f"{folder}/.aifirstignore", len(prefix), "", report), *own)
        if use_gitignore:
            if ".git" in names and _is_repository(folder):
                git = _read_layer(_info_exclude(folder), len(prefix), "", report)
            if ".gitignore" in names:
                git = (*_read_layer(f"{folder}/.gitignore", len(prefix), "", report), *git)
        return IgnoreStack(own, git)


def stack_above(root: str, report: Report) -> IgnoreStack:
    """Return what a repository around ``root`` says about it; empty when ``root`` is its top."""
    parts: list[str] = []
    top = root
    while not _is_repository(top):
        parent, part = os.path.split(top)
        if parent == top:
            return IgnoreStack()
        parts.insert(0, part)
        top = parent
    git = _read_layer(_info_exclude(top), 0, "/".join(parts) + "/", report) if parts else ()
    folder = top
    for at, part in enumerate(parts):
        git = (*_read_layer(f"{folder}/.gitignore", 0, "/".join(parts[at:]) + "/", report), *git)
        if _ignores_ancestor(git, parts[: at + 1], len(parts)):
            return IgnoreStack()
        folder = f"{folder}/{part}"
    return IgnoreStack((), git)


def _ignores_ancestor(git: tuple[_Layer, ...], parts: list[str], depth: int) -> bool:
    """Say whether the layers ignore a folder on the way to the root, given by its parts from the top."""
    for rules, _, lead in git:
        # The lead has one part for every folder between the ignore file and the root.
        skipped = depth - lead.count("/")
        verdict = rules.verdict(parts[-1], "/".join(parts[skipped:]), True)
        if verdict is not None:
            return verdict
    return False


def _read_layer(path: str, strip: int, lead: str, report: Report) -> tuple[_Layer, ...]:
    """Return the layer of one ignore file, nothing when it is missing, unreadable or without a rule."""
    try:
        content = read_regular(path, _LARGEST_IGNORE_FILE)
    except OSError as error:
        report(path, error)
        return ()
    rules = IgnoreRules.parse(content or b"")
    return (_Layer(rules, strip, lead),) if rules else ()


def _is_repository(folder: str) -> bool:
    """Say whether the folder is the top of a git work tree; a bare folder named ``.git`` makes none."""
    marker = f"{folder}/.git"
    return Path(marker).is_file() or Path(marker, "HEAD").is_file()


def _info_exclude(top: str) -> str:
    """Return the path of ``info/exclude``, which linked work trees and submodules keep elsewhere."""
    git = f"{top}/.git"
    pointer = _first_line(git)
    if pointer.startswith("gitdir: "):
        git_folder = Path(top, pointer.removeprefix("gitdir: "))
        git = str(git_folder / _first_line(f"{git_folder}/commondir"))
    return f"{git}/info/exclude"


def _first_line(path: str) -> str:
    """Return the first line of one of git's small text files, "" where there is none."""
    try:
        content = read_regular(path, _LARGEST_IGNORE_FILE) or b""
    except OSError:
        return ""
    line = content.partition(b"\n")[0].rstrip(b"\r")
    return "" if b"\0" in line else os.fsdecode(line)
