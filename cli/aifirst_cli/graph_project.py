"""Which project the graph is made of, where nobody says so: never of whatever lies below the current folder."""

from __future__ import annotations

from pathlib import Path

import click
from aifirst_codebase.config import find_root
from aifirst_codebase.config.project_marks import BUILT, CHOSEN, is_shared


def project_root(start: Path, *, named: bool) -> Path:
    """The project that a place belongs to.

    Raises `click.UsageError` where it is in none and was not `named` as one: a home folder would be read for minutes.
    """
    root = find_root(start)
    if named or any((root / mark).exists() for mark in CHOSEN):
        return root
    for folder in (root, *root.parents):
        if not is_shared(folder) and any((folder / mark).exists() for mark in BUILT):
            return folder
    raise click.UsageError(
        f"{root} is in no project: neither it nor a folder above it has a .git, an aifirst.toml or a"
        " manifest such as pyproject.toml. Go to the folder of a project; or, where all below this one is a project,"
        " say so once: aifirst index ."
    )
