"""Reads a project's configuration files, checks them and puts the layers in order.

From the nearest to the farthest: file directive, command line, nearest folder, path pattern in the
project's file (a later one over an earlier one), project, preset, default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from aifirst_codebase.config.layer import Layer, LayerCheck, nest_overrides
from aifirst_codebase.config.merge import flatten_settings
from aifirst_codebase.config.problems import ConfigError, ConfigProblem
from aifirst_codebase.config.project_config import ProjectConfig
from aifirst_codebase.config.setting_keys import PROJECT_WIDE
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.config.toml_source import (
    CONFIG_NAME,
    PYPROJECT_NAME,
    TomlSource,
    leaves_root,
    read_source,
)

ASCENDING: Final = (
    ("limits.unit_tokens", "limits.unit_tokens_error"),
    ("limits.unit_tokens_error", "limits.unit_tokens_split"),
    ("limits.generation_tokens", "limits.generation_tokens_error"),
    ("glue.floor", "glue.target"),
    ("glue.target", "glue.padding"),
)
"""Pairs of which the first should not exceed the second; a limit of 0 is off and exceeds nothing."""

_FOLDER_LEFT_OUT: Final = "None of this folder's settings are used."


def load_config(
    root: Path,
    *,
    overrides: Mapping[str, object] | None = None,
    folder_files: Iterable[str] | None = None,
    isolated: bool = False,
) -> ProjectConfig:
    """The configuration of the project at `root`; what is odd but usable is in its `warnings`.

    `overrides` are the command line's values, by dotted key or nested; `folder_files` the root-relative
    posix paths of the `aifirst.toml` files below the root, as file discovery found them; one that cannot be
    used is left out with a warning. `isolated` reads no file at all. Raises `ConfigError` with every problem
    of the project's file and the command line.
    """
    loading = _Loading(root)
    project, patterns = Layer("project", {}), dict[str, Layer]()
    folders: dict[str, Layer] = {}
    if not isolated:
        source = loading.read_project()
        if source is not None:
            project, patterns = loading.check(LayerCheck("project", source.name, source), source.table)
        for name in sorted(set(folder_files or ()), key=lambda name: (name.count("/"), name)):
            layer = loading.read_folder(name)
            if layer is not None:
                folders[name.rpartition("/")[0]] = layer
    command_line, more = loading.check(
        LayerCheck("command-line", "command line"), nest_overrides(overrides or {})
    )
    if loading.problems:
        raise ConfigError([*loading.problems, *loading.left_out])
    config = ProjectConfig(
        root, project=project, patterns=patterns | more, folders=folders, command_line=command_line
    )
    left_out = [
        msgspec.structs.replace(problem, message=f"{problem.message} {_FOLDER_LEFT_OUT}")
        for problem in loading.left_out
    ]
    config.warnings = (*left_out, *loading.warnings, *_order_warnings(config.settings, project))
    return config


def settings_from(table: Mapping[str, object]) -> Settings:
    """The settings that one table gives, as if it were a project's only file; raises `ConfigError`."""
    return load_config(Path(), overrides=table, isolated=True).settings


class _Loading:
    """Reads and checks one file after the other and collects what is wrong with all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[ConfigProblem] = []
        self.warnings: list[ConfigProblem] = []
        self.left_out: list[ConfigProblem] = []
        """What is wrong with the folders' files that cannot be used."""

    def read_project(self) -> TomlSource | None:
        """The project's own file: `aifirst.toml` where there is one, else `pyproject.toml`."""
        own = self._read(CONFIG_NAME)
        if own is None and self.problems:
            return None
        if own is None:
            pyproject = self.root / PYPROJECT_NAME
            if pyproject.is_symlink() and leaves_root(self.root, PYPROJECT_NAME):
                message = "The file is a link that leaves the project, so it is not read."
                self._warn(PYPROJECT_NAME, message, "Put the settings into an aifirst.toml.")
            return self._read(PYPROJECT_NAME)
        try:
            second = read_source(self.root, PYPROJECT_NAME)
        except ConfigError:
            return own  # a broken file that is not used is another tool's to report
        if second is not None:
            message = "[tool.aifirst] is not read, because aifirst.toml is there too."
            self._warn(PYPROJECT_NAME, message, "Keep one of the two.", second.position(()))
        return own

    def read_folder(self, name: str) -> Layer | None:
        """A folder's file, without the keys that only the project can set; `None` where it cannot be used.

        One that cannot must not stop the run: it may have come with a folder that somebody else wrote.
        """
        if "/" not in name:
            return None
        try:
            source = read_source(self.root, name)
        except ConfigError as error:
            self.left_out.extend(error.problems)
            return None
        if source is None:
            return None
        check = LayerCheck("folder", name, source)
        layer, _ = check.read(source.table)
        if check.problems:
            self.left_out.extend(check.problems)
            return None
        for key in PROJECT_WIDE.intersection(source.table):
            message = f"{key} concerns the whole project, so it is not read here."
            self._warn(name, message, "Set it in the project's own file.", source.position((key,)))
        kept = {
            key: value for key, value in layer.values.items() if key.partition(".")[0] not in PROJECT_WIDE
        }
        return Layer("folder", kept, name, source)

    def check(self, check: LayerCheck, table: Mapping[str, object]) -> tuple[Layer, dict[str, Layer]]:
        """The layers of a table; its problems go to the others."""
        layers = check.read(table)
        self.problems.extend(check.problems)
        return layers

    def _read(self, name: str) -> TomlSource | None:
        try:
            return read_source(self.root, name)
        except ConfigError as error:
            self.problems.extend(error.problems)
            return None

    def _warn(self, path: str, message: str, next_step: str, place: tuple[int, int] | None = None) -> None:
        line, column = place or (None, None)
        self.warnings.append(
            ConfigProblem(message=message, next_step=next_step, path=path, line=line, column=column)
        )


def _order_warnings(settings: Settings, project: Layer) -> list[ConfigProblem]:
    """Limits that the project set and that contradict each other: a warning above its error."""
    values = flatten_settings(settings)
    found: list[ConfigProblem] = []
    for low, high in ASCENDING:
        ours = low if low in project.values else high
        first, second = values[low], values[high]
        if ours not in project.values or not isinstance(first, int | float):
            continue
        is_off = second == 0 and high.startswith("limits.")
        if isinstance(second, int | float) and first > second and not is_off:
            place = project.source.position(tuple(ours.split("."))) if project.source else None
            off = ", or turn it off with 0" if high.startswith("limits.") else ""
            found.append(
                ConfigProblem(
                    message=f"{low} is {first}, above {high}, which is {second}.",
                    next_step=f"Raise {high} too{off}.",
                    path=project.name,
                    line=place[0] if place else None,
                    column=place[1] if place else None,
                    key=ours,
                )
            )
    return found
