"""Copies of a project in which its tests are run: one as it is, one with the compiled files in the place of the source.

The person's own files are never touched. Installed packages are linked, all else is copied; the repository's own store,
too, so that a test that commits does so in the copy. Of it only objects share their bytes with it: git never changes one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from aifirst_codebase.config.project_marks import BUILT, is_shared
from aifirst_codebase.config.toml_source import CONFIG_NAME

from aifirst_compiler.errors import CompileError

_LINKED: Final = frozenset({"node_modules", ".venv", "venv", ".tox", ".nox"})
_STORE: Final = ".git"
_LEFT_OUT: Final = frozenset({".aifirst", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
_OWN: Final = _LINKED | _LEFT_OUT | {_STORE}
"""Folders that are not walked into."""


def project_around(root: Path) -> Path:
    """The folder that the tests are run in, for a root that nothing says is one: the nearest above with a manifest.

    Where there is no repository and no settings, the root is the folder given, `src` perhaps, without its tests.
    """
    if (root / ".git").exists() or (root / CONFIG_NAME).exists():
        return root
    for folder in (root, *root.parents):
        if not is_shared(folder) and any((folder / mark).exists() for mark in BUILT):
            return folder
    return root


def copy_project(root: Path, to: Path, without: Path | None = None) -> None:
    """Copy a project to a folder that is not there yet; `without` is a folder in it that is left out.

    Raises CompileError for what cannot be copied.
    """

    def ignore(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        left = {name for name in names if name in _LEFT_OUT or name in _LINKED or name == _STORE}
        return left | {name for name in names if without is not None and here / name == without}

    try:
        shutil.copytree(root, to, symlinks=True, ignore=ignore, ignore_dangling_symlinks=True)
        for folder, names, _ in os.walk(root):
            here = Path(folder)
            for name in sorted(_LINKED.intersection(names)):
                (to / here.relative_to(root) / name).symlink_to(here / name)
            if _STORE in names:  # where it is a file, the store lies elsewhere and is not ours to copy
                store = to / here.relative_to(root) / _STORE
                shutil.copytree(here / _STORE, store, symlinks=True, copy_function=_linked_or_copied)
            names[:] = [name for name in names if name not in _OWN and here / name != without]
    except (OSError, shutil.Error) as error:
        raise CompileError(
            f"the project cannot be copied to {to}: {error}",
            "make room there or set TMPDIR to a folder with space, and make its files readable",
        ) from error


def _linked_or_copied(source: str, target: str) -> str:
    """Copy a file of the store; an object becomes another name of the same file where the disk allows it."""
    if f"{os.sep}objects{os.sep}" in source:
        with contextlib.suppress(OSError):
            os.link(source, target, follow_symlinks=False)
            return target
    return shutil.copy2(source, target, follow_symlinks=False)


def replace_files(copy: Path, output: Path) -> int:
    """Put every file below `output` in the place of the one with its path below `copy`; how many."""
    count = 0
    for folder, names, files in os.walk(output):
        names.sort()
        place = copy / Path(folder).relative_to(output)
        place.mkdir(parents=True, exist_ok=True)
        for name in sorted(files):
            shutil.copy2(Path(folder) / name, place / name)
            count += 1
    return count


def import_roots(source: Path) -> list[Path]:
    """The folders that Python packages in a source are imported from, the nearest first."""
    here = source if source.is_dir() else source.parent
    while (here / "__init__.py").is_file() and here != here.parent:
        here = here.parent
    inner = [
        here / name
        for name in ("src", "lib")
        if (here / name).is_dir() and not (here / name / "__init__.py").exists()
    ]
    return [*inner, here]
