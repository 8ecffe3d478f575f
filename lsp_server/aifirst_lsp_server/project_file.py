"""A file of a project by its root-relative path, which may come from an index or a client and is not trusted."""

from __future__ import annotations

import math
from pathlib import Path


def file_within(root: str | Path, path: str, most_bytes: float = math.inf) -> Path | None:
    """The file with its links resolved; None for one that is gone, too large, no file, or outside of the project."""
    real_root = Path(root).resolve()
    try:
        place = (real_root / path).resolve()
        is_there = place.is_relative_to(real_root) and place.is_file() and place.stat().st_size <= most_bytes
    except (OSError, ValueError):
        return None
    return place if is_there else None
