"""Where a project begins, and which configuration files lie on the way to a path."""

from __future__ import annotations

from pathlib import Path

from aifirst_codebase.config.problems import ConfigError
from aifirst_codebase.config.toml_source import CONFIG_NAME, PYPROJECT_NAME, read_source


def find_root(start: Path) -> Path:
    """The absolute folder of the project that `start`, a file or a folder, belongs to.

    That is the nearest ancestor with an `aifirst.toml`, a `[tool.aifirst]` in its `pyproject.toml`, or a
    `.git`; else the start folder. One exception keeps a folder's own `aifirst.toml` what it is: where a
    folder further up, inside the same repository, is configured too, that one is the project and the
    nearer file adds to it, so that a file is judged the same from wherever the command runs.
    """
    start = start.absolute()
    folder = start if start.is_dir() else start.parent
    nearest: Path | None = None
    outer: Path | None = None
    is_closed = False  # a pyproject.toml with our table is a project of its own, whatever lies around it
    for ancestor in (folder, *folder.parents):
        if not is_closed:
            is_closed = _has_table(ancestor)
            if is_closed or (ancestor / CONFIG_NAME).is_file():
                nearest = nearest or ancestor
                outer = ancestor
        if (ancestor / ".git").exists():
            return outer or ancestor
    return nearest or folder


def find_folder_files(root: Path, path: str) -> list[str]:
    """The folder files that a root-relative path falls under, farthest first.

    For a run over single files, where no walk of the project has found them.
    """
    folders = path.split("/")[:-1]
    names = ["/".join((*folders[:depth], CONFIG_NAME)) for depth in range(1, len(folders) + 1)]
    return [name for name in names if (root / name).is_file()]


def _has_table(folder: Path) -> bool:
    """Whether the folder's pyproject.toml has our table; one that cannot be read counts as having it."""
    try:
        return read_source(folder, PYPROJECT_NAME) is not None
    except ConfigError:
        return True
