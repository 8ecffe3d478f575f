"""Whether a folder is a project that somebody may have read as a whole unasked: a home folder would take minutes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

CHOSEN: Final = (".git", "aifirst.toml", ".aifirst")
"""Somebody made a project of the folder, or had it indexed before."""
BUILT: Final = (
    "pyproject.toml", "setup.py", "package.json", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts",
    "Cargo.toml",
)  # fmt: skip
"""What a project's root has where it was unpacked rather than cloned; folders that are shared may have it by mistake."""


def is_project(folder: Path) -> bool:
    """Whether a folder has the marks of a project's root."""
    if any((folder / mark).exists() for mark in CHOSEN):
        return True
    return not is_shared(folder) and any((folder / mark).exists() for mark in BUILT)


def is_shared(folder: Path) -> bool:
    """Whether many projects lie in a folder by its nature: a home, what is above it, the place of temporary files."""
    return folder in (Path.home(), *Path.home().parents, Path(tempfile.gettempdir()))
