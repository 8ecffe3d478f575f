"""A place in the project as a person types it: a path, and what is meant in the file."""

from __future__ import annotations

from pathlib import Path


def split_place(here: Path, given: str) -> tuple[str, str]:
    """A path, and what is meant in the file: `::name`, `:line` or nothing. Relative paths begin at `here`."""
    if (here / given).exists():
        return given, ""
    path, separator, name = given.partition("::")
    if separator:
        return path, separator + name
    path, _, line = given.rpartition(":")
    while path and line.replace("-", "").isdigit():
        if (here / path).exists() or ":" not in path:
            return path, ":" + given[len(path) + 1 :]
        path, _, line = path.rpartition(":")
    return given, ""
