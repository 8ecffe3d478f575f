"""The settings of projects and which files they leave out, kept between analyses for as long as nothing changes.

Whether something changed is seen by the times of the few files that settings and ignore rules come from: that costs
less than an event could be wrong.
"""

from __future__ import annotations

import os
from pathlib import Path

from aifirst_codebase.config import ProjectConfig, find_folder_files
from aifirst_codebase.discovery import discover_again
from aifirst_codebase.languages import may_be_source
from aifirst_codebase.open_project import CONFIG_NAME, discovery_settings, load_settings

_SETTINGS = (CONFIG_NAME, "pyproject.toml")
_IGNORES = (".gitignore", ".aifirstignore")
_MOST = 200
"""Folders whose settings are kept; more are seldom open at once."""

Stamp = tuple[tuple[int, int, int], ...]


class ProjectSettings:
    """The settings of every project that a text was analysed of."""

    def __init__(self) -> None:
        self._configs: dict[tuple[str, str], tuple[Stamp, ProjectConfig]] = {}
        self._excluded: dict[tuple[str, str], tuple[Stamp, bool]] = {}

    def config(self, root: str, path: str) -> ProjectConfig:
        """The configuration as it is for a file at the root-relative `path`.

        Raises `ConfigError` and `TokenizerError` for settings that cannot be used.
        """
        folder = path.rpartition("/")[0]
        key = (root, folder)
        stamp = _stamp(root, folder, _SETTINGS)
        known = self._configs.get(key)
        if known is not None and known[0] == stamp:
            return known[1]
        if len(self._configs) > _MOST:
            self._configs.clear()
        config = load_settings(Path(root), find_folder_files(Path(root), path))
        self._configs[key] = stamp, config
        return config

    def leaves_out(self, root: str, path: str, config: ProjectConfig) -> bool:
        """Whether the project leaves a file out that lies on disk: ignored, excluded, in a folder of tools."""
        stamp = (*_stamp(root, path.rpartition("/")[0], (*_SETTINGS, *_IGNORES)), *_stat(f"{root}/{path}"))
        known = self._excluded.get((root, path))
        if known is not None and known[0] == stamp:
            return known[1]
        if len(self._excluded) > _MOST:
            self._excluded.clear()
        is_there = Path(root, path).is_file()
        found = discover_again(Path(root), [path], discovery_settings(config), wanted=may_be_source)
        is_out = is_there and not found.files and not any(one.path == path for one in found.skipped)
        self._excluded[(root, path)] = stamp, is_out
        return is_out


def _stamp(root: str, folder: str, names: tuple[str, ...]) -> Stamp:
    """What tells a change in the files of these names from the root down to the folder."""
    folders = [root]
    for part in filter(None, folder.split("/")):
        folders.append(f"{folders[-1]}/{part}")
    return tuple(one for place in folders for name in names for one in _stat(f"{place}/{name}"))


def _stat(path: str) -> Stamp:
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path object costs more than the system call it makes
    except (OSError, ValueError):
        return ((0, 0, 0),)
    return ((found.st_mtime_ns, found.st_size, found.st_ino),)
