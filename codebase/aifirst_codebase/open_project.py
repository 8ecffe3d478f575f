"""Opens a project: its settings, with those of its folders, and the files that may be source.

Whoever judges, indexes or compiles a project does it here, so that all mean the same files and settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aifirst_codebase.config import ProjectConfig, load_config
from aifirst_codebase.discovery import Discovery, DiscoverySettings, discover
from aifirst_codebase.languages import may_be_source
from aifirst_codebase.tokens import TokenizerError

CONFIG_NAME = "aifirst.toml"


def open_project(
    root: Path,
    targets: Sequence[Path] = (),
    *,
    overrides: Mapping[str, object] | None = None,
    isolated: bool = False,
) -> tuple[ProjectConfig, Discovery]:
    """The configuration with that of the folders, and the files at and below `targets`; all for none.

    Raises as `load_settings` does; a folder's file that cannot be used is a warning of the configuration.
    """
    config = load_settings(root, overrides=overrides, isolated=isolated)
    found = discover(root, targets, discovery_settings(config), wanted=may_be_source)
    folder_files = [file.path for file in found.files if file.path.endswith("/" + CONFIG_NAME)]
    if folder_files and not isolated:
        config = load_settings(root, folder_files, overrides=overrides)
    return config, found


def load_settings(
    root: Path,
    folder_files: Sequence[str] = (),
    *,
    overrides: Mapping[str, object] | None = None,
    isolated: bool = False,
) -> ProjectConfig:
    """The configuration; a tokenizer file is an absolute path in it. `isolated` reads no file.

    Raises `ConfigError`, and `TokenizerError` for a file that is not the project's to choose.
    """
    folders, given = () if isolated else folder_files, dict(overrides or {})
    config = load_config(root, overrides=given, folder_files=folders, isolated=isolated)
    tokenizer = config.settings.tokenizer
    if not tokenizer.endswith(".json") and "/" not in tokenizer:
        return config
    given["tokenizer"] = _tokenizer_file(root, tokenizer, is_given="tokenizer" in given)
    return load_config(root, overrides=given, folder_files=folders, isolated=isolated)


def discovery_settings(config: ProjectConfig) -> DiscoverySettings:
    """What discovery needs of the project's settings."""
    settings = config.settings.discovery
    return DiscoverySettings(
        max_file_bytes=settings.max_file_bytes, exclude=settings.exclude, include=settings.include,
        follow_symlinks=settings.follow_symlinks, use_gitignore=settings.use_gitignore,
    )  # fmt: skip


def _tokenizer_file(root: Path, tokenizer: str, *, is_given: bool) -> str:
    """The tokenizer file as an absolute path; one that was not given by the caller must lie inside the project."""
    try:
        path = (root / tokenizer).resolve()
        is_inside = path.is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError) as error:  # a link to itself, a zero character
        raise TokenizerError(
            f"the tokenizer {tokenizer!r} cannot be the path of a file ({error}): use o200k_base, cl100k_base, or"
            " the path of a tokenizer.json"
        ) from error
    if not is_given and not is_inside:
        raise TokenizerError(
            f"the tokenizer {tokenizer} lies outside the project: put the file into it, or give the path with --set"
        )
    return str(path)
