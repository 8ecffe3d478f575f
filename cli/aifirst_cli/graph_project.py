"""Which project the graph is made of, where nobody says so: never of whatever lies below the current folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import click
from aifirst_codebase.cache.store import FOLDER
from aifirst_codebase.config import find_root

_CHOSEN: Final = (".git", "aifirst.toml", FOLDER)
"""Somebody made a project of the folder, or had it indexed before."""
_BUILT: Final = (
    "pyproject.toml", "setup.py", "package.json", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts",
    "Cargo.toml",
)  # fmt: skip
"""What a project's root has where it was unpacked rather than cloned; folders that are shared may have it by mistake."""


def project_root(start: Path, *, named: bool) -> Path:
    """The project that a place belongs to.

    Raises `click.UsageError` where it is in none and was not `named` as one: a home folder would be read for minutes.
    """
    root = find_root(start)
    if named or any((root / mark).exists() for mark in _CHOSEN):
        return root
    shared = (Path.home(), *Path.home().parents, Path(tempfile.gettempdir()))
    for folder in (root, *root.parents):
        if folder not in shared and any((folder / mark).exists() for mark in _BUILT):
            return folder
    raise click.UsageError(
        f"{root} is in no project: neither it nor a folder above it has a .git, an aifirst.toml or a"
        " manifest such as pyproject.toml. Go to the folder of a project; or, where all below this one is a project,"
        " say so once: aifirst index ."
    )
