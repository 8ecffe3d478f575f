"""The project as one run sees it: its settings, with those of its folders, and the files found."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aifirst_codebase
from aifirst_codebase.config import ProjectConfig, find_folder_files, load_config
from aifirst_codebase.discovery import Discovery, DiscoverySettings, discover, discover_again
from aifirst_codebase.languages import may_be_source

from aifirst_memory.embedding.identity import embedder_identity
from aifirst_memory.embedding.settings import EmbedderSettings
from aifirst_memory.store import SCHEMA_VERSION

_CONFIG_NAME = "aifirst.toml"
URL_VARIABLE = "AIFIRST_EMBEDDER_URL"
KEY_VARIABLE = "AIFIRST_EMBEDDER_KEY"


@dataclass
class OpenedProject:
    """A project that is indexed. `root` is absolute; `found` has the files asked for."""

    root: Path
    config: ProjectConfig
    discovery: DiscoverySettings
    found: Discovery
    embedder: EmbedderSettings

    def variant(self, path: str) -> str:
        """What a file's record depends on besides the file: another variant is computed anew."""
        settings = self.config.for_path(path)
        parts = (
            settings.tokenizer, str(settings.glue.doctests), str(settings.discovery.generated),
        )  # fmt: skip
        known = self._variants.get(parts)
        if known is None:
            every = (
                aifirst_codebase.__version__,
                str(SCHEMA_VERSION),
                embedder_identity(self.embedder),
                *parts,
            )
            known = self._variants[parts] = hashlib.sha256("\0".join(every).encode()).hexdigest()[:16]
        return known

    def look_again(self, paths: Sequence[str]) -> None:
        """Find the files at and below `paths`, under the settings as they were."""
        self.found = discover_again(self.root, paths, self.discovery, wanted=may_be_source)

    def __post_init__(self) -> None:
        self._variants: dict[tuple[str, ...], str] = {}


def open_project(
    root: Path,
    *,
    paths: Sequence[str] | None = None,
    overrides: Mapping[str, object] | None = None,
    isolated: bool = False,
) -> OpenedProject:
    """Load the settings and find the files at and below `paths`, all of the project for None.

    Raises `ConfigError` for settings that cannot be used.
    """
    config = load_config(root, overrides=overrides, isolated=isolated)
    settings = config.settings.discovery
    discovery = DiscoverySettings(
        max_file_bytes=settings.max_file_bytes, exclude=settings.exclude, include=settings.include,
        follow_symlinks=settings.follow_symlinks, use_gitignore=settings.use_gitignore,
    )  # fmt: skip
    if paths is None:
        found = discover(root, (), discovery, wanted=may_be_source)
        nested = [f.path for f in found.files if f.path.endswith("/" + _CONFIG_NAME)]
    else:
        found = discover_again(root, paths, discovery, wanted=may_be_source)
        nested = sorted({name for path in paths for name in find_folder_files(root, path)})
    if nested and not isolated:
        config = load_config(root, overrides=overrides, folder_files=nested)
    return OpenedProject(root, config, discovery, found, embedder_settings(config))


def embedder_settings(config: ProjectConfig) -> EmbedderSettings:
    """The embedder that the project asks for; where an endpoint lies, and its key, only the environment says."""
    memory = config.settings.memory
    url = os.environ.get(URL_VARIABLE, "")
    return EmbedderSettings(kind=memory.embedder, model=memory.model, url=url, key_variable=KEY_VARIABLE)
