"""Which sources a trace shows lines of: those of the projects at hand, whatever else a map may name.

A map is a file like any other and may come from anywhere; it must not choose which of the reader's files are shown.
A program that tells its own exceptions trusts its own maps, so its hook does without.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from aifirst_codebase.config.project_root import find_root


class SourceRoots:
    """The projects that the folders given are in; links are followed before it is asked where a source lies."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._roots = [find_root(folder).resolve() for folder in folders]
        self._of_maps: dict[Path, Path] = {}
        self.left_out: dict[Path, None] = {}
        """Sources of which no line was shown, in the order in which they were asked for."""

    def holds(self, folder: Path, source: Path) -> bool:
        """Whether a source is in one of the projects, or in that of the map in `folder`."""
        try:
            real = source.resolve()
            if folder not in self._of_maps:
                self._of_maps[folder] = find_root(folder).resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL
            return False
        if any(real.is_relative_to(root) for root in (*self._roots, self._of_maps[folder])):
            return True
        self.left_out[real] = None
        return False
